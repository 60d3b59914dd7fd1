// The stage: pictures, controls, and the one value that the server hears of when the hand rests.
// data: {mode, shape, models: [{title, address, width, height, picture, own}], runtimes, dim, factors, point, maxWidth,
// columns, unavailable, heard} and what the mode needs: {pool, axes, mixes}, {walk} or {corners}. `shape` is text
// that changes when the controls must be made anew, `columns` how many pictures stand beside each other. A model with
// `own`, {seeds, latents, dim}, draws its own latent of the point's seed. `heard` is the mark of the last message that
// came through.

import { makeControls } from "./controls.js";
import { makeCorners } from "./corners.js";
import { arrow, element, makeSettler, watchWidth } from "./elements.js";
import { makeExplorer } from "./explorer.js";
import { layOut } from "./layout.js";
import { makeMeter } from "./meter.js";
import { makePlayer } from "./player.js";
import { makeRenderer, paintFile } from "./renderer.js";
import { loadNet, loadRuntime } from "./runtime.js";
import { decode } from "./vectors.js";

const LOADING = "The model is on its way to your browser";
const stages = new WeakMap(); // parentElement => stage: it stays when its page runs again

export default function ({ data, parentElement, setTriggerValue }) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = makeStage(parentElement.querySelector(".stage"), setTriggerValue);
    stages.set(parentElement, stage);
  }
  stage.load(data);
  return () => {
    stage.leave();
    stages.delete(parentElement);
  };
}

function makeStage(root, setTriggerValue) {
  const pictures = element("div", {
    className: "pictures",
    tabIndex: 0,
    role: "group",
    "aria-label": "pictures: they move with the arrow keys",
  });
  const speed = element("span", { className: "speed" });
  const help = element("p", { className: "help" });
  const notice = element("p", { className: "notice", role: "status", hidden: true });
  const side = element("div", { className: "side" });
  root.replaceChildren(element("div", { className: "left" }, pictures, speed, notice, help), side);

  let data,
    source,
    sent,
    unheard,
    why = LOADING; // unheard: mark of a message that the server has not confirmed
  const meter = makeMeter(speed, root);
  const renderer = makeRenderer(() => pictures.querySelectorAll("canvas"), meter);
  const settle = makeSettler(() => {
    sent = JSON.stringify(source.point());
    unheard = Math.random();
    // a state would come again when the page is back, old as it may be
    setTriggerValue("settled", { ...source.point(), mark: unheard });
  });
  const tellAgain = (event) => {
    // the page is back, perhaps of a server that was started anew
    if (unheard === undefined) return;
    event.preventDefault();
    settle.now();
  };
  document.addEventListener("ganlab-back", tellAgain);
  const onMove = (since) => renderer.draw(source.vector(), since);
  const endWatching = watchWidth(root, () => layOut(root, pictures, data));

  root.onkeydown = (event) => {
    const { target } = event;
    if (target.closest("select")) event.stopPropagation(); // a letter chooses there, and is no shortcut of the page
    const way = arrow(event);
    if (way ? target.closest("input, select") : event.key !== " " || target.closest("button, select")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (way) source.nudge(way, event.timeStamp);
    else source.toggle();
  };

  // Whether the browser draws: yes if `reason` is empty. `words` are for the visitor, if there are any.
  const tell = (reason, words = "") => {
    why = reason;
    source.ready?.(why);
    notice.textContent = words;
    notice.hidden = !words;
    help.hidden = Boolean(source.plays && words); // it would promise what cannot be
  };

  const goLive = makeLoader({ renderer, tell, source: () => source });

  return {
    load(fresh) {
      const other = data?.mode !== fresh.mode || data?.shape !== fresh.shape;
      data = fresh;
      fill(pictures, data.models);
      layOut(root, pictures, data);
      if (other) {
        source?.stop();
        source = SOURCES[data.mode](data, { onMove, onSettle: settle });
        side.replaceChildren(source.root);
        help.textContent = `Click the picture: ${source.help}.`;
        source.ready?.(why);
      }
      source.load(data);
      if (data.heard === unheard) unheard = undefined;
      if (other || (unheard === undefined && JSON.stringify(data.point) !== sent)) {
        source.adopt(data.point);
        sent = JSON.stringify(data.point);
        unheard = undefined;
      }
      goLive(data);
      if (renderer.live) return;
      pictures.querySelectorAll("canvas").forEach((canvas, i) => paintFile(canvas, data.models[i].picture));
    },
    leave() {
      document.removeEventListener("ganlab-back", tellAgain);
      endWatching();
      settle.cancel();
      source.stop();
      renderer.stop();
    },
  };
}

// A function that has the renderer draw with the nets which a stage's data names; `tell` hears whether it can.
function makeLoader({ renderer, tell, source }) {
  let wanted, known;
  const drawOwn = (run, i) => () => run(ownLatent(known[i].own, source().point().seed));
  return async ({ models, runtimes, dim, unavailable }) => {
    known = models;
    const asked = models.map((model) => model.address).join();
    if (asked === wanted) return renderer.draw(source().vector());
    wanted = asked;
    renderer.stop();
    tell(LOADING);
    try {
      if (unavailable) throw new Error(unavailable);
      const runtime = await loadRuntime(runtimes);
      const nets = await Promise.all(models.map(({ address, own }) => loadNet(runtime, address, [own?.dim ?? dim])));
      const loaded = nets.map((run, i) => (models[i].own ? drawOwn(run, i) : run));
      for (const run of loaded) await run(source().vector()); // the first run sets things up and would spoil the clock
      if (asked !== wanted) return; // other models were chosen meanwhile
      renderer.use(loaded);
      tell("");
      renderer.draw(source().vector());
    } catch (error) {
      if (asked !== wanted) return;
      const instead = `Drawn by the server, each time you let go${source().plays ? ", so that it cannot play" : ""}`;
      tell(`Only the browser can play, and ${error.message}`, `${instead}: ${error.message}.`);
    }
  };
}

// The latent of a seed; of the first one until the server has sent those around another.
function ownLatent({ seeds, latents, dim }, seed) {
  const place = Math.max(0, seeds.indexOf(seed));
  return decode(latents).subarray(place * dim, (place + 1) * dim);
}

const SOURCES = {
  explore(data, actions) {
    const explorer = makeExplorer(data);
    const controls = makeControls(explorer, actions);
    return {
      root: controls.root,
      load: (fresh) => {
        explorer.load(fresh);
        controls.refresh();
      },
      adopt: (point) => {
        explorer.adopt(point);
        controls.refresh();
      },
      point: explorer.point,
      vector: explorer.vector,
      toggle: controls.randomise,
      nudge: controls.nudge,
      help: controls.help,
      stop() {},
    };
  },
  walk: (_data, actions) => makePlayer(actions),
  corners: (_data, actions) => makeCorners(actions),
};

// One figure a model.
function fill(pictures, models) {
  while (pictures.children.length > models.length) pictures.lastChild.remove();
  while (pictures.children.length < models.length) {
    pictures.append(element("figure", {}, element("canvas", { role: "img" }), element("figcaption")));
  }
  models.forEach((model, i) => {
    const [canvas, caption] = pictures.children[i].children;
    canvas.setAttribute("aria-label", `picture by ${model.title}`);
    caption.textContent = models.length > 1 ? model.title : "";
  });
}
