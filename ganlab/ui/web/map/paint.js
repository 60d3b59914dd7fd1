// Places on the screen, and what is drawn there.

const REACH = 14; // screen pixels between the pointer and the point it means
const MARGIN = 26;

export const radius = (map) => Math.min(map.canvas.clientWidth, map.canvas.clientHeight) / 2 - MARGIN;

export function onScreen(map, i) {
  const r = radius(map) * map.view.zoom,
    { points } = map.at;
  return [
    map.canvas.clientWidth / 2 + (points[2 * i] - map.view.x) * r,
    map.canvas.clientHeight / 2 - (points[2 * i + 1] - map.view.y) * r,
  ];
}

export function onMap(map, [x, y]) {
  // in the units of the layout
  const r = radius(map) * map.view.zoom,
    { middle, half } = map.at;
  return [
    ((x - map.canvas.clientWidth / 2) / r + map.view.x) * half + middle[0],
    ((map.canvas.clientHeight / 2 - y) / r + map.view.y) * half + middle[1],
  ];
}

export function nearest(map, [x, y], reach = REACH) {
  let best = -1,
    distance = reach * reach;
  map.data.values.forEach((_, i) => {
    if (!inFocus(map, i)) return;
    const [px, py] = onScreen(map, i),
      d = (px - x) ** 2 + (py - y) ** 2;
    if (d < distance) [best, distance] = [i, d];
  });
  return best;
}

export function inFocus({ focus, data }, i) {
  if (focus === null) return true;
  return focus.kind === "label" ? data.values[i] === focus.value : i < data.real === (focus.value === "real");
}

const colour = ({ data }, i) => data.colours[data.values[i]] ?? data.unknown;

export function draw(map) {
  cancelAnimationFrame(map.frame);
  map.frame = requestAnimationFrame(() => paint(map));
}

function paint(map) {
  const { canvas, data } = map,
    ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth,
    height = canvas.clientHeight;
  if (!width || !map.at) return;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const style = getComputedStyle(canvas),
    context = canvas.getContext("2d");
  const accent = style.getPropertyValue("--st-primary-color"),
    text = style.color;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const order = [...data.values.keys()].sort((a, b) => weight(map, a) - weight(map, b));
  const mark = data.pictures && map.image.complete ? thumbnailPainter(map, context) : markPainter(map, context);
  for (const i of order) {
    context.globalAlpha = !inFocus(map, i) ? 0.08 : map.chosen.size && !map.chosen.has(i) ? 0.25 : 0.9;
    mark(i, ...onScreen(map, i));
  }
  context.globalAlpha = 1;
  if (map.hovered >= 0) ring(context, onScreen(map, map.hovered), text);
  if (map.place) cross(context, toScreen(map, map.place), accent);
  if (map.path.length > 1) lasso(context, map.path, accent);
}

const weight = (map, i) => (inFocus(map, i) ? 2 : 0) + (map.chosen.has(i) ? 1 : 0);

function toScreen(map, [x, y]) {
  const r = radius(map) * map.view.zoom,
    { middle, half } = map.at;
  return [
    map.canvas.clientWidth / 2 + ((x - middle[0]) / half - map.view.x) * r,
    map.canvas.clientHeight / 2 - ((y - middle[1]) / half - map.view.y) * r,
  ];
}

// Generated pictures are discs, real ones rings.
function markPainter(map, context) {
  const size = Math.min(7, (map.data.values.length > 3000 ? 2.4 : 3.2) * map.view.zoom ** 0.35);
  context.lineWidth = 1.4;
  return (i, x, y) => {
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    if (i < map.data.real) {
      context.strokeStyle = colour(map, i);
      context.stroke();
    } else {
      context.fillStyle = colour(map, i);
      context.fill();
    }
  };
}

// The pictures themselves; real ones are underlined.
function thumbnailPainter(map, context) {
  const { data } = map;
  const size = Math.min(
    data.width * 2,
    ((1.1 * radius(map)) / Math.sqrt(data.values.length)) * map.view.zoom ** 0.75 + 6,
  );
  map.tinted ??= tint(map);
  context.imageSmoothingEnabled = size < data.width;
  return (i, x, y) => {
    const column = i % data.columns,
      row = Math.floor(i / data.columns);
    context.drawImage(
      map.tinted,
      column * data.width,
      row * data.height,
      data.width,
      data.height,
      x - size / 2,
      y - size / 2,
      size,
      size,
    );
    if (i >= data.real) return;
    context.fillStyle = colour(map, i);
    context.fillRect(x - size / 2, y + size / 2, size, Math.max(1, size / 16));
  };
}

// Grey pictures take their label's colour, their brightness becoming opacity; coloured ones stay as they are.
function tint(map) {
  const { image, data } = map,
    canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  if (!data.grey) return canvas;
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const colours = data.values.map((_, i) => rgb(colour(map, i)));
  for (let y = 0, p = 0; y < canvas.height; y++) {
    const row = Math.floor(y / data.height) * data.columns;
    for (let x = 0; x < canvas.width; x++, p += 4) {
      const [r, g, b] = colours[row + Math.floor(x / data.width)] ?? [0, 0, 0];
      pixels.data[p + 3] = pixels.data[p];
      [pixels.data[p], pixels.data[p + 1], pixels.data[p + 2]] = [r, g, b];
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function ring(context, [x, y], colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 7);
  context.stroke();
}

function cross(context, [x, y], colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  for (const [dx, dy] of [
    [9, 0],
    [0, 9],
  ]) {
    context.moveTo(x - dx, y - dy);
    context.lineTo(x + dx, y + dy);
  }
  context.stroke();
}

function lasso(context, path, colour) {
  context.beginPath();
  path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
}
