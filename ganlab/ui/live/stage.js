// The stage: pictures, controls, and the one value that the server hears of when the hand rests.
// data: {mode, models: [{title, address, width, height, picture}], runtimes, dim, factors, point, maxWidth, unavailable}
// and what the mode needs: {pool, axes}, {walk} or {corners}.

import { makeControls } from "./controls.js";
import { makeCorners } from "./corners.js";
import { element, makeSettler } from "./elements.js";
import { makeExplorer } from "./explorer.js";
import { makePlayer } from "./player.js";
import { makeRenderer, paintFile } from "./renderer.js";
import { loadNet, loadRuntime } from "./runtime.js";

const stages = new WeakMap(); // parentElement => stage: it stays when its page runs again

export default function ({ data, parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = makeStage(parentElement.querySelector(".stage"), setStateValue);
    stages.set(parentElement, stage);
  }
  stage.load(data);
  return () => { stage.leave(); stages.delete(parentElement); };
}

function makeStage(root, setStateValue) {
  const pictures = element("div", { className: "pictures" });
  const speed = element("output", { className: "speed" });
  const notice = element("p", { className: "notice", role: "status", hidden: true });
  const side = element("div", { className: "side" });
  root.replaceChildren(element("div", { className: "left" }, pictures, speed, notice), side);

  let data, source, sent, nets;
  const meter = makeMeter(speed, root);
  const renderer = makeRenderer(() => pictures.querySelectorAll("canvas"), meter);
  const settle = makeSettler(() => {
    sent = JSON.stringify(source.point());
    setStateValue("settled", source.point());
  });
  const onMove = (since) => renderer.draw(source.vector(), since);

  root.onkeydown = (event) => {
    if (event.key !== " " || event.target.closest("button, select")) return;
    event.preventDefault();
    source.toggle();
  };

  const goLive = async () => {
    const wanted = data.models.map((model) => model.address).join();
    if (nets === wanted) return onMove();
    nets = wanted;
    renderer.stop();
    try {
      if (data.unavailable) throw new Error(data.unavailable);
      const runtime = await loadRuntime(data.runtimes);
      const loaded = await Promise.all(data.models.map((model) => loadNet(runtime, model.address, [data.dim])));
      for (const run of loaded) await run(source.vector()); // the first run sets things up and would spoil the clock
      if (nets !== wanted) return; // other models were chosen meanwhile
      renderer.use(loaded);
      onMove();
    } catch (error) {
      if (nets === wanted) tell(notice, `Drawn by the server, each time you let go: ${error.message}.`);
    }
  };

  return {
    load(fresh) {
      const other = data?.mode !== fresh.mode || data?.shape !== fresh.shape;
      data = fresh;
      layOut(pictures, data, root);
      if (other) {
        source?.stop();
        source = SOURCES[data.mode](data, { onMove, onSettle: settle });
        side.replaceChildren(source.root);
      }
      source.load(data);
      if (other || JSON.stringify(data.point) !== sent) {
        source.adopt(data.point);
        sent = JSON.stringify(data.point);
      }
      if (!renderer.live) pictures.querySelectorAll("canvas").forEach((canvas, i) => paintFile(canvas, data.models[i].picture));
      goLive();
    },
    leave() { settle.cancel(); source.stop(); renderer.stop(); },
  };
}

const SOURCES = {
  explore(data, actions) {
    const explorer = makeExplorer(data);
    const controls = makeControls(explorer, actions);
    return {
      root: controls.root,
      load: (fresh) => { explorer.load(fresh); controls.refresh(); },
      adopt: (point) => { explorer.adopt(point); controls.refresh(); },
      point: explorer.point,
      vector: explorer.vector,
      toggle: controls.randomise,
      stop() {},
    };
  },
  walk: (data, actions) => makePlayer(actions),
  corners: (data, actions) => makeCorners(actions),
};

// One figure a model, with whole screen pixels a pixel where there is room.
function layOut(pictures, data, root) {
  while (pictures.children.length > data.models.length) pictures.lastChild.remove();
  while (pictures.children.length < data.models.length) {
    pictures.append(element("figure", {}, element("canvas", { role: "img" }), element("figcaption")));
  }
  const columns = Math.min(data.models.length, data.columns);
  const all = Math.min(data.maxWidth, root.clientWidth || data.maxWidth);
  const room = all / columns - (columns > 1 ? 8 : 0);
  pictures.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
  pictures.style.minWidth = `${all}px`; // controls stay where they are when the number of pictures changes
  data.models.forEach((model, i) => {
    const [canvas, caption] = pictures.children[i].children;
    const scale = room / model.width;
    canvas.style.width = `${model.width * (scale >= 1 ? Math.floor(scale) : scale)}px`;
    canvas.setAttribute("aria-label", `picture by ${model.title}`);
    caption.textContent = data.models.length > 1 ? model.title : "";
  });
}

// Milliseconds a frame and frames a second, four times a second while things move.
function makeMeter(output, root) {
  let [times, shown] = [[], 0];
  return ({ tookMs, waitedMs }) => {
    const now = performance.now();
    times = times.filter((time) => now - time < 1000);
    times.push(now);
    root.dispatchEvent(new CustomEvent("ganlab-frame", { bubbles: true, composed: true, detail: { tookMs, waitedMs } }));
    if (now - shown < 250) return;
    shown = now;
    const rate = times.length > 5 ? ` · ${Math.round((1000 * (times.length - 1)) / (now - times[0]))} frames/s` : "";
    output.textContent = `${tookMs.toFixed(1)} ms${rate} · drawn in your browser`;
  };
}

function tell(notice, text) {
  notice.textContent = text;
  notice.hidden = false;
}
