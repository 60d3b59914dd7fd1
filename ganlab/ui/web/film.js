// Frames played in a loop, with a scrubber that draws while it is dragged; the server hears of it on release.
// data: {sheet, columns, count, width, height, labels, fps, bounce, autoplay, frame, maxWidth}; sizes in pixels.

import { element } from "./elements.js";
import { component } from "./mount.js";

const LEAST = 200; // pixels on the page that the controls need
const ICONS = `<svg viewBox="0 0 24 24" width="16" height="16" fill="currentColor" aria-hidden="true">
  <path class="play" d="M7 4l13 8-13 8z"/><path class="pause" d="M6 4h4v16H6zM14 4h4v16h-4z"/></svg>`;

export default component(makeFilm);

function makeFilm(root, tell) {
  const canvas = element("canvas", { role: "img", "aria-label": "animation" });
  const button = element("button", { type: "button", innerHTML: ICONS });
  const range = element("input", { type: "range", min: 0, step: 1, "aria-label": "frame" });
  const label = element("span", { className: "label" });
  const controls = element("div", { className: "controls" }, button, range, label);
  root.replaceChildren(canvas, controls);

  const image = new Image();
  let data,
    timer,
    position = 0,
    playing = false,
    backwards = false;

  const draw = () => {
    const context = canvas.getContext("2d");
    const { columns, width, height } = data;
    const [x, y] = [(position % columns) * width, Math.floor(position / columns) * height];
    context.clearRect(0, 0, width, height);
    context.drawImage(image, x, y, width, height, 0, 0, width, height);
    range.value = position;
    label.textContent = data.labels[position];
    range.setAttribute("aria-valuetext", data.labels[position]);
  };
  const advance = () => {
    const last = data.count - 1;
    if (!data.bounce || last < 1) position = (position + 1) % data.count;
    else {
      if (position >= last) backwards = true;
      if (position <= 0) backwards = false;
      position += backwards ? -1 : 1;
    }
    draw();
  };
  const show = (on) => {
    playing = on;
    button.setAttribute("aria-label", playing ? "pause" : "play");
    button.classList.toggle("playing", playing);
    clearInterval(timer);
    if (playing) timer = setInterval(advance, 1000 / data.fps);
  };
  image.onload = draw;
  range.oninput = () => {
    show(false);
    position = Number(range.value);
    draw();
  };
  range.onchange = () => tell.state("frame", position);
  button.onclick = () => {
    show(!playing);
    if (!playing) tell.state("frame", position);
  };

  return {
    load(fresh) {
      const first = !data;
      const asked = first || data.frame !== fresh.frame; // the server asks for a frame
      if (asked) position = fresh.frame;
      if (first) playing = fresh.autoplay && !matchMedia("(prefers-reduced-motion: reduce)").matches;
      else if (asked) playing = false;
      data = fresh;
      position = Math.min(position, data.count - 1);
      [canvas.width, canvas.height] = [data.width, data.height];
      range.max = data.count - 1;
      if (image.src !== data.sheet) image.src = data.sheet;
      else draw();
      show(playing);
    },
    layOut() {
      const room = Math.min(root.clientWidth || data.maxWidth, data.maxWidth);
      const width = data.width * Math.max(1, Math.floor(room / data.width));
      canvas.style.width = `${width}px`;
      controls.style.width = `${Math.max(width, LEAST)}px`;
    },
    leave: () => clearInterval(timer),
  };
}
