// A board to draw on, and the small picture that a net sees of it.

import { element, watchDrags } from "../elements.js";
import { makePen, PEN_HELP } from "./pen.js";

const MOST_UNDOS = 30;
const INK = 24; // grey levels above which something is drawn
const FILLED = 20 / 28; // of the picture's side: how large MNIST's digits were made
const [LEAST, MOST] = [0.6, 1.6]; // how much centring may shrink or enlarge

export function makeInk({ onMove, onSettle }) {
  const board = element("canvas", {
    className: "ink",
    role: "application",
    tabIndex: 0,
    "aria-label": "drawing board",
    "aria-description": PEN_HELP,
  });
  const pen = board.getContext("2d", { willReadFrequently: true });
  const brush = { width: 2, colour: "#ffffff" }; // pixels of the small picture
  let [width, height, scale, past, last] = [1, 1, 1, [], [0, 0]];
  let awaited = null; // the picture file that is on its way to the board

  const at = (event) => {
    const box = board.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [x * board.width, y * board.height];
  };
  const line = (from, to, erasing = false) => {
    pen.strokeStyle = erasing ? "#000000" : brush.colour;
    pen.lineWidth = brush.width * scale;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };
  const mark = () => {
    past = [...past, pen.getImageData(0, 0, board.width, board.height)].slice(-MOST_UNDOS);
  };
  const undo = () => {
    if (past.length) pen.putImageData(past.pop(), 0, 0);
  };
  const keyed = {
    board,
    line,
    mark,
    undo,
    canErase: true,
    get step() {
      return scale;
    },
  };
  const keys = makePen(keyed, { onMove, onSettle });
  watchDrags(board, {
    begin(event) {
      mark();
      last = at(event);
      keys.follow(last);
      line(last, last);
      onMove(event.timeStamp);
    },
    go(event, passed) {
      for (const one of passed) {
        line(last, at(one));
        last = at(one);
      }
      keys.follow(last);
      onMove(event.timeStamp);
    },
    end: () => onSettle(),
  });

  return {
    board,
    brush,
    keyed,
    cursor: keys.cursor,
    said: keys.said,
    undo,
    get touched() {
      return past.length > 0;
    },
    // A fresh board, at most `most` pixels wide, with a picture file on it, every pixel a square.
    async begin(address, toWidth, toHeight, most) {
      scale = Math.max(1, Math.floor(most / toWidth));
      [width, height, past] = [toWidth, toHeight, []];
      [board.width, board.height] = [width * scale, height * scale];
      keys.reset();
      const picture = new Image();
      awaited = picture;
      picture.src = address;
      await picture.decode();
      if (awaited !== picture) return; // the board has begun once more meanwhile
      pen.imageSmoothingEnabled = false;
      pen.drawImage(picture, 0, 0, board.width, board.height);
    },
    clear() {
      mark();
      pen.fillStyle = "#000000";
      pen.fillRect(0, 0, board.width, board.height);
    },
    // What the net sees: uint8 [height * width * channels], each value the mean of a square of the board.
    seen(channels, centred) {
      const source = centred ? centre(board, pen) : pen;
      const { data } = source.getImageData(0, 0, board.width, board.height);
      const small = new Uint8Array(width * height * channels);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (let j = 0; j < scale; j++) {
              let i = 4 * ((y * scale + j) * board.width + x * scale) + c;
              for (let k = 0; k < scale; k++, i += 4) sum += data[i];
            }
            small[(y * width + x) * channels + c] = Math.round(sum / (scale * scale));
          }
      return small;
    },
  };
}

// A copy of the board with the drawing's centre of mass in the middle and its size as MNIST's.
function centre(board, pen) {
  const { data } = pen.getImageData(0, 0, board.width, board.height);
  let [left, right, top, bottom, mass, xs, ys] = [board.width, -1, board.height, -1, 0, 0, 0];
  for (let y = 0, i = 0; y < board.height; y++)
    for (let x = 0; x < board.width; x++, i += 4) {
      if (data[i] <= INK) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      mass += data[i];
      xs += data[i] * x;
      ys += data[i] * y;
    }
  if (!mass) return pen;
  const zoom = Math.min(MOST, Math.max(LEAST, (FILLED * board.width) / Math.max(right - left + 1, bottom - top + 1)));
  const canvas = element("canvas", { width: board.width, height: board.height });
  const copy = canvas.getContext("2d", { willReadFrequently: true });
  copy.fillStyle = "#000000";
  copy.fillRect(0, 0, board.width, board.height);
  copy.setTransform(zoom, 0, 0, zoom, board.width / 2 - (zoom * xs) / mass, board.height / 2 - (zoom * ys) / mass);
  copy.drawImage(board, 0, 0);
  copy.setTransform(1, 0, 0, 1, 0, 0);
  return copy;
}
