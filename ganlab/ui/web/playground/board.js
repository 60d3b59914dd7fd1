// One game on the page: its picture, what it says of itself, its curves, and the last minute of it.

import { button, element } from "../elements.js";
import { connect } from "./connection.js";
import { fit, makeCurves } from "./curves.js";
import { paint, paintPlace, scheme } from "./paint.js";

const MOST_FRAMES = 1500; // a minute
const MOVING_MS = 1200; // from noise to points
const LONG_MS = 8_000; // for which nets may wake up before it is explained
const ANSWERS = ["run", "no run", "told"]; // to who asked that the game becomes a run
const APART =
  "how differently generated and real points lie in 30 x 30 cells (Jensen-Shannon): 0 is alike, 1 is nowhere together";

// `hooks`: {layers(), speed(), told(board), answered(told)}: `told` is called whenever there is something new to show,
// `answered` when the server has said whether the game became a run, or cannot say so any more.
export function makeBoard(address, settings, title, hooks) {
  const picture = element("canvas", { className: "plane", role: "img", "aria-label": "points on the plane" });
  const heading = element("h3", { textContent: title, hidden: !title });
  const facts = element("p", { className: "facts" });
  const reading = element("p", { className: "reading", hidden: true });
  const words = element("div", { className: "words", role: "status" });
  const curves = makeCurves();
  const root = element(
    "section",
    { className: "board" },
    heading,
    picture,
    element("div", { className: "beside" }, facts, reading, curves.root, words),
  );

  let game, drawing;
  let frames = [];
  let place = -1; // of the frame that is shown
  let state = "waking";
  let wakingSince, explaining;
  let pointer = null; // where it is on the picture: shares of its width and height
  let movingSince = 0; // when the points set out from their noise; 0: they are there

  picture.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    pointer = [offsetX / picture.clientWidth, offsetY / picture.clientHeight];
    redraw();
  });
  picture.addEventListener("pointerleave", () => {
    pointer = null;
    redraw();
  });

  const board = {
    root,
    settings,
    playing: false,
    get frame() {
      return frames[place];
    },
    get count() {
      return frames.length;
    },
    get place() {
      return place;
    },
    get state() {
      return state;
    },
    get game() {
      return game;
    },
    get isLast() {
      return place === frames.length - 1;
    },
    send(what, value) {
      connection.send(what, value);
    },
    play(on) {
      board.playing = on;
      if (on && state === "ended") {
        again();
        return;
      }
      if (on && !board.isLast) board.goOn();
      connection.send("play", on);
    },
    // Show a frame of the last minute.
    show(wanted) {
      place = Math.min(frames.length - 1, Math.max(0, wanted));
      redraw();
    },
    // Take the game back to the step that is shown.
    goOn() {
      if (!board.frame) return; // beside another game that has some
      const { step } = board.frame;
      frames = frames.slice(0, place + 1);
      connection.send("back", step);
    },
    change(fresh) {
      board.settings = fresh;
      connection.send("set", fresh);
    },
    // Show how the generator brings the plane of its noise to where it is.
    fromNoise() {
      movingSince = performance.now();
      redraw();
    },
    again,
    redraw,
    leave() {
      cancelAnimationFrame(drawing);
      clearTimeout(explaining);
      connection.leave();
    },
  };

  function again() {
    frames = [];
    place = -1;
    if (state === "ended") {
      wake();
      words.textContent = "";
      connection.again();
      return;
    }
    connection.send("begin", board.settings);
    connection.send("play", board.playing);
  }

  function hear(told) {
    if (told.kind === "game") {
      if (state !== "there") {
        connection.send("speed", hooks.speed()); // the process is a new one
        connection.send("play", board.playing);
      }
      state = "there";
      game = told;
      reading.textContent = packs(game.settings.judged_together);
      reading.hidden = !reading.textContent;
    } else if (told.kind === "frame") {
      const live = place === frames.length - 1;
      while (frames.length && frames.at(-1).step > told.step) frames.pop();
      frames.push(told);
      if (frames.length > MOST_FRAMES) frames.shift();
      if (live || place >= frames.length) place = frames.length - 1;
      if (board.playing && !told.playing && told.problem) board.playing = false;
    } else if (ANSWERS.includes(told.kind)) {
      hooks.answered(told);
    } else {
      state = told.kind;
      hooks.answered({ kind: "lost" });
      delete words.dataset.text;
      words.textContent = "";
      words.append(note(told.text ?? "The server is away. The game begins anew when it is back."));
      if (state === "ended") {
        board.playing = false;
        words.append(button("Play again", "from step 0, with the settings that are here", again));
      }
      if (state === "away") frames = [];
      place = frames.length - 1;
    }
    redraw();
  }
  const connection = connect(address, () => board.settings, hear);
  wake();

  function wake() {
    state = "waking";
    wakingSince = performance.now();
    clearTimeout(explaining);
    explaining = setTimeout(redraw, LONG_MS);
    redraw();
  }

  function redraw() {
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(() => {
      draw();
      hooks.told(board);
    });
  }

  function draw() {
    if (!root.isConnected) return; // the page has gone, or points are drawn in its place: it has no colours then
    const frame = frames[place];
    root.classList.toggle("waiting", !frame);
    if (!frame || !game) {
      facts.textContent = state === "waking" ? waking() : "";
      return;
    }
    const look = scheme(root);
    fit(picture, 1);
    const share = movingSince ? Math.min(1, (performance.now() - movingSince) / MOVING_MS) : 1;
    if (share < 1) redraw();
    else movingSince = 0;
    paint(picture, frame, game, look, hooks.layers(), share);
    if (pointer) paintPlace(picture, frame, game, look, pointer);
    curves.draw(frames, place, look, frame.playing && board.isLast); // before words move: it asks for its size
    facts.textContent = "";
    facts.append(
      fact(`step ${frame.step.toLocaleString("en")}`, ""),
      fact(`${frame.found} of ${frame.modes}`, frame.modes > 1 ? "clusters found" : "found"),
      fact(`${Math.round(100 * frame.good)} %`, "good points"),
      fact(frame.divergence.toFixed(2), `divergence (real points ${game.floor.toFixed(2)})`, APART),
      fact(frame.pull === null ? "no number" : short(frame.pull), "mean pull"),
      ...(frame.playing && board.isLast ? [fact(`${Math.round(frame.speed)}`, "steps a second")] : []),
    );
    if (state === "there") tell(frame);
  }

  function waking() {
    if (performance.now() < wakingSince + LONG_MS) return "The two nets are waking up: this takes some seconds…";
    return "The two nets are still waking up. The server is busy, so that it may take a minute.";
  }

  function tell(frame) {
    const wanted = [
      frame.problem,
      ...frame.findings.map((one) => `${sentence(one.message)} Try this: ${one.suggestion}.`),
    ];
    const text = wanted.filter(Boolean).join("\n");
    if (words.dataset.text === text) return;
    words.dataset.text = text;
    words.replaceChildren(...wanted.filter(Boolean).map((one) => note(sentence(one))));
    if (frame.overflowed && frame.sound < frame.step) {
      const text = `Back to step ${frame.sound.toLocaleString("en")}`;
      words.append(button(text, "the last good state", () => connection.send("back", frame.sound)));
    }
  }

  return board;
}

// How the picture is to be read where the discriminator judges no single points.
function packs(count) {
  if (count === 1) return "";
  return (
    `The discriminator judges packs of ${count} points. The surface is what it thinks of ${count} points that all ` +
    "lie in one place; a pull is the mean over the packs that the point is in."
  );
}

function fact(value, name, title = "") {
  return element("span", { title }, element("b", { textContent: value }), name ? ` ${name}` : "");
}

function note(text) {
  return element("p", { textContent: text });
}

export function sentence(text) {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function short(value) {
  return value >= 100
    ? Math.round(value).toLocaleString("en")
    : value >= 0.01
      ? value.toFixed(2)
      : value.toExponential(0);
}
