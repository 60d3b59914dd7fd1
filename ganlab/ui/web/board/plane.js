// A whole latent plane as one picture: pointing at a place decodes it, dragging takes it along.
// data: {nets: [generator], runtimes, unavailable, instead, width, sheet, sheetWidth, table, place: {x, y}, picture};
// `table` has the latent values at evenly spread places from 0 to 1.

import { arrow, clamp, element, makeSettler, sized, watchDrags } from "../elements.js";
import { makeMeter } from "../meter.js";
import { component } from "../mount.js";
import { makeNets, makeNotice } from "../nets.js";
import { makeRenderer, paintFile } from "../renderer.js";
import { decode } from "../vectors.js";

const [LARGE, SMALL, GAP] = [252, 140, 16]; // pixels on the page
const BESIDE = 440; // pixels from which the picture stands beside the plane
const NUDGE = 0.01; // of the plane's side

export default component(makePlane);

function makePlane(root, tell) {
  const sheet = element("img", { alt: "pictures all over the latent plane", draggable: false });
  const point = element("div", { className: "point" });
  const plane = element(
    "div",
    { className: "plane", tabIndex: 0, role: "application", "aria-label": "latent plane" },
    sheet,
    point,
  );
  const canvas = element("canvas", { role: "img", "aria-label": "decoded picture" });
  const words = element("span", { className: "error" });
  const speed = element("span", { className: "speed" });
  const notice = element("p", { className: "notice", role: "status", hidden: true });
  root.replaceChildren(
    element("div", { className: "boards" }, plane, element("div", {}, canvas, words, speed, notice)),
  );

  let data,
    table,
    sent = "",
    place = { x: 0.5, y: 0.5 };
  const renderer = makeRenderer(() => [canvas], makeMeter(speed, root));
  const nets = makeNets(
    renderer,
    makeNotice(notice, () => data.instead),
  );
  const settle = makeSettler(() => {
    sent = JSON.stringify(place);
    tell.state("settled", place);
  });
  const draw = ({ x, y }, since) => {
    const latent = Float32Array.of(readTable(table, x), readTable(table, y));
    words.textContent = `z = (${latent[0].toFixed(2)}, ${latent[1].toFixed(2)})`;
    renderer.draw(latent, since);
  };
  const go = (x, y, since) => {
    place = { x: Number(clamp(x).toFixed(4)), y: Number(clamp(y).toFixed(4)) };
    point.style.left = `${100 * place.x}%`;
    point.style.top = `${100 * (1 - place.y)}%`;
    draw(place, since);
  };
  const at = (event) => {
    const box = plane.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  };
  const drag = (event) => go(...at(event), event.timeStamp);
  watchDrags(plane, {
    begin: drag,
    go: drag,
    end: settle,
    hover(event) {
      const [x, y] = at(event).map(clamp);
      draw({ x, y }, event.timeStamp);
    },
  });
  plane.onpointerleave = () => draw(place);
  plane.onkeydown = (event) => {
    const way = arrow(event);
    if (!way) return;
    event.preventDefault();
    go(place.x + NUDGE * way[0], place.y + NUDGE * way[1], event.timeStamp);
    settle();
  };

  return {
    load(fresh) {
      data = fresh;
      nets(data, ([generator]) => {
        renderer.use([generator]);
        draw(place);
      });
      table = decode(data.table);
      if (sheet.src !== data.sheet) sheet.src = data.sheet;
      if (JSON.stringify(data.place) !== sent) {
        sent = JSON.stringify(data.place);
        go(data.place.x, data.place.y);
      }
      if (!renderer.live) paintFile(canvas, data.picture);
    },
    layOut() {
      const width = root.clientWidth || Infinity;
      const beside = width >= BESIDE;
      const sheetWidth = Math.min(data.sheetWidth, beside ? width - SMALL - GAP : width);
      sheet.style.width = `${sheetWidth}px`;
      sized(canvas, data.width, beside ? Math.min(LARGE, width - sheetWidth - GAP) : SMALL);
    },
    leave() {
      settle.cancel();
      renderer.stop();
    },
  };
}

function readTable(table, share) {
  const spot = share * (table.length - 1);
  const below = Math.min(Math.floor(spot), table.length - 2);
  return table[below] + (spot - below) * (table[below + 1] - table[below]);
}
