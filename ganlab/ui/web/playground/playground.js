// The playground: one game, or two from the same start side by side, and what one does with them.
// data: {address, settings, defaults, problem, failure, choices, failures}, see `stage.py`.

import { button, element, makeSettler } from "../elements.js";
import { component } from "../mount.js";
import { makeBoard } from "./board.js";
import { makeControls } from "./controls.js";

const SPEEDS = [
  ["1", "1 step a second"],
  ["5", "5 steps a second"],
  ["25", "25 steps a second"],
  ["0", "as fast as it can"],
];
const LAYERS = { surface: "Discriminator's surface", plane: "Latent plane", arrows: "Pulls" };

export default component(makePlayground);

function makePlayground(root, tell) {
  const layers = Object.fromEntries(Object.keys(LAYERS).map((name) => [name, true]));
  let boards = [];
  let data, failure, controls;
  let playing = false;

  const toggle = button("▶ Play", "Space", () => play(!playing), "main");
  const speed = element("select", { "aria-label": "speed" });
  speed.append(...SPEEDS.map(([value, textContent]) => element("option", { value, textContent })));
  speed.value = "0";
  speed.onchange = () => every((board) => board.send("speed", Number(speed.value)));
  const scrubber = element("input", { type: "range", min: 0, step: 1, "aria-label": "frame of the last minute" });
  scrubber.oninput = () => {
    play(false);
    const share = Number(scrubber.value) / Math.max(1, Number(scrubber.max));
    every((board) => board.show(Math.round(share * (board.count - 1))));
  };
  const onwards = button("Go on from here", "the game goes back to the step that is shown", () => {
    every((board) => board.goOn());
    onwards.hidden = true;
  });
  onwards.hidden = true;
  const bar = element(
    "div",
    { className: "bar" },
    toggle,
    button("Both step", "S", () => step("both")),
    button("Discriminator steps", "D", () => step("discriminator")),
    button("Generator steps", "G", () => step("generator")),
    button("Begin anew", "the same start again", () => every((board) => board.again())),
    speed,
  );
  const film = element("div", { className: "film" }, scrubber, onwards);
  const stage = element("div", { className: "stage" });
  const about = element("div", { className: "about" });
  const shown = element("div", { className: "layers" });
  for (const [name, title] of Object.entries(LAYERS)) {
    const box = element("input", { type: "checkbox", checked: true });
    box.onchange = () => {
      layers[name] = box.checked;
      every((board) => board.redraw());
    };
    shown.append(element("label", {}, box, ` ${title}`));
  }
  shown.append(button("Full screen", "F", fullScreen));
  const side = element("aside", {});
  const main = element("div", { className: "theatre" }, about, bar, stage, film, shown);
  root.replaceChildren(main, side);
  root.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", onHidden);

  const settle = makeSettler(() => {
    tell.state("settings", boards[0].settings);
    tell.state("failure", failure ?? "");
  }, 400);

  function every(act) {
    for (const board of boards) act(board);
  }

  function play(on) {
    playing = on;
    toggle.textContent = on ? "❚❚ Pause" : "▶ Play";
    if (on) onwards.hidden = true;
    every((board) => {
      if (board.playing !== on) board.play(on);
    });
  }

  function step(who) {
    play(false);
    every((board) => {
      if (!board.isLast) board.goOn();
      board.send("step", who);
    });
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else main.requestFullscreen?.();
  }

  function onKey(event) {
    if (event.target.matches("input, select, button") && event.key === " ") return;
    if (event.target.matches("input[type='range'], input[type='number'], select")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      " ": () => play(!playing),
      s: () => step("both"),
      d: () => step("discriminator"),
      g: () => step("generator"),
      f: fullScreen,
      ArrowLeft: () => scrub(-1),
      ArrowRight: () => scrub(1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function scrub(by) {
    play(false);
    every((board) => board.show(board.place + by));
  }

  // Nobody looks: the game rests, and goes on when somebody is back.
  function onHidden() {
    if (playing) every((board) => board.send("play", !document.hidden));
  }

  function told(board) {
    if (board !== boards[0]) return;
    scrubber.max = Math.max(0, board.count - 1);
    scrubber.value = board.place;
    onwards.hidden = board.isLast || board.count < 2;
    if (playing && !boards.some((one) => one.playing)) play(false);
  }

  function open(games) {
    every((board) => board.leave());
    boards = games.map(([settings, title]) => makeBoard(data.address, settings, title, { layers: () => layers, told }));
    stage.replaceChildren(...boards.map((board) => board.root));
    stage.classList.toggle("two", boards.length > 1);
    root.classList.toggle("two", boards.length > 1);
    speed.value = "0";
  }

  function openOne(settings, problem = "") {
    failure = undefined;
    about.replaceChildren(...(problem ? [element("p", { className: "problem", textContent: problem })] : []));
    open([[settings, ""]]);
    controls.show(settings);
    play(false);
  }

  function openFailure(one) {
    failure = one.name;
    about.replaceChildren(
      element("h2", { textContent: one.title }),
      element("p", { textContent: one.text }),
      button("Back to one game", "with the settings on the left", () => {
        openOne(boards[0].settings);
        settle();
      }),
    );
    open([
      [one.settings, "As it goes wrong"],
      [one.cured, `The cure: ${one.cure}`],
    ]);
    controls.show(one.settings);
    play(true);
  }

  return {
    load(fresh) {
      if (data) return; // the address follows what is done here
      data = fresh;
      controls = makeControls(data.choices, (settings) => {
        if (failure) openOne(settings);
        else boards[0].change(settings);
        settle();
      });
      const failures = data.failures.map((one) =>
        button(one.title, one.text, () => {
          openFailure(one);
          settle();
        }),
      );
      side.replaceChildren(
        element("h4", { textContent: "What goes wrong, and the cure beside it" }),
        element("div", { className: "failures" }, ...failures),
        element("h4", { textContent: "Change it while it runs" }),
        controls.root,
      );
      const asked = data.failures.find((one) => one.name === data.failure);
      if (asked) openFailure(asked);
      else openOne(data.settings, data.problem);
      root.focus({ preventScroll: true });
    },
    layOut: () => every((board) => board.redraw()),
    leave() {
      document.removeEventListener("visibilitychange", onHidden);
      settle.cancel();
      every((board) => board.leave());
    },
  };
}
