// The theatre: views of a show on the full screen, each in a frame of its own, so that it begins as its address says.
// The next one is loaded while one is shown. Other windows of this browser that present the same show step along.
// data: {views: [{address, text}]}, addresses counting from the app's root. Keys that a view has no use for are the
// theatre's; `page/hall.js` tells by `ganlab-theme` that light and dark turned.

import { button, element } from "../elements.js";
import { component } from "../mount.js";

const NEXT = ["ArrowRight", "PageDown"];
const BACK = ["ArrowLeft", "PageUp"];
const TYPED = "textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=button])";
const TURNED = "input, select, textarea, [role=slider], [role=radio], [role=tab], [role=option], [role=combobox]";

export default component(makeTheatre);

function makeTheatre(root) {
  let views = [];
  let place = -1; // of the view that is shown; -1: none
  let whole = false; // whether the screen is the theatre's
  let turned = false; // whether light and dark were turned
  const frames = new Map(); // place => frame
  const windows = new BroadcastChannel("ganlab-show");

  const text = element("p", { className: "text", role: "status" });
  const count = element("span", { className: "count" });
  const stage = element("div", { className: "views" });
  const theatre = element("div", { className: "theatre", popover: "manual", tabIndex: -1 }, stage);
  theatre.append(element("footer", {}, text, count));
  const keys = "on the full screen; → and ← go on and back, Esc ends it";
  const begin = button("▶ Present", keys, () => open(), "main");
  root.replaceChildren(begin, theatre);

  async function open() {
    theatre.showPopover();
    window.addEventListener("keydown", onKeyBelow, true);
    document.addEventListener("fullscreenchange", onScreen);
    go(0);
    try {
      await document.documentElement.requestFullscreen?.();
      whole = Boolean(document.fullscreenElement);
    } catch {} // a browser may refuse: the window is then what there is
  }

  function close() {
    window.removeEventListener("keydown", onKeyBelow, true);
    document.removeEventListener("fullscreenchange", onScreen);
    for (const frame of frames.values()) frame.remove();
    frames.clear();
    try {
      sessionStorage.removeItem("ganlab-pointer"); // it ends with the show
    } catch {} // a browser that keeps nothing has kept no pointer
    place = -1;
    theatre.hidePopover();
    if (document.fullscreenElement) document.exitFullscreen();
    whole = false;
    if (turned) location.reload();
    else begin.focus();
  }

  // By a key here, which other windows hear of.
  function step(by) {
    go(place + by);
    windows.postMessage({ show: JSON.stringify(views), place });
  }

  function stepAlong({ data }) {
    if (place >= 0 && data.show === JSON.stringify(views)) go(data.place);
  }

  function go(wanted) {
    place = Math.min(views.length - 1, Math.max(0, wanted));
    for (const [other, frame] of frames) {
      if (other === place || other === place + 1) continue;
      frame.remove();
      frames.delete(other);
    }
    for (const one of [place, place + 1]) if (one < views.length && !frames.has(one)) frames.set(one, frameOf(one));
    for (const [one, frame] of frames) frame.classList.toggle("shown", one === place);
    text.textContent = views[place].text;
    count.textContent = `${place + 1} / ${views.length}`;
    const frame = frames.get(place);
    if (frame.dataset.loaded === undefined) theatre.focus();
    else frame.contentWindow.focus();
  }

  function frameOf(one) {
    const src = new URL(views[one].address, new URL("./", document.baseURI));
    const frame = element("iframe", { src: src.href, title: views[one].text || views[one].address });
    frame.dataset.hall = "";
    frame.addEventListener("ganlab-theme", turn);
    frame.addEventListener("load", () => {
      frame.dataset.loaded = "";
      frame.contentWindow.addEventListener("keydown", onKey);
      if (one === place) frame.contentWindow.focus();
    });
    stage.append(frame);
    return frame;
  }

  function turn() {
    turned = true; // the page below is drawn anew afterwards: now that would end the full screen
    for (const frame of frames.values()) frame.contentWindow.location.reload();
  }

  // Of the theatre, and of the frames in it.
  function onKey(event) {
    const target = event.composedPath()[0];
    const { key } = event;
    if (place < 0 || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches?.(key.startsWith("Arrow") ? TURNED : TYPED) || target.isContentEditable) return;
    if (key === "Escape" && target.ownerDocument?.querySelector("[data-alone]")) return; // ends that
    if (NEXT.includes(key)) step(1);
    else if (BACK.includes(key)) step(-1);
    else if (key === "Escape") close();
    else return;
    event.preventDefault();
  }

  // The page below has keys of its own.
  function onKeyBelow(event) {
    onKey(event);
    event.stopImmediatePropagation();
  }

  // The browser itself ends the full screen by Esc, and tells no key.
  function onScreen() {
    if (document.fullscreenElement) whole = true;
    else if (whole && place >= 0) close();
  }

  return {
    load(fresh) {
      views = fresh.views;
      begin.disabled = !views.length;
      windows.onmessage = stepAlong;
    },
    leave() {
      if (place >= 0) close();
      windows.close();
    },
  };
}
