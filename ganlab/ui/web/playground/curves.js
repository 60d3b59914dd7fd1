// The curves beside a game: losses, and how near the points are. Slower than frames, while it is played.

import { element } from "../elements.js";
import { paintCurves } from "./paint.js";

const EVERY_MS = 120; // between two drawings while a game is played
const SHARE = 0.38; // of the width: the height
const COLOURS = {
  discriminator: "#0f9488",
  generator: "#ea7832",
  found: "#6d6af8",
  good: "#c026a3",
  divergence: "#8a6d1d",
};
const TITLES = { found: "clusters", good: "good points", divergence: "divergence" };

export function makeCurves() {
  const losses = element("canvas", { className: "curves", role: "img", "aria-label": "losses over time" });
  const modes = element("canvas", {
    className: "curves",
    role: "img",
    "aria-label": "clusters found, good points and divergence over time",
  });
  const root = element(
    "div",
    { className: "pair" },
    curveBox(losses, "Losses", ["discriminator", "generator"]),
    curveBox(modes, "How near it is", ["found", "good", "divergence"]),
  );
  let last = 0; // when they were drawn

  // `place`: of the frame that is shown.
  function draw(frames, place, look, played) {
    const now = performance.now();
    if (played && now < last + EVERY_MS) return;
    last = now;
    fit(losses, SHARE);
    fit(modes, SHARE);
    const both = ["discriminator", "generator"].map((name) => ({
      values: lossesOf(frames, `${name}/loss`),
      colour: COLOURS[name],
    }));
    paintCurves(losses, both, look, place, boundsOf(both.flatMap(({ values }) => values)));
    paintCurves(
      modes,
      [
        { values: frames.map((one) => one.found / one.modes), colour: COLOURS.found },
        { values: frames.map((one) => one.good), colour: COLOURS.good },
        { values: frames.map((one) => one.divergence), colour: COLOURS.divergence },
      ],
      look,
      place,
      [0, 1],
    );
  }
  return { root, draw };
}

// A player keeps its loss at steps in which it has no turn; where it is no number, there is a gap.
function lossesOf(frames, name) {
  let last = null;
  return frames.map(({ losses }) => {
    if (losses[name] !== undefined) last = losses[name];
    return last;
  });
}

// From 0, or the least loss, to one that few pass.
function boundsOf(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length ? [Math.min(0, known[0]), known[Math.floor(0.99 * (known.length - 1))]] : [0, 1];
}

function curveBox(canvas, title, names) {
  const key = names.map((name) => {
    const mark = element("i", {});
    mark.style.background = COLOURS[name];
    return element("span", {}, mark, TITLES[name] ?? name);
  });
  return element("figure", {}, element("figcaption", {}, element("b", { textContent: title }), ...key), canvas);
}

// As many pixels as the screen has, `share` as high as wide.
export function fit(canvas, share) {
  const width = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
  const height = Math.round(width * share);
  if (!width || (canvas.width === width && canvas.height === height)) return;
  [canvas.width, canvas.height] = [width, height];
}
