// A plane to draw points on, with a pointer, a finger or the keyboard; what is drawn is a text, see `drawn_points.py`.

import { arrow, button, element, watchDrags } from "../elements.js";
import { paintDrawing, scheme } from "./paint.js";

const MOST = 500; // points
const APART = 0.035; // of a stroke's points from each other
const KEY_STEP = 0.05;
const HELP =
  "Draw with the pointer or a finger; each stroke that stands alone is a cluster. On the keyboard, arrows move the " +
  "cross, Space puts a point, Backspace takes one back.";

// `range` as of the frames; `learn(text)` is called when the points are to be learnt, `leave()` when they are not.
export function makeDrawing(range, text, { learn, leave }) {
  const points = readPoints(text); // [x, y]
  const begins = points.length ? [0] : []; // of strokes, as places among the points
  let cross = [0, 0];
  let stroke = null; // the last point of the stroke that is drawn

  const canvas = element("canvas", { className: "plane drawn", tabIndex: 0, role: "application" });
  canvas.setAttribute("aria-label", HELP);
  const words = element("p", { role: "status", className: "drawing-words", textContent: HELP });
  const count = element("span", {});
  const root = element(
    "section",
    { className: "board" },
    canvas,
    element(
      "div",
      { className: "beside" },
      words,
      count,
      element(
        "div",
        { className: "bar" },
        button("Learn these points", "the game goes on with them", () => learn(written(points)), "main"),
        button("Take back", "the last stroke", takeBack),
        button("Clear", "all points", () => {
          points.length = begins.length = 0;
          show();
        }),
        button("Leave it", "as it was", leave),
      ),
    ),
  );

  watchDrags(canvas, {
    begin(event) {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      beginStroke();
      follow(event);
    },
    go: (_, passed) => passed.forEach(follow),
  });
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = arrow(event);
    if (way) cross = cross.map((value, i) => within(value + KEY_STEP * way[i]));
    else if (event.key === " " || event.key === "Enter") {
      beginStroke();
      put(cross);
    } else if (event.key === "Backspace") takeBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
    show();
  };

  function follow(event) {
    const box = canvas.getBoundingClientRect();
    const place = [
      within(((event.clientX - box.left) / box.width) * 2 * range - range),
      within(range - ((event.clientY - box.top) / box.height) * 2 * range),
    ];
    cross = place;
    if (!stroke) put(place);
    else {
      const far = Math.hypot(place[0] - stroke[0], place[1] - stroke[1]);
      const from = stroke;
      for (let at = APART; at <= far; at += APART) {
        put(from.map((value, i) => value + (at / far) * (place[i] - value)));
      }
    }
    show();
  }

  // Where there is no room for a point nothing begins, which "Take back" would take back.
  function beginStroke() {
    if (points.length < MOST) begins.push(points.length);
    stroke = null;
  }

  function put(place) {
    if (points.length >= MOST) {
      words.textContent = `There is room for ${MOST} points; take some back first.`;
      return;
    }
    points.push([...place]);
    stroke = place;
  }

  function takeBack() {
    points.length = begins.pop() ?? 0;
    show();
  }

  function show() {
    const ratio = window.devicePixelRatio || 1;
    const side = Math.round(canvas.clientWidth * ratio);
    if (side && canvas.width !== side) [canvas.width, canvas.height] = [side, side];
    paintDrawing(canvas, points, cross, range, scheme(root));
    const many = points.length === 1 ? "1 point" : `${points.length} points`;
    count.textContent = `${many}; the cross is at ${cross.map((value) => value.toFixed(2)).join(", ")}`;
  }

  return {
    root,
    show,
    focus: () => canvas.focus({ preventScroll: true }),
    say(text) {
      words.textContent = text;
    },
  };
}

export function written(points) {
  const bytes = points.flat().map((value) => Math.round(((value + 1) / 2) * 255));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function readPoints(text) {
  let bytes = "";
  try {
    bytes = atob((text ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return []; // the server says what is wrong with it
  }
  const values = [...bytes].map((letter) => (letter.charCodeAt(0) / 255) * 2 - 1);
  return Array.from({ length: values.length >> 1 }, (_, i) => [values[2 * i], values[2 * i + 1]]);
}

function within(value) {
  return Math.min(1, Math.max(-1, value));
}
