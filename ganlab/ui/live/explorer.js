// Where one is in latent space: a seed's latent, with coordinates on axes and values of factors held on top.
// A point is {seed, fixed: [[name, text], ...]}, as the server writes it.

import { decode, dot } from "./vectors.js";

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
  const explorer = {
    mixes: data.mixes,
    load,
    adopt,
    get axes() { return axes; },
    get factors() { return factors; },
    isHeld: (name) => held.has(name),
    hold: (axis, value) => choose(axis.name, Math.min(axis.high, Math.max(axis.low, value)).toFixed(3)),
    coordinate: (axis) => dot(explorer.vector(), axis.direction),
    labels: (factor) => factor.labels.filter((_, i) => explorer.vector()[factor.start + i] > 0.5),
    holdLabels: (factor, labels) => choose(factor.name, labels.join("+") || "+"),
    holdMix: (factor, label, other, share) => choose(factor.name, mixText(label, other, share)),
    mixOf: (factor) => mixOf(explorer.vector(), factor, held.get(factor.name)),
    release: (name) => held.delete(name),
    reset: () => held.clear(),
    // Another seed; chosen categories and attributes stay.
    randomise() {
      const others = [...pool.keys()].filter((other) => other !== seed);
      seed = others[Math.floor(Math.random() * others.length)];
      base = pool.get(seed);
      for (const axis of axes) held.delete(axis.name);
    },
    point: () => ({ seed, fixed: [...held] }),
    vector() {
      const u = base.slice();
      for (const factor of factors) if (held.has(factor.name)) write(u, factor, held.get(factor.name));
      for (const axis of axes) {
        if (!held.has(axis.name)) continue;
        const way = Number(held.get(axis.name)) - dot(u, axis.direction);
        for (let i = 0; i < u.length; i++) u[i] += way * axis.direction[i];
      }
      return u;
    },
  };
  return explorer;
}

function write(u, { kind, start, size, labels }, text) {
  if (kind === "category" || kind === "attributes") {
    const weights = kind === "category" ? readMix(labels, text) : new Map(text.split("+").map((label) => [label, 1]));
    labels.forEach((label, i) => { u[start + i] = weights.get(label) ?? 0; });
  } else {
    const numbers = text.split(",").map(Number);
    for (let i = 0; i < size; i++) u[start + i] = numbers[numbers.length === 1 ? 0 : i];
  }
}

// A mix of two labels, as the server writes it: 3*0.600+8*0.400.
function mixText(label, other, share) {
  return share > 0 && other !== label ? `${label}*${(1 - share).toFixed(3)}+${other}*${share.toFixed(3)}` : label;
}

function readMix(labels, text) {
  if (labels.includes(text)) return new Map([[text, 1]]);
  return new Map(text.split("+").map((part) => {
    const at = part.lastIndexOf("*");
    return [part.slice(0, at), Number(part.slice(at + 1))];
  }));
}

// The label that is there, the one mixed in (if any), and that one's share.
function mixOf(u, { start, labels }, text) {
  const weights = text ? readMix(labels, text) : new Map();
  const [label, other] = weights.size ? [...weights.keys()] : [labels.find((_, i) => u[start + i] > 0.5)];
  return { label, other, share: other === undefined ? 0 : weights.get(other) };
}
