// A button that films the pictures of a stage: WebM by the browser's own recorder, a frame each time the display draws.

import { element } from "../elements.js";

const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS_PER_SECOND = 8_000_000;
const LONGEST_MS = 300_000; // 300 MB
const LEAST_SIDE = 16; // pixels of a film

// `name()` is what the file is to be called; `say(words)` tells the visitor what happens. `begin` and `end` do what the
// button does; `begin` says whether there is a recorder.
export function makeRecorder(pictures, { name, say }) {
  const button = element("button", { type: "button", className: "record", textContent: "Record" });
  const label = (text, pressed) => {
    button.textContent = text;
    button.setAttribute("aria-pressed", pressed);
  };
  label("Record", false);
  let film = null;
  const end = () => {
    if (film?.recorder.state === "recording") film.recorder.stop();
  };
  const begin = () => {
    const kind = kindHere();
    if (!kind) {
      say("This browser has no recorder: the walk on Interpolate can be saved as a GIF.");
      return false;
    }
    const canvas = document.createElement("canvas");
    const painter = makePainter(canvas, pictures);
    painter.paint();
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: kind, videoBitsPerSecond: BITS_PER_SECOND });
    const parts = [];
    recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
    recorder.onstop = () => {
      painter.stop();
      clearTimeout(film.limit);
      film = null;
      label("Record", false);
      const [type] = kind.split(";");
      say(save(new Blob(parts, { type }), `${name()}.${type.split("/")[1]}`));
    };
    recorder.onerror = () => say("The browser's recorder has stopped.");
    film = { recorder, limit: setTimeout(end, LONGEST_MS) };
    recorder.start(1000);
    painter.start();
    label("Stop and save", true);
    say("Recording: move the stage.");
    return true;
  };
  button.onclick = () => (film ? end() : begin());
  return { button, begin, end, leave: end };
}

function kindHere() {
  if (!window.MediaRecorder || !HTMLCanvasElement.prototype.captureStream) return "";
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
}

// Puts all pictures, where they stand, into one canvas of a size that stays.
function makePainter(canvas, pictures) {
  const frame = pictures.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const even = (side) => Math.max(LEAST_SIDE, 2 * Math.ceil((side * ratio) / 2));
  [canvas.width, canvas.height] = [even(frame.width), even(frame.height)];
  const context = canvas.getContext("2d");
  const style = getComputedStyle(pictures);
  const ground = style.getPropertyValue("--st-background-color") || "#ffffff";
  let timer = 0;
  const paint = () => {
    const { left, top } = pictures.getBoundingClientRect();
    const place = (part) => {
      const box = part.getBoundingClientRect();
      return [(box.left - left) * ratio, (box.top - top) * ratio, box.width * ratio, box.height * ratio];
    };
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    for (const picture of pictures.querySelectorAll("canvas")) context.drawImage(picture, ...place(picture));
    context.fillStyle = style.color;
    context.font = `${parseFloat(style.fontSize) * ratio}px ${style.fontFamily}`;
    context.textBaseline = "top";
    for (const words of pictures.querySelectorAll("figcaption")) {
      const [x, y, width] = place(words);
      context.fillText(words.textContent, x, y, Math.max(1, width));
    }
  };
  return {
    paint,
    start() {
      timer = requestAnimationFrame(() => {
        paint();
        this.start();
      });
    },
    stop: () => cancelAnimationFrame(timer),
  };
}

// What is to be said of it.
function save(film, name) {
  if (!film.size) return "Nothing was recorded.";
  const link = element("a", { href: URL.createObjectURL(film), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return `Saved as ${name}.`;
}
