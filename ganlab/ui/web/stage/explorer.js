// Where one is in latent space: a seed's latent, with coordinates on axes and values of factors held on top.
// A point is {seed, fixed: [[name, text], ...]}, as the server writes it.

import { decode, dot } from "../vectors.js";
import { isNumeric, mixOf, mixText, moveTo, placed } from "./placing.js";

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
      const u = moveTo(explorer.vector(), axis.direction, dot(base, axis.direction));
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
    vector: () => placed(base, factors, axes, held),
  };
  return explorer;
}
