// The nets of a component in the browser; until they are there, and where they cannot be had, the server's pictures
// stand.

import { watchWidth } from "../live/elements.js";
import { loadNet, loadRuntime } from "../live/runtime.js";

// A function (data, use) that loads the nets which data names, once, and hands them to `use` by name. As soon as others
// are named, the renderer stops: the old ones draw pictures of another model, or read another size.
export function makeNets(renderer, notice) {
  let wanted = "";
  return async (data, use) => {
    const names = Object.keys(data.nets);
    const asked = names.map((name) => data.nets[name].address).join() || data.unavailable;
    if (asked === wanted) return;
    wanted = asked;
    renderer.stop();
    notice.hidden = true;
    try {
      if (data.unavailable) throw new Error(data.unavailable);
      const runtime = await loadRuntime(data.runtimes);
      const loaded = await Promise.all(
        names.map((name) => loadNet(runtime, data.nets[name].address, data.nets[name].dims)),
      );
      if (asked === wanted) use(Object.fromEntries(names.map((name, i) => [name, loaded[i]])));
    } catch (error) {
      if (asked !== wanted) return;
      notice.textContent = `Drawn by the server, each time you let go: ${error.message}.`;
      notice.hidden = false;
    }
  };
}

// One component: `make(root, setStateValue)` gives {load(data), layOut(), leave()}, which stays while its page runs
// again; `layOut` comes after every `load`, and when the room changes.
export function kept(make) {
  const all = new WeakMap(); // parentElement => what was made
  return ({ data, parentElement, setStateValue }) => {
    if (!all.has(parentElement)) {
      const root = parentElement.querySelector(".stage");
      const made = make(root, setStateValue);
      all.set(parentElement, { ...made, endWatching: watchWidth(root, made.layOut) });
    }
    const one = all.get(parentElement);
    one.load(data);
    one.layOut();
    return () => {
      one.endWatching();
      one.leave();
      all.delete(parentElement);
    };
  };
}

// Styles an element, `width` pixels of its own wide, to at most `most`: with whole squares where there is room.
export function sized(canvas, width, most) {
  const scale = Math.max(0, most / width);
  canvas.style.width = `${width * (scale >= 1 ? Math.floor(scale) : scale)}px`;
}
