// The nets of a component in the browser; until they are there, and where they cannot be had, the server's pictures stand.

import { loadNet, loadRuntime } from "../live/runtime.js";

// A function (data, use) that loads the nets which data names, once, and hands them to `use` by name.
export function makeNets(notice) {
  let wanted = "";
  return async (data, use) => {
    const names = Object.keys(data.nets);
    const asked = names.map((name) => data.nets[name].address).join() || data.unavailable;
    if (asked === wanted) return;
    wanted = asked;
    try {
      if (data.unavailable) throw new Error(data.unavailable);
      const runtime = await loadRuntime(data.runtimes);
      const loaded = await Promise.all(names.map((name) => loadNet(runtime, data.nets[name].address, data.nets[name].dims)));
      if (asked === wanted) use(Object.fromEntries(names.map((name, i) => [name, loaded[i]])));
    } catch (error) {
      if (asked !== wanted) return;
      notice.textContent = `Drawn by the server, each time you let go: ${error.message}.`;
      notice.hidden = false;
    }
  };
}

// Says how long a frame took, and tells the page that there was one.
export function makeClock(output, root) {
  return ({ tookMs, waitedMs }) => {
    root.dispatchEvent(new CustomEvent("ganlab-frame", { bubbles: true, composed: true, detail: { tookMs, waitedMs } }));
    output.textContent = `${tookMs.toFixed(1)} ms · in your browser`;
  };
}

// One component: `make(root, setStateValue)` gives {load(data), leave()}, which stays while its page runs again.
export function kept(make) {
  const all = new WeakMap(); // parentElement => what was made
  return ({ data, parentElement, setStateValue }) => {
    if (!all.has(parentElement)) all.set(parentElement, make(parentElement.querySelector(".stage"), setStateValue));
    all.get(parentElement).load(data);
    return () => { all.get(parentElement)?.leave(); all.delete(parentElement); };
  };
}

// Styles a canvas so that its pixels are whole squares and it is at most `most` wide.
export function sized(canvas, width, most) {
  canvas.style.width = `${width * Math.max(1, Math.floor(most / width))}px`;
}
