// The stage: pictures, controls, and the one value that is told when the hand rests.
// data: {mode, shape, models: [{title, address, width, height, picture, own}], runtimes, dim, factors, point, maxWidth,
// columns, unavailable, instead, heard} and what the mode needs: {pool, axes, mixes}, {walk} or {corners}. `shape` is
// text that changes when the controls must be made anew, `columns` how many pictures stand beside each other. A model
// with `own`, {seeds, latents, dim}, draws its own latent of the point's seed. `instead` says what happens where the
// browser cannot draw. `heard` is the mark of the last message that came through.

import { arrow, element, makeSettler } from "../elements.js";
import { makeMeter } from "../meter.js";
import { component } from "../mount.js";
import { LOADING, makeNets } from "../nets.js";
import { makeRenderer, paintFile } from "../renderer.js";
import { decode } from "../vectors.js";
import { makeControls } from "./controls.js";
import { makeCorners } from "./corners.js";
import { makeExplorer } from "./explorer.js";
import { layOut } from "./layout.js";
import { makePlayer } from "./player.js";
import { makeRecorder } from "./recorder.js";

export default component(makeStage);

// For `mounted`; `tell.trigger("settled", point)` hears where the hand rests.
export function makeStage(root, tell) {
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
  const filmed = element("p", { className: "notice", role: "status", hidden: true });
  const recorder = makeRecorder(pictures, {
    name: () => `ganlab-${data.models[0].title}`.replaceAll(/[^\w.-]+/g, "-").slice(0, 100),
    say: (words) => Object.assign(filmed, { textContent: words, hidden: false }),
  });
  const under = element("div", { className: "under" }, speed, recorder.button);
  root.replaceChildren(element("div", { className: "left" }, pictures, under, filmed, notice, help), side);

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
    tell.trigger("settled", { ...source.point(), mark: unheard });
  });
  const tellAgain = (event) => {
    // the page is back, perhaps of a server that was started anew
    if (unheard === undefined) return;
    event.preventDefault();
    settle.now();
  };
  document.addEventListener("ganlab-back", tellAgain);
  const onMove = (since) => renderer.draw(source.vector(), since);

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

  const nets = makeNets(renderer, (reason, failed) => {
    why = failed ? `Only the browser can play, and ${reason}` : reason;
    source.ready?.(why);
    notice.textContent = failed ? `${data.instead}${source.plays ? ", so that it cannot play" : ""}: ${reason}.` : "";
    notice.hidden = !failed;
    help.hidden = Boolean(source.plays && failed); // it would promise what cannot be
  });
  const begin = async (loaded, isWanted) => {
    const runs = loaded.map((run, i) =>
      data.models[i].own ? () => run(ownLatent(data.models[i].own, source.point().seed)) : run,
    );
    for (const run of runs) await run(source.vector()); // the first run sets things up and would spoil the clock
    if (!isWanted()) return; // other models were chosen meanwhile
    renderer.use(runs);
    onMove();
  };
  const goLive = ({ models, runtimes, dim, unavailable }) => {
    const asked = models.map(({ address, own }) => ({ address, dims: [own?.dim ?? dim] }));
    nets({ nets: asked, runtimes, unavailable }, begin); // stops the renderer at once when they are others
    if (renderer.live) onMove();
  };

  return {
    load(fresh) {
      const other = data?.mode !== fresh.mode || data?.shape !== fresh.shape;
      data = fresh;
      fill(pictures, data.models);
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
    layOut: () => layOut(root, pictures, data),
    leave() {
      document.removeEventListener("ganlab-back", tellAgain);
      settle.cancel();
      source.stop();
      recorder.leave();
      renderer.stop();
    },
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
