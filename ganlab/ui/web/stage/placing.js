// Where a point is in latent space: the vector of a seed, with coordinates on axes and values of factors put on top.
// Pure functions, which Python has as well; tests hold both to the same cases.

import { dot } from "../vectors.js";

// A copy of `base` in which `fixed`, a map of the names of factors and axes to texts, holds: factors whole, and then
// coordinates along axes [{name, direction}].
export function placed(base, factors, axes, fixed) {
  const u = base.slice();
  for (const factor of factors) if (fixed.has(factor.name)) write(u, factor, fixed.get(factor.name));
  for (const axis of axes) if (fixed.has(axis.name)) moveTo(u, axis.direction, Number(fixed.get(axis.name)));
  return u;
}

// Moves a vector along a direction of length 1 to a coordinate, and returns it.
export function moveTo(u, direction, to) {
  const way = to - dot(u, direction);
  for (let i = 0; i < u.length; i++) u[i] += way * direction[i];
  return u;
}

export function isNumeric({ kind }) {
  return kind === "normal" || kind === "uniform";
}

// A mix of two labels, as the server writes it: 3*0.600+8*0.400.
export function mixText(label, other, share) {
  return share > 0 && other !== label ? `${label}*${(1 - share).toFixed(3)}+${other}*${share.toFixed(3)}` : label;
}

// The label that is there in `u`, or in the text that is held; the one mixed in, if any; and that one's share.
export function mixOf(u, { start, labels }, text) {
  const weights = text ? readMix(labels, text) : new Map();
  const [label, other] = weights.size ? [...weights.keys()] : [labels.find((_, i) => u[start + i] > 0.5)];
  return { label, other, share: other === undefined ? 0 : weights.get(other) };
}

function write(u, factor, text) {
  const { kind, start, size, labels } = factor;
  if (!isNumeric(factor)) {
    const weights = kind === "category" ? readMix(labels, text) : new Map(text.split("+").map((label) => [label, 1]));
    labels.forEach((label, i) => {
      u[start + i] = weights.get(label) ?? 0;
    });
  } else {
    const numbers = text.split(",").map(Number);
    for (let i = 0; i < size; i++) u[start + i] = numbers[numbers.length === 1 ? 0 : i];
  }
}

// Labels may hold * and + themselves.
function readMix(labels, text) {
  if (labels.includes(text)) return new Map([[text, 1]]);
  const weights = new Map();
  for (let rest = text; rest; ) {
    const [label] = labels.filter((name) => rest.startsWith(`${name}*`)).sort((a, b) => b.length - a.length);
    if (label === undefined) break;
    const [number, ...others] = rest.slice(label.length + 1).split("+");
    weights.set(label, Number(number));
    rest = others.join("+");
  }
  return weights;
}
