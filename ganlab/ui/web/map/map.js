// A scatter of pictures on a canvas. Hovering, zooming and picking labels stay in the browser; Python hears of a
// selection once, when the pointer is released.
// data: {id, places: [x0, y0, x1, ...], real, sheet, columns, width, height, grey, captions, values, labels, colours,
// unknown, chips, canvasHeight, pictures, decodes}; the first `real` points are real pictures, a value of -1 is an
// unknown label, whose colour is `unknown`. `chips` are what the legend shows alone, by label or by origin:
// {kind, value, text, fill}.

import { element } from "../elements.js";
import { component } from "../mount.js";
import { hover } from "./card.js";
import { draw } from "./paint.js";
import { listen } from "./pointer.js";

const FLIGHT_MS = 700; // from one layout to the next
const TOOLS = [
  // title, path of its icon
  ["Select: drag around points; shift adds to them", "M5 8c2-5 13-6 15-1 2 6-8 9-12 7-3-1-5 1-3 3 1 1 0 3-1 4"],
  [
    "Move: drag the map; the wheel zooms",
    "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  ],
  ["Show the whole map", "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"],
];

export default component(makeMap);

function makeMap(root, tell) {
  const map = {
    room: root,
    canvas: element("canvas", { tabIndex: 0, role: "application" }),
    card: element("div", { className: "card" }, element("div", { className: "thumbnail" }), spoken()),
    legend: element("div", { className: "legend", role: "group", "aria-label": "legend" }),
    tools: element("div", { className: "tools" }, ...TOOLS.map(tool)),
    view: { x: 0, y: 0, zoom: 1 },
    image: new Image(),
    chosen: new Set(),
    place: null,
    hovered: -1,
    focus: null,
    drag: null,
    path: [],
    moving: false,
    at: null,
    frame: 0,
    send: (points, place) => tell.state("chosen", { id: map.data.id, points, place }),
  };
  root.replaceChildren(map.canvas, map.tools, map.card, map.legend);
  map.image.onload = () => {
    map.tinted = null;
    draw(map);
  };
  const observer = new ResizeObserver(() => draw(map)); // of its own: what is pointed at depends on each pixel
  observer.observe(map.canvas);
  listen(map);
  return {
    load(data) {
      map.canvas.style.height = `${data.canvasHeight}px`;
      receive(map, data);
    },
    leave() {
      observer.disconnect();
      map.flight = null;
    },
  };
}

function spoken() {
  return element("div", { "aria-live": "polite" });
}

function tool([title, path]) {
  const made = element("button", { type: "button", title, "aria-label": title });
  made.innerHTML = `<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path d="${path}"/></svg>`;
  return made;
}

function receive(map, data) {
  const before = map.data;
  map.data = data;
  if (before?.id !== data.id) {
    map.chosen.clear();
    map.place = null;
    map.view = { x: 0, y: 0, zoom: 1 };
  }
  if (map.image.src !== data.sheet) map.image.src = data.sheet;
  map.tinted = null;
  if (String(before?.labels) !== String(data.labels) || !data.chips.some((chip) => isFocus(map, chip)))
    map.focus = null;
  showLegend(map);
  map.canvas.setAttribute("aria-label", `map of ${data.values.length} pictures`);
  const stays = before?.places.every((value, i) => value === data.places[i]);
  if (!stays) hover(map, -1); // that point is elsewhere, or gone
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (stays || still || before?.places.length !== data.places.length || !map.at) {
    map.at = fitted(data.places);
    map.flight = null;
    draw(map);
  } else fly(map, map.at, fitted(data.places));
}

// Places in [-1, 1], one scale for both axes, so that the whole map fits.
function fitted(places) {
  const low = [Infinity, Infinity],
    high = [-Infinity, -Infinity];
  places.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const half = Math.max(high[0] - low[0], high[1] - low[1], 1e-9) / 2;
  const middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  return { points: places.map((value, i) => (value - middle[i % 2]) / half), middle, half };
}

function fly(map, from, to) {
  const start = performance.now(),
    flight = {};
  map.flight = flight;
  const step = (now) => {
    if (map.flight !== flight) return;
    const t = Math.min(1, (now - start) / FLIGHT_MS),
      eased = t * t * (3 - 2 * t);
    map.at = { ...to, points: to.points.map((value, i) => from.points[i] + (value - from.points[i]) * eased) };
    draw(map);
    if (t < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const isFocus = ({ focus }, { kind, value }) => focus?.kind === kind && focus.value === value;

function showLegend(map) {
  const gap = () => Object.assign(document.createElement("span"), { className: "gap" });
  const [labels, origins] = ["label", "origin"].map((kind) =>
    map.data.chips.filter((chip) => chip.kind === kind).map((chip) => chipButton(map, chip)),
  );
  map.legend.replaceChildren(...labels, ...(origins.length ? [gap()] : []), ...origins);
}

function chipButton(map, chip) {
  const button = document.createElement("button"),
    dot = document.createElement("span");
  button.type = "button";
  button.title = `show only: ${chip.text}`;
  dot.className = "dot";
  if (chip.fill) dot.style.background = chip.fill;
  else if (map.data.pictures) dot.classList.add("line");
  else dot.style.border = "1.5px solid currentColor";
  button.append(dot, chip.text);
  const on = isFocus(map, chip);
  button.setAttribute("aria-pressed", on);
  button.onclick = () => {
    map.focus = on ? null : chip;
    showLegend(map);
    draw(map);
  };
  return button;
}
