// A square in which a point is dragged, or moved by `nudge`, which the stage's arrow keys do; x and y run from 0 to 1,
// y upwards.

import { clamp, element, watchDrags } from "../elements.js";

export const NUDGE = 0.02; // of the side, a key press

export function makePad({ label, onMove, onSettle }) {
  const point = element("div", { className: "point" });
  const pad = element("div", { className: "pad", role: "application", tabIndex: 0, "aria-label": label }, point);
  let [x, y] = [0.5, 0.5];

  const show = (toX, toY) => {
    [x, y] = [clamp(toX), clamp(toY)];
    point.style.left = `${100 * x}%`;
    point.style.top = `${100 * (1 - y)}%`;
  };
  const move = (toX, toY, since) => {
    show(toX, toY);
    onMove(x, y, since);
  };
  const follow = (event) => {
    const box = pad.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height, event.timeStamp);
  };
  watchDrags(pad, { begin: follow, go: follow, end: () => onSettle() });
  const nudge = ([right, up], since) => {
    move(x + NUDGE * right, y + NUDGE * up, since);
    onSettle();
  };
  show(x, y);
  return { root: pad, show, nudge };
}
