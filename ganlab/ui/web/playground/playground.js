// The playground: one game, or two from the same start side by side, and what one does with them.
// data: {address, settings, defaults, problem, failure, cure, choices, failures, refusal}, see `stage.py`.

import { button, element, makeSettler } from "../elements.js";
import { component } from "../mount.js";
import { makeRunButton } from "./as_run.js";
import { makeBoard, sentence } from "./board.js";
import { makeControls } from "./controls.js";
import { makeDrawing } from "./drawing.js";
import { makeFilm } from "./film.js";

const SPEEDS = [
  ["1", "1 step a second"],
  ["5", "5 steps a second"],
  ["25", "25 steps a second"],
  ["200", "200 steps a second"],
  ["0", "as fast as it can"],
];
const LAYERS = {
  surface: "Discriminator's surface",
  contours: "Contours of the real points",
  plane: "Latent plane",
  filled: "Its density",
  arrows: "Pulls",
};
const AT_FIRST = { surface: true, contours: false, plane: true, filled: false, arrows: true };

export default component(makePlayground);

function makePlayground(root, tell) {
  const layers = { ...AT_FIRST };
  let boards = [];
  let data, failure, cure, controls, drawing;
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
  const stage = element("div", { className: "stage" });
  const film = makeFilm(stage, {
    count: () => boards[0].count,
    place: () => boards[0].place,
    show: (wanted) => every((board) => board.show(wanted)),
    begin: () => play(false),
    end: () => every((board) => board.show(board.count - 1)),
    name: () => `ganlab-playground-${failure ?? boards[0].settings.dataset}`,
  });
  const asRun = makeRunButton(() => boards[0].send("run"));
  const reel = element("div", { className: "film" }, scrubber, onwards);
  const offers = element("div", { className: "offers" }, asRun.root, ...film.parts);
  const about = element("div", { className: "about" });
  const shown = element("div", { className: "layers" });
  const boxes = {};
  for (const [name, title] of Object.entries(LAYERS)) {
    const box = element("input", { type: "checkbox", checked: layers[name] });
    box.onchange = () => {
      layers[name] = box.checked;
      every((board) => board.redraw());
    };
    boxes[name] = box;
    shown.append(element("label", {}, box, ` ${title}`));
  }
  const motion = "N: how the generator brings its noise to where the points are";
  shown.append(button("From noise to points", motion, fromNoise), button("Full screen", "F", fullScreen));
  const side = element("aside", {});
  const main = element("div", { className: "theatre" }, about, bar, stage, reel, offers, shown);
  root.replaceChildren(main, side);
  root.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", onHidden);

  const settle = makeSettler(() => {
    tell.state("settings", boards[0].settings);
    tell.state("failure", failure ?? "");
    tell.state("cure", cure ?? "");
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

  function fromNoise() {
    every((board) => board.fromNoise());
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
      n: fromNoise,
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
    boxes.filled.disabled = board.game?.numbers.mass.length === 0;
    boxes.filled.title = boxes.filled.disabled ? "cells of the plane hold points where the noise is two numbers" : "";
    scrubber.max = Math.max(0, board.count - 1);
    scrubber.value = board.place;
    onwards.hidden = board.isLast || board.count < 2;
    if (playing && !boards.some((one) => one.playing)) play(false);
    if (drawing?.wanted) learnt(board);
  }

  // The points that were drawn are learnt, or it is known why they cannot be.
  function learnt(board) {
    const { dataset, drawing: there } = board.game?.settings ?? {};
    if (dataset === "drawn" && there === drawing.wanted.drawing) {
      board.settings = drawing.wanted;
      controls.show(board.settings);
      leaveDrawing();
      settle();
    } else if (board.frame?.problem) {
      drawing.say(sentence(board.frame.problem));
      drawing.wanted = null;
    }
  }

  function openDrawing() {
    if (failure) openOne(boards[0].settings);
    play(false);
    const [board] = boards;
    drawing = makeDrawing(board.game?.range ?? 1.25, board.settings.drawing, {
      learn(text) {
        // what is played, not what the controls ask for, which may have been refused
        drawing.wanted = { ...(board.game?.settings ?? board.settings), dataset: "drawn", drawing: text };
        board.send("set", drawing.wanted);
      },
      leave: leaveDrawing,
    });
    stage.replaceChildren(drawing.root);
    drawing.show();
    drawing.focus();
  }

  function leaveDrawing() {
    drawing = undefined;
    stage.replaceChildren(...boards.map((board) => board.root));
    every((board) => board.redraw());
    root.focus({ preventScroll: true });
  }

  function open(games) {
    every((board) => board.leave());
    drawing = undefined;
    asRun.forget();
    const hooks = { layers: () => layers, speed: () => Number(speed.value), told, answered: asRun.answered };
    boards = games.map(([settings, title]) => makeBoard(data.address, settings, title, hooks));
    stage.replaceChildren(...boards.map((board) => board.root));
    stage.classList.toggle("two", boards.length > 1);
    root.classList.toggle("two", boards.length > 1);
    speed.value = "0";
  }

  function openOne(settings, problem = "") {
    failure = cure = undefined;
    about.replaceChildren(...(problem ? [element("p", { className: "problem", textContent: problem })] : []));
    open([[settings, ""]]);
    controls.show(settings);
    play(false);
  }

  function openFailure(one, healing = one.cures[0], problem = "") {
    failure = one.name;
    cure = healing.name;
    const others = one.cures
      .filter((other) => other !== healing)
      .map((other) =>
        button(`Another cure: ${other.title}`, "the same start, both games anew", () => {
          openFailure(one, other);
          settle();
        }),
      );
    const back = button("Back to one game", "with the settings on the left", () => {
      openOne(boards[0].settings);
      settle();
    });
    about.replaceChildren(
      ...(problem ? [element("p", { className: "problem", textContent: problem })] : []),
      element("h2", { textContent: one.title }),
      element("p", {}, `${one.text} `, lessonLink(one.lesson)),
      element("p", {}, element("b", { textContent: "Why the cure helps: " }), healing.why),
      element("div", { className: "bar" }, ...others, back),
    );
    open([
      [one.settings, "As it goes wrong"],
      [healing.settings, `The cure: ${healing.title}`],
    ]);
    controls.show(one.settings);
    play(true);
  }

  return {
    load(fresh) {
      if (data) return; // the address follows what is done here
      data = fresh;
      asRun.refuse(data.refusal);
      controls = makeControls(data.choices, (settings) => {
        if (settings.dataset === "drawn" && !settings.drawing) {
          controls.show(boards[0].settings);
          openDrawing();
          return;
        }
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
        element("h4", { textContent: "Points of your own" }),
        button("Draw points", "with the pointer, a finger or the keyboard", openDrawing),
        element("h4", { textContent: "Change it while it runs" }),
        controls.root,
      );
      const asked = data.failures.find((one) => one.name === data.failure);
      if (asked)
        openFailure(
          asked,
          asked.cures.find((one) => one.name === data.cure),
          data.problem,
        );
      else openOne(data.settings, data.problem);
      // In a show the arrows step from view to view, until somebody clicks the game.
      if (window.frameElement?.dataset.hall === undefined) root.focus({ preventScroll: true });
    },
    layOut() {
      every((board) => board.redraw());
      drawing?.show();
    },
    leave() {
      document.removeEventListener("visibilitychange", onHidden);
      settle.cancel();
      film.leave();
      every((board) => board.leave());
    },
  };
}

function lessonLink({ title, address }) {
  return element("a", { href: new URL(address, document.baseURI).href, textContent: title });
}
