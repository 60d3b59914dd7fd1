// How a frame looks: the surface, the latent plane, arrows, real and generated points; and curves over time.

import { contoursOf } from "./contours.js";
import { paintDensity } from "./density.js";

const REAL = [15, 118, 110]; // where the discriminator believes
const FAKE = [234, 120, 50];
const SCHEMES = {
  light: {
    ground: [250, 251, 251],
    real: "rgba(20, 48, 50, 0.62)",
    line: "rgba(67, 56, 202, 0.42)",
    fill: "#4338ca",
    ink: "#1c2526",
  },
  dark: {
    ground: [17, 23, 23],
    real: "rgba(226, 240, 240, 0.72)",
    line: "rgba(165, 180, 252, 0.5)",
    fill: "#a5b4fc",
    ink: "#e6eeee",
  },
};
const FAKE_RADIUS = 3; // pixels
const ARROW = 26; // pixels of the longest
const MOST_SHARE = 0.7; // of the colours of the surface
const painted = new WeakMap(); // by game: its real points
const surfaces = new Map(); // by the colour of the ground: those of the shades
const smalls = new Map(); // by its side: a picture with a pixel for each cell, made once
const stamps = new Map(); // by scale: a generated point
const NOISE_REACH = 0.9; // of the picture: how far the plane of the noise goes before it moves

export function scheme(root) {
  const [red, green, blue] = getComputedStyle(root)
    .color.match(/[\d.]+/g)
    .map(Number);
  return SCHEMES[red + green + blue > 380 ? "dark" : "light"];
}

// Draws on a canvas of any size; `shown` says which layers. `share` of the way from their noise the points have come.
export function paint(canvas, frame, game, look, shown, share = 1) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const scale = width / (canvas.clientWidth || width); // of a pixel on the page
  const x = (value) => ((value / game.range + 1) / 2) * width;
  const y = (value) => ((1 - value / game.range) / 2) * height;
  context.fillStyle = `rgb(${look.ground})`;
  context.fillRect(0, 0, width, height);
  if (shown.surface) paintSurface(context, frame.numbers.surface, game.side, look.ground);
  if (shown.contours) paintContours(context, game, look.real, scale);
  const { plane, fakes } = frame.numbers;
  if (shown.plane || shown.filled || share < 1) {
    const lines = share < 1 ? between(planeOfNoise(game), plane, share) : plane;
    if (shown.filled) paintDensity(context, lines, game.numbers.mass, game.lines, look.fill, x, y);
    paintPlane(context, lines, game.lines, look.line, scale, x, y);
  }
  context.drawImage(realPoints(game, width, height, look, scale, x, y), 0, 0);
  const drawn = share < 1 ? between(onPicture(game.numbers.noise, game), fakes, share) : fakes;
  stamp(context, drawn, generatedPoint(scale), x, y);
  if (shown.arrows && share === 1) paintArrows(context, frame, scale, x, y);
}

// Noise [x, y, x, y...] as places on the picture.
function onPicture(noise, game) {
  return noise.map((value) => (value * NOISE_REACH * game.range) / game.reach);
}

function planeOfNoise(game) {
  const at = (i) => (2 * i) / (game.lines - 1) - 1;
  const square = [];
  for (let one = 0; one < game.lines; one++)
    for (let other = 0; other < game.lines; other++) square.push(at(one) * game.reach, at(other) * game.reach);
  return onPicture(square, game);
}

// Slow at both ends.
function between(from, to, share) {
  const eased = share * share * (3 - 2 * share);
  return from.map((value, i) => value + eased * (to[i] - value));
}

// Where the pointer is on the plane, and what is there; `pointer` are shares of the picture's width and height.
export function paintPlace(canvas, frame, game, look, [across, down]) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / (canvas.clientWidth || canvas.width);
  const cell = Math.floor(down * game.side) * game.side + Math.floor(across * game.side);
  const believed = frame.numbers.surface[cell];
  if (believed === undefined) return;
  const [x, y] = [(2 * across - 1) * game.range, (1 - 2 * down) * game.range].map((one) => one.toFixed(2));
  const density = game.numbers.density[cell].toFixed(1);
  const text = `x ${x}  y ${y}   real density ${density}   discriminator ${Math.round(believed / 2.55)} %`;
  context.font = `${12 * scale}px sans-serif`;
  const width = context.measureText(text).width + 12 * scale;
  context.fillStyle = `rgba(${look.ground}, 0.85)`;
  const top = down > 0.9 ? 0 : canvas.height - 20 * scale;
  context.fillRect(0, top, width, 20 * scale);
  context.fillStyle = look.ink;
  context.fillText(text, 6 * scale, top + 14 * scale);
}

// Points that are drawn by hand, [x, y] each, where a game shows real ones, and the cross of the keyboard.
export function paintDrawing(canvas, points, cross, range, look) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const scale = width / (canvas.clientWidth || width);
  const x = (value) => ((value / range + 1) / 2) * width;
  const y = (value) => ((1 - value / range) / 2) * height;
  context.fillStyle = `rgb(${look.ground})`;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = look.line;
  context.lineWidth = scale;
  context.strokeRect(x(-1), y(1), x(1) - x(-1), y(-1) - y(1));
  paintPoints(context, points.flat(), look.real, 3.2 * scale, x, y);
  context.strokeStyle = `rgb(${FAKE})`;
  context.lineWidth = 2 * scale;
  const [left, top, arm] = [x(cross[0]), y(cross[1]), 9 * scale];
  context.beginPath();
  context.moveTo(left - arm, top);
  context.lineTo(left + arm, top);
  context.moveTo(left, top - arm);
  context.lineTo(left, top + arm);
  context.stroke();
}

function paintSurface(context, shades, side, ground) {
  const { small, picture, pixels } = smallOf(side);
  const colours = coloursOn(ground);
  for (let i = 0; i < shades.length; i++) pixels[i] = colours[shades[i]];
  small.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "low"; // between cells in a straight line: a better one takes half of a painting
  context.drawImage(small.canvas, 0, 0, context.canvas.width, context.canvas.height);
}

function smallOf(side) {
  if (!smalls.has(side)) {
    const picture = new ImageData(side, side);
    const small = new OffscreenCanvas(side, side).getContext("2d");
    smalls.set(side, { small, picture, pixels: new Uint32Array(picture.data.buffer) });
  }
  return smalls.get(side);
}

// The colour of each of the 256 shades, its four bytes as they lie in a picture.
function coloursOn(ground) {
  if (surfaces.has(ground)) return surfaces.get(ground);
  const bytes = Array.from({ length: 256 }, (_, shade) => {
    const sure = (shade / 255 - 0.5) * 2; // -1: fake, 1: real
    const colour = sure > 0 ? REAL : FAKE;
    const share = MOST_SHARE * Math.abs(sure) ** 0.6;
    return [0, 1, 2].map((c) => ground[c] + share * (colour[c] - ground[c])).concat(255);
  });
  surfaces.set(ground, new Uint32Array(Uint8ClampedArray.from(bytes.flat()).buffer));
  return surfaces.get(ground);
}

function paintContours(context, game, colour, scale) {
  const { width, height } = context.canvas;
  context.strokeStyle = colour;
  context.lineWidth = 1.2 * scale;
  context.beginPath();
  for (const [left, top, right, bottom] of contoursOf(game.numbers.density, game.side)) {
    context.moveTo(left * width, top * height);
    context.lineTo(right * width, bottom * height);
  }
  context.stroke();
}

function paintPlane(context, plane, lines, colour, scale, x, y) {
  context.strokeStyle = colour;
  context.lineWidth = scale;
  context.beginPath();
  for (let one = 0; one < lines; one++) {
    for (const place of [(other) => one * lines + other, (other) => other * lines + one]) {
      for (let other = 0; other < lines; other++) {
        const at = 2 * place(other);
        context[other ? "lineTo" : "moveTo"](x(plane[at]), y(plane[at + 1]));
      }
    }
  }
  context.stroke();
}

function paintPoints(context, points, colour, radius, x, y) {
  context.fillStyle = colour;
  for (let i = 0; i < points.length; i += 2) {
    context.beginPath();
    context.arc(x(points[i]), y(points[i + 1]), radius, 0, 2 * Math.PI);
    context.fill();
  }
}

// The real points of a game, which stay where they are: painted once for a size and a scheme.
function realPoints(game, width, height, look, scale, x, y) {
  const before = painted.get(game);
  if (before?.look === look && before.canvas.width === width && before.canvas.height === height) return before.canvas;
  const canvas = new OffscreenCanvas(width, height);
  paintPoints(canvas.getContext("2d"), game.numbers.real, look.real, 2.1 * scale, x, y);
  painted.set(game, { look, canvas });
  return canvas;
}

// One generated point with its edge, which is set down wherever one is: that is many times as fast as to paint each.
function generatedPoint(scale) {
  if (stamps.has(scale)) return stamps.get(scale);
  const radius = FAKE_RADIUS * scale;
  const canvas = new OffscreenCanvas(2 * Math.ceil(radius + scale), 2 * Math.ceil(radius + scale));
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${FAKE})`;
  context.strokeStyle = "rgba(255, 255, 255, 0.85)";
  context.lineWidth = radius / 3.5;
  context.arc(canvas.width / 2, canvas.height / 2, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  stamps.set(scale, canvas);
  return canvas;
}

function stamp(context, points, picture, x, y) {
  const half = picture.width / 2;
  for (let i = 0; i < points.length; i += 2) context.drawImage(picture, x(points[i]) - half, y(points[i + 1]) - half);
}

// Lengths are shown by their root, so that weak and strong pulls are seen at once. An arrow begins at its point's edge
// and lies over all points: in a heap of them, points would hide it.
function paintArrows(context, frame, scale, x, y) {
  const { fakes, arrows } = frame.numbers;
  context.strokeStyle = `rgba(${FAKE.map((c) => Math.round(c * 0.72))}, 0.8)`;
  context.lineWidth = 1.2 * scale;
  context.beginPath();
  for (let i = 0; i < fakes.length; i += 2) {
    const length = Math.hypot(arrows[i], arrows[i + 1]);
    if (!(length > 1e-6)) continue;
    const long = Math.min(ARROW, ARROW * Math.sqrt(length / 4)) * scale;
    const [across, down] = [(arrows[i] / length) * long, (-arrows[i + 1] / length) * long];
    const out = (FAKE_RADIUS * scale) / long;
    const [left, top] = [x(fakes[i]) + out * across, y(fakes[i + 1]) + out * down];
    context.moveTo(left, top);
    context.lineTo(left + across, top + down);
    context.moveTo(left + across * 0.72 - down * 0.16, top + down * 0.72 + across * 0.16);
    context.lineTo(left + across, top + down);
    context.lineTo(left + across * 0.72 + down * 0.16, top + down * 0.72 - across * 0.16);
  }
  context.stroke();
}

// Curves of values over frames: `lines` are {values, colour}; nulls are gaps. The cursor is a place among the values.
export function paintCurves(canvas, lines, look, cursor, [least, most]) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const scale = width / (canvas.clientWidth || width);
  context.clearRect(0, 0, width, height);
  const count = Math.max(2, ...lines.map((line) => line.values.length));
  const x = (i) => (i / (count - 1)) * width;
  const y = (value) => height - 3 * scale - ((value - least) / (most - least || 1)) * (height - 6 * scale);
  context.lineWidth = 1.6 * scale;
  for (const { values, colour } of lines) {
    context.strokeStyle = colour;
    context.beginPath();
    let pen = "moveTo";
    values.forEach((value, i) => {
      if (value === null || value === undefined) {
        pen = "moveTo";
        return;
      }
      context[pen](x(i), y(Math.min(most, Math.max(least, value))));
      pen = "lineTo";
    });
    context.stroke();
  }
  context.fillStyle = look.ink;
  context.globalAlpha = 0.35;
  context.fillRect(Math.min(width - scale, x(cursor)), 0, scale, height);
  context.globalAlpha = 1;
}
