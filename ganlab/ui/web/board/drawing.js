// A drawing, what the encoder sees of it, and what the generator makes of the code, stroke by stroke.
// data: {nets: [encoder, generator], runtimes, unavailable, instead, dim, width, height, channels, centres, brush,
// colour, start: {id, picture, blank, free}, answer: {reconstruction, difference, words}}; pictures are files as text.

import { button, element, makeSettler, sized } from "../elements.js";
import { makeMeter } from "../meter.js";
import { component } from "../mount.js";
import { makeNets, makeNotice } from "../nets.js";
import { makeRenderer, paint, paintFile } from "../renderer.js";
import { makeInk } from "./ink.js";
import { PEN_HELP } from "./pen.js";

const [LARGE, MIDDLE, SMALL, GAP] = [320, 200, 150, 16]; // pixels on the page
const [ROW, BESIDE] = [690, 440]; // pixels from which all stand in a row, or the results beside the board
const MOST_NUMBERS = 4; // of a code that are written out

export default component(makeDrawing);

function makeDrawing(root, tell) {
  const [result, seen, gap] = ["reconstruction", "what the encoder sees", "difference"].map((text) => {
    return element("canvas", { role: "img", "aria-label": text });
  });
  const figure = (place, name, ...shown) => {
    return element("figure", { className: place }, ...shown, element("figcaption", { textContent: name }));
  };
  const hint = element("span", { className: "hint", textContent: "Draw here" });
  const error = element("span", { className: "error" });
  const speed = element("span", { className: "speed" });
  const notice = element("p", { className: "notice", role: "status", hidden: true });
  let data,
    empty,
    said = "",
    beginning = Promise.resolve();

  const onMove = (since) => {
    hint.hidden = true;
    const pixels = ink.seen(data.channels, centred());
    empty = !pixels.some((value) => value);
    const values = planes(pixels, data);
    paint(seen, { data: values, dims: [1, data.channels, data.height, data.width] });
    renderer.draw(values, since);
  };
  // What a net makes of an empty board says nothing of a drawing.
  const hideNothing = () => {
    if (!empty) return;
    for (const canvas of [result, gap]) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    error.textContent = "";
  };
  const settle = makeSettler(() => {
    tell.state("drawn", { start: data.start.id, pixels: text(ink.seen(data.channels, centred())) });
  }, 300);
  const ink = makeInk({ onMove, onSettle: settle });
  const meter = makeMeter(speed, root);
  const renderer = makeRenderer(
    () => [result, gap],
    (frame) => {
      error.textContent = said;
      hideNothing();
      meter(frame);
    },
  );
  const nets = makeNets(
    renderer,
    makeNotice(notice, () => data.instead),
  );
  const act = (change) => () => {
    change();
    onMove();
    settle();
  };

  // The page is back, perhaps of a server that was started anew and knows nothing of the drawing.
  const tellAgain = () => ink.touched && settle.now();
  document.addEventListener("ganlab-back", tellAgain);

  const tools = makeTools(ink, act);
  const keys = element("div", { className: "keys" }, ink.said, element("span", { textContent: PEN_HELP }));
  const centred = () => data.centres && tools.centring && ink.touched;
  root.replaceChildren(
    element(
      "div",
      { className: "boards" },
      figure("drawn", "Your drawing", element("div", { className: "board" }, ink.board, ink.cursor), hint, keys),
      figure("seen", "What the encoder sees", seen),
      figure("result", "Reconstruction", result),
      figure("gap", "Difference", gap),
    ),
    tools.root,
    error,
    speed,
    notice,
  );

  const use = (loaded) => {
    renderer.use(
      reconstructions(loaded, data.dim, (spoken) => {
        said = spoken;
      }),
    );
    beginning.then(() => {
      const shown = hint.hidden;
      onMove();
      hint.hidden = shown;
    });
  };
  return {
    load(fresh) {
      const other = data?.start.id !== fresh.start.id && !(data && ink.touched && isSameBoard(data, fresh));
      const unheard = data && !other && data.start.id !== fresh.start.id;
      data = fresh;
      nets(data, use);
      tools.offer(data);
      if (unheard) settle();
      if (other) {
        settle.cancel();
        tools.begin(data);
        beginning = ink.begin(data.start.picture, data.width, data.height, room(root).board).then(() => {
          onMove();
          hint.hidden = !data.start.blank;
        });
      }
      if (!renderer.live) {
        const { words: told, reconstruction, difference } = data.answer;
        error.textContent = told;
        Promise.all([paintFile(result, reconstruction), paintFile(gap, difference), beginning]).then(hideNothing);
      }
    },
    layOut() {
      const most = room(root);
      root.dataset.room = most.name;
      const widths = [
        [ink.board, most.board],
        [result, most.result],
        [seen, most.small],
        [gap, most.small],
      ];
      for (const [canvas, width] of widths) sized(canvas, data.width, width);
    },
    leave() {
      document.removeEventListener("ganlab-back", tellAgain);
      settle.cancel();
      renderer.stop();
    },
  };
}

// Whether a drawing can stay: a server that was started anew takes what the address has for a fresh board.
function isSameBoard(before, now) {
  return before.start.free && now.start.free && before.width === now.width && before.channels === now.channels;
}

// For the renderer: a drawing's reconstruction, and its difference; `say` hears of both in words.
function reconstructions([encoder, generator], dim, say) {
  let image;
  return [
    async (values) => {
      const code = (await encoder(values)).data.slice(0, dim);
      image = await generator(code);
      say(words(values, image.data, code));
      return image;
    },
    async (values) => ({ dims: image.dims, data: image.data.map((value, i) => (value - values[i]) / 2) }),
  ];
}

// The row below the board. `act` wraps what changes the drawing.
function makeTools(ink, act) {
  const size = element("input", { type: "range", min: 1, max: 8, step: 0.2, "aria-label": "brush" });
  size.oninput = () => {
    ink.brush.width = Number(size.value);
  };
  const colour = element("input", { type: "color", "aria-label": "colour" });
  colour.oninput = () => {
    ink.brush.colour = colour.value;
  };
  const erase = button("Eraser", "Draw in black", () => erasing(erase.getAttribute("aria-pressed") !== "true"));
  const erasing = (on) => {
    erase.setAttribute("aria-pressed", on);
    ink.brush.colour = on ? "#000000" : colour.value;
  };
  const centring = element("input", { type: "checkbox", checked: true, onchange: act(() => {}) });
  const centringLabel = element("label", {}, centring, "centre it");
  const root = element(
    "div",
    { className: "row" },
    button(
      "Clear",
      "An empty board",
      act(() => ink.clear()),
      "primary",
    ),
    button(
      "Undo",
      "Take back a stroke",
      act(() => ink.undo()),
    ),
    erase,
    element("label", {}, "brush", size),
    colour,
    centringLabel,
  );
  return {
    root,
    get centring() {
      return centring.checked;
    },
    // What this model's boards have a use for.
    offer(data) {
      colour.hidden = data.channels === 1;
      erase.hidden = data.channels > 1;
      ink.keyed.canErase = data.channels === 1;
      centringLabel.hidden = !data.centres;
    },
    // A fresh brush.
    begin(data) {
      ink.brush.width = size.value = data.brush;
      colour.value = data.colour;
      erasing(false);
    },
  };
}

// How wide the pictures may be; `name` is the way they stand, for the style sheet.
function room(root) {
  const width = root.clientWidth || Infinity;
  if (width >= ROW) {
    const large = Math.min(LARGE, (width - SMALL - 2 * GAP) / 2);
    return { name: "row", board: large, result: large, small: SMALL };
  }
  if (width >= BESIDE) {
    return { name: "beside", board: width - MIDDLE - GAP, result: MIDDLE, small: (MIDDLE - GAP) / 2 };
  }
  const third = (width - 2 * GAP) / 3;
  return { name: "below", board: width, result: third, small: third };
}

// uint8 [H, W, C] => float32 [C, H, W] in [-1, 1]
function planes(pixels, { width, height, channels }) {
  const area = width * height;
  return Float32Array.from({ length: pixels.length }, (_, i) => {
    return pixels[(i % area) * channels + Math.floor(i / area)] / 127.5 - 1;
  });
}

function words(values, image, code) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((image[i] - values[i]) / 2) ** 2;
  const numbers = [...code.slice(0, MOST_NUMBERS)].map((value) => value.toFixed(2)).join(", ");
  return `MSE ${(sum / values.length).toFixed(4)} · z = (${numbers}${code.length > MOST_NUMBERS ? ", …" : ""})`;
}

function text(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}
