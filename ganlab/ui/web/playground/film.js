// The last minute as a film: what was kept of it is shown again, while the browser's recorder looks on.

import { element } from "../elements.js";
import { makeRecorder } from "../stage/recorder.js";

const FRAME_MS = 40;
const LINGER = 25; // frames for which the last one stays, so that a short film is one, too

// `stage` holds the pictures. There are `count()` frames, of which `show(i)` shows one and `place()` says which one;
// `begin()` is called before, `end()` after.
export function makeFilm(stage, { count, place, show, begin, end, name }) {
  const words = element("span", { role: "status" });
  const say = (text) => {
    words.textContent = text;
  };
  const recorder = makeRecorder(stage, { name, say });
  const button = element("button", { type: "button", textContent: "Save as film" });
  button.title = "from the frame that is shown, or the whole last minute, as a video file";
  let timer = null;

  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Save as film";
    recorder.end();
    end();
  };
  button.onclick = () => {
    if (timer) {
      stop();
      return;
    }
    begin();
    const last = count() - 1;
    let at = place() >= last ? 0 : place();
    if (last < 1) {
      say("There is nothing to film yet: play the game first.");
      return;
    }
    show(at);
    if (!recorder.begin()) return;
    button.textContent = "Stop and save";
    timer = setInterval(() => {
      at += 1;
      show(Math.min(at, last));
      say(`Filming frame ${Math.min(at, last) + 1} of ${last + 1}.`);
      if (at > last + LINGER) stop();
    }, FRAME_MS);
  };
  return {
    parts: [button, words],
    leave() {
      clearInterval(timer);
      recorder.leave();
    },
  };
}
