// Four latents at the corners of a square, and a point between them that one drags.

import { element } from "../elements.js";
import { makePad } from "./pad.js";
import { between, decode } from "../vectors.js";

export function makeCorners({ onMove, onSettle }) {
  let corners, factors, method;
  let [x, y] = [0.5, 0.5];
  const pad = makePad({
    label: "between four pictures",
    onMove: (toX, toY, since) => {
      [x, y] = [toX, toY];
      onMove(since);
    },
    onSettle,
  });
  const pictures = Array.from({ length: 4 }, () => element("img", { alt: "" }));
  const root = element("div", { className: "corners" }, ...pictures, pad.root);
  return {
    root,
    stop() {},
    help: "arrow keys move the point, space puts it anywhere",
    nudge: pad.nudge,
    toggle() {
      [x, y] = [Math.random(), Math.random()];
      pad.show(x, y);
      onMove();
      onSettle();
    },
    load(data) {
      const all = decode(data.corners.latents);
      corners = Array.from({ length: 4 }, (_, i) => all.subarray(i * data.dim, (i + 1) * data.dim));
      ({ factors } = data);
      ({ method } = data.corners);
      pictures.forEach((picture, i) => {
        picture.src = data.corners.pictures[i];
        picture.alt = data.corners.titles[i];
        picture.title = data.corners.titles[i];
      });
    },
    adopt: (point) => {
      [x, y] = [point.x, point.y];
      pad.show(x, y);
    },
    point: () => ({ x: Number(x.toFixed(3)), y: Number(y.toFixed(3)) }),
    // Corners are the upper left, upper right, lower left and lower right one.
    vector() {
      const blank = () => new Float32Array(corners[0].length);
      const upper = between(blank(), corners[0], corners[1], x, factors, method);
      const lower = between(blank(), corners[2], corners[3], x, factors, method);
      return between(blank(), lower, upper, y, factors, method);
    },
  };
}
