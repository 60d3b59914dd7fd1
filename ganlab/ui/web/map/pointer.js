// What the pointer and keys do.

import { hover } from "./card.js";
import { draw, inFocus, nearest, onMap, onScreen, radius } from "./paint.js";

export function listen(map) {
  const { canvas, tools } = map;
  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onpointerdown = (event) => {
    if (map.drag) return; // another finger, or another button
    canvas.setPointerCapture(event.pointerId);
    map.drag = {
      pointer: event.pointerId,
      from: where(event),
      view: { ...map.view },
      moves: map.moving || event.button !== 0,
    };
    map.path = [where(event)];
  };
  const isOther = (event) => map.drag && event.pointerId !== map.drag.pointer;
  canvas.onpointermove = (event) => {
    if (isOther(event)) return;
    if (map.drag) dragTo(map, where(event));
    else hover(map, nearest(map, where(event)));
  };
  canvas.onpointerup = (event) => {
    if (isOther(event)) return;
    const { drag, path } = map;
    map.drag = null;
    map.path = [];
    if (!drag) return;
    if (!drag.dragged) click(map, where(event), event.shiftKey);
    else if (!drag.moves)
      choose(
        map,
        map.data.values.map((_, i) => i).filter((i) => inFocus(map, i) && inside(onScreen(map, i), path)),
        event.shiftKey,
      );
    draw(map);
  };
  canvas.onlostpointercapture = (event) => {
    if (isOther(event)) return;
    // after a release, or instead of one: when the system takes the pointer away
    map.drag = null;
    map.path = [];
    draw(map);
  };
  canvas.onpointerleave = () => !map.drag && hover(map, -1);
  canvas.oncontextmenu = (event) => event.preventDefault();
  canvas.onwheel = (event) => {
    event.preventDefault();
    zoom(map, Math.exp(-event.deltaY / 400), where(event));
  };
  canvas.onkeydown = (event) => onKey(map, event);
  const [select, move, fit] = tools.children;
  const mode = (moving) => () => {
    map.moving = moving;
    map.room.classList.toggle("moving", moving);
    select.setAttribute("aria-pressed", !moving);
    move.setAttribute("aria-pressed", moving);
  };
  mode(false)();
  select.onclick = mode(false);
  move.onclick = mode(true);
  fit.onclick = () => {
    map.view = { x: 0, y: 0, zoom: 1 };
    draw(map);
  };
}

function dragTo(map, [x, y]) {
  const { drag } = map,
    [dx, dy] = [x - drag.from[0], y - drag.from[1]];
  drag.dragged ||= Math.hypot(dx, dy) > 4;
  if (!drag.dragged) return;
  hover(map, -1);
  if (drag.moves) {
    const r = radius(map) * map.view.zoom;
    map.view = { ...map.view, x: drag.view.x - dx / r, y: drag.view.y + dy / r };
  } else map.path.push([x, y]);
  draw(map);
}

function click(map, at, add) {
  const i = nearest(map, at);
  if (i >= 0) choose(map, [i], add);
  else if (map.data.decodes) {
    map.place = onMap(map, at);
    map.chosen.clear();
    map.send([], map.place);
  } else choose(map, [], add);
}

function choose(map, found, add) {
  if (!add && !found.length && !map.chosen.size && !map.place) return;
  map.chosen = new Set(add ? [...map.chosen, ...found] : found);
  map.place = null;
  map.send(
    [...map.chosen].sort((a, b) => a - b),
    null,
  );
  draw(map);
}

function zoom(map, factor, [x, y]) {
  const before = map.view,
    r = radius(map),
    zoomed = Math.min(40, Math.max(1, before.zoom * factor));
  const [dx, dy] = [(x - map.canvas.clientWidth / 2) / r, (map.canvas.clientHeight / 2 - y) / r];
  map.view = {
    zoom: zoomed,
    x: before.x + dx / before.zoom - dx / zoomed,
    y: before.y + dy / before.zoom - dy / zoomed,
  };
  if (zoomed === 1) map.view = { x: 0, y: 0, zoom: 1 };
  hover(map, -1);
  draw(map);
}

// Arrows go to the nearest point in their direction, Enter selects it, Escape selects nothing.
function onKey(map, event) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  const middle = [map.canvas.clientWidth / 2, map.canvas.clientHeight / 2];
  if (dx || dy) hover(map, neighbour(map, dx, dy, middle));
  else if (event.key === "Enter" && map.hovered >= 0) choose(map, [map.hovered], event.shiftKey);
  else if (event.key === "Escape") choose(map, [], false);
  else if (event.key === "+" || event.key === "-") zoom(map, event.key === "+" ? 1.4 : 1 / 1.4, middle);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function neighbour(map, dx, dy, middle) {
  if (map.hovered < 0) return nearest(map, middle, Infinity);
  const [x, y] = onScreen(map, map.hovered);
  let best = map.hovered,
    cost = Infinity;
  map.data.values.forEach((_, i) => {
    const [px, py] = onScreen(map, i),
      along = (px - x) * dx + (py - y) * dy,
      across = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    if (i !== map.hovered && along > 0.5 && inFocus(map, i) && along + 2 * across < cost)
      [best, cost] = [i, along + 2 * across];
  });
  return best;
}

function inside([x, y], path) {
  let is = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [xi, yi] = path[i],
      [xj, yj] = path[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) is = !is;
  }
  return is;
}
