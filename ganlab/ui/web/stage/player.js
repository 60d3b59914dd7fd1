// A walk through key latents that plays: state, and its controls (play, scrub, speed).

import { arrow, button, element, labelled } from "../elements.js";
import { between, decode } from "../vectors.js";

const STEP = 0.02; // of the way from key to key, an arrow key
const HINT = "Play or stop (space)";
const SPEEDS = [0.25, 0.5, 1, 2]; // key frames a second

export function makePlayer({ onMove, onSettle }) {
  let keys, factors, method, closed, legs;
  let [time, speed, forwards, frame, last] = [0, 0.5, true, 0, 0];
  let out;

  const play = button("Play", HINT, () => toggle(), "primary");
  const scrub = element("input", { type: "range", min: 0, step: 0.001, "aria-label": "time" });
  const clock = element("span", { className: "value" });
  const speeds = element(
    "select",
    { "aria-label": "key frames" },
    ...SPEEDS.map((one) => {
      return element("option", { value: one, textContent: `${one} a second`, selected: one === speed });
    }),
  );
  speeds.onchange = () => {
    speed = Number(speeds.value);
  };
  scrub.oninput = (event) => {
    stop();
    show(Number(scrub.value));
    onMove(event.timeStamp);
  };
  scrub.onchange = () => onSettle();
  scrub.onkeydown = (event) => {
    const way = arrow(event);
    if (!way) return;
    event.preventDefault(); // its own step is as fine as the pointer's
    nudge(way, event.timeStamp);
  };
  const root = element(
    "div",
    { className: "player" },
    element("div", { className: "row" }, play, labelled(speeds)),
    element("div", { className: "slider" }, element("span", { className: "name", textContent: "Time" }), scrub, clock),
  );

  const show = (to) => {
    time = to;
    scrub.value = time;
    clock.textContent = time.toFixed(2);
  };
  const tick = (now) => {
    frame = requestAnimationFrame(tick);
    const step = Math.min(0.1, Math.max(0, now - last) / 1000) * speed; // a frame may be stamped before the click
    last = now;
    let to = time + (forwards || closed ? step : -step);
    if (closed) to %= legs;
    else if (to >= legs || to <= 0) {
      forwards = to <= 0;
      to = Math.min(legs, Math.max(0, to));
    }
    show(to);
    onMove();
  };
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = "Play";
  };
  const start = () => {
    last = performance.now();
    play.textContent = "Stop";
    frame = requestAnimationFrame(tick);
  };
  const toggle = () => {
    if (play.disabled) return;
    if (frame) {
      stop();
      onSettle();
    } else start();
  };
  const nudge = ([right, up], since) => {
    stop();
    show(Math.min(legs, Math.max(0, time + STEP * (right + up))));
    onMove(since);
    onSettle();
  };

  return {
    root,
    stop,
    toggle,
    nudge,
    help: "arrow keys move in time, space plays",
    plays: true,
    // Without nets in the browser there is nothing to play: `why` says so, and is empty when there are.
    ready(why) {
      if (why) stop();
      play.disabled = why !== "";
      play.title = why || HINT;
    },
    load(data) {
      const count = data.walk.count;
      const all = decode(data.walk.keys);
      keys = Array.from({ length: count }, (_, i) => all.subarray(i * data.dim, (i + 1) * data.dim));
      ({ factors } = data);
      ({ method, closed } = data.walk);
      legs = closed ? count : count - 1;
      out = new Float32Array(data.dim);
      scrub.max = legs;
      show(Math.min(time, legs));
    },
    adopt: (point) => {
      stop();
      show(Math.min(point.time, legs));
    },
    point: () => ({ time: Number(time.toFixed(3)) }),
    vector() {
      const leg = Math.min(Math.floor(time), legs - 1);
      return between(out, keys[leg], keys[(leg + 1) % keys.length], time - leg, factors, method).slice();
    },
  };
}
