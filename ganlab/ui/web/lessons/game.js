// A game in a lesson: the boards of the playground with few buttons, and word of how far it has come.
// data: {address, games: [{title, settings}], cure}; the second game is shown once the button that `cure` names is
// pressed. The server hears `deed`, [step, won, collapsed] for each game, whenever one of the latter becomes true,
// every few seconds of play, and when somebody steps or pauses.

import { button, element, makeSettler } from "../elements.js";
import { component } from "../mount.js";
import { makeBoard } from "../playground/board.js";

const LAYERS = { surface: true, plane: false, arrows: true };
const ENOUGH_GOOD = 0.25; // share of the points
const TELL_MS = 2500; // between two words to the server while a game is played

export default component(makeGame);

function makeGame(root, tell) {
  let data, said;
  let boards = [];
  let deeds = []; // {step, won, collapsed} a board
  let playing = false;
  let saidAt = 0;

  const toggle = button("▶ Play", "Space", () => play(!playing), "main");
  const cure = button("", "the same start, other settings", () => {
    add(data.games[1]);
    play(true);
  });
  const bar = element(
    "div",
    { className: "bar" },
    toggle,
    button("Discriminator steps", "D", () => step("discriminator")),
    button("Generator steps", "G", () => step("generator")),
    button("Begin anew", "the same start again", again),
    cure,
  );
  const stage = element("div", { className: "stage" });
  root.replaceChildren(bar, stage);
  root.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", onHidden);

  const settled = makeSettler(say, 0); // of both games at once

  function play(on) {
    playing = on;
    toggle.textContent = on ? "❚❚ Pause" : "▶ Play";
    for (const board of boards) if (board.playing !== on) board.play(on);
    if (!on) say();
  }

  function step(who) {
    play(false);
    for (const board of boards) board.send("step", who);
  }

  function again() {
    for (const board of boards) board.again();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("button") && event.key === " ") return;
    const acts = {
      " ": () => play(!playing),
      d: () => step("discriminator"),
      g: () => step("generator"),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  // Nobody looks: the game rests, and goes on when somebody is back.
  function onHidden() {
    if (playing) for (const board of boards) board.send("play", !document.hidden);
  }

  function say() {
    const now = deeds.map(({ step, won, collapsed }) => [step, won, collapsed]);
    if (JSON.stringify(now) === said) return;
    saidAt = performance.now();
    said = JSON.stringify(now);
    tell.state("deed", now);
  }

  function told(board) {
    const deed = deeds[boards.indexOf(board)];
    const { frame } = board;
    if (!deed || !frame) return;
    const won = frame.found === frame.modes && frame.good >= ENOUGH_GOOD;
    const collapsed = frame.findings.some(({ kind }) => kind === "mode-collapse");
    const news = (won && !deed.won) || (collapsed && !deed.collapsed);
    const over = data.cure && deed === deeds[0] ? deed.collapsed : deed.won;
    if (!over) deed.step = frame.step;
    deed.won ||= won;
    deed.collapsed ||= collapsed;
    if (news || !playing || performance.now() - saidAt > TELL_MS) settled();
    if (playing && !boards.some((one) => one.playing)) play(false);
  }

  function add({ title, settings }) {
    deeds.push({ step: 0, won: false, collapsed: false });
    const board = makeBoard(data.address, settings, title, {
      layers: () => LAYERS,
      speed: () => 0,
      told,
      answered() {},
    });
    boards.push(board);
    stage.append(board.root);
    const two = boards.length > 1;
    stage.classList.toggle("two", two);
    cure.hidden = !data.cure || two;
  }

  return {
    load(fresh) {
      if (data) return; // the game goes on while the page runs again
      data = fresh;
      cure.textContent = data.cure;
      add(data.games[0]);
    },
    layOut: () => {
      for (const board of boards) board.redraw();
    },
    leave() {
      document.removeEventListener("visibilitychange", onHidden);
      settled.cancel();
      for (const board of boards) board.leave();
      boards = [];
      deeds = [];
    },
  };
}
