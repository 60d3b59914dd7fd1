// Where one is in latent space: a seed's latent, with coordinates on axes and values of factors held on top.
// A point is {seed, fixed: [[name, text], ...]}, as the server writes it.

import { decode, dot } from "./vectors.js";

const SEEN = 0.005; // least difference of a coordinate that two decimals show

export function makeExplorer(data) {
  const held = new Map(); // name of an axis or factor => text
  let seed, base, pool, axes, factors;

  const load = (fresh) => {
    const latents = decode(fresh.pool.latents);
    const dim = fresh.dim;
    pool = new Map(fresh.pool.seeds.map((s, i) => [s, latents.subarray(i * dim, (i + 1) * dim)]));
    axes = fresh.axes.map((axis) => ({ ...axis, direction: decode(axis.direction) }));
    factors = fresh.factors;
    base = pool.get(seed) ?? base;
  };
  const adopt = (point) => {
    seed = point.seed;
    base = pool.get(seed);
    held.clear();
    for (const [name, text] of point.fixed) held.set(name, text);
  };
  load(data);
  adopt(data.point);

  const choose = (name, text) => held.set(name, text);
  // The factor that an axis runs in, when all of its numbers are written out.
  const whole = (axis) =>
    factors.find(
      ({ name, start, size }) => held.has(name) && axis.direction.subarray(start, start + size).some(Boolean),
    );
  const explorer = {
    mixes: data.mixes,
    load,
    adopt,
    get axes() {
      return axes;
    },
    get factors() {
      return factors;
    },
    isHeld: (name) => held.has(name),
    isMoved: (axis) =>
      held.has(axis.name) ||
      Boolean(whole(axis) && Math.abs(explorer.coordinate(axis) - dot(base, axis.direction)) > SEEN),
    hold: (axis, value) => choose(axis.name, Math.min(axis.high, Math.max(axis.low, value)).toFixed(3)),
    coordinate: (axis) => dot(explorer.vector(), axis.direction),
    labels: (factor) => factor.labels.filter((_, i) => explorer.vector()[factor.start + i] > 0.5),
    holdLabels: (factor, labels) => choose(factor.name, labels.join("+") || "+"),
    holdMix: (factor, label, other, share) => choose(factor.name, mixText(label, other, share)),
    mixOf: (factor) => mixOf(explorer.vector(), factor, held.get(factor.name)),
    release: (name) => held.delete(name),
    // The seed's own coordinate again; where the factor is held whole, its other values stay.
    putBack(axis) {
      held.delete(axis.name);
      const factor = whole(axis);
      if (!factor) return;
      const u = moved(explorer.vector(), axis, dot(base, axis.direction));
      choose(
        factor.name,
        Array.from(u.subarray(factor.start, factor.start + factor.size), (value) => value.toPrecision(4)).join(),
      );
    },
    reset: () => held.clear(),
    // Another seed, with all of its own numbers; chosen categories and attributes stay.
    randomise() {
      const others = [...pool.keys()].filter((other) => other !== seed);
      seed = others[Math.floor(Math.random() * others.length)];
      base = pool.get(seed);
      for (const { name } of [...axes, ...factors.filter(isNumeric)]) held.delete(name);
    },
    point: () => ({ seed, fixed: [...held] }),
    vector() {
      const u = base.slice();
      for (const factor of factors) if (held.has(factor.name)) write(u, factor, held.get(factor.name));
      for (const axis of axes) if (held.has(axis.name)) moved(u, axis, Number(held.get(axis.name)));
      return u;
    },
  };
  return explorer;
}

function isNumeric({ kind }) {
  return kind === "normal" || kind === "uniform";
}

// Moves a vector along an axis to a coordinate, and returns it.
function moved(u, axis, to) {
  const way = to - dot(u, axis.direction);
  for (let i = 0; i < u.length; i++) u[i] += way * axis.direction[i];
  return u;
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

// A mix of two labels, as the server writes it: 3*0.600+8*0.400.
function mixText(label, other, share) {
  return share > 0 && other !== label ? `${label}*${(1 - share).toFixed(3)}+${other}*${share.toFixed(3)}` : label;
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

// The label that is there, the one mixed in (if any), and that one's share.
function mixOf(u, { start, labels }, text) {
  const weights = text ? readMix(labels, text) : new Map();
  const [label, other] = weights.size ? [...weights.keys()] : [labels.find((_, i) => u[start + i] > 0.5)];
  return { label, other, share: other === undefined ? 0 : weights.get(other) };
}
