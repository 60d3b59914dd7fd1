// Pictures moved together along one direction of latent space by a slider.
// data: {nets: [generator], runtimes, unavailable, instead, dim, width, columns, bases, direction, strength, low, high,
// title, pictures}

import { element, makeSettler, sized } from "../elements.js";
import { makeMeter } from "../meter.js";
import { component } from "../mount.js";
import { makeNets, makeNotice } from "../nets.js";
import { makeRenderer, paintFile } from "../renderer.js";
import { decode } from "../vectors.js";

const [ROOM, LEAST, GAP] = [800, 84, 6]; // pixels on the page: all together, a picture, between two

export default component(makeStrength);

function makeStrength(root, tell) {
  const pictures = element("div", { className: "pictures" });
  const name = element("span", { className: "name" });
  const slider = element("input", { type: "range", step: 0.01 });
  const value = element("span", { className: "value" });
  const speed = element("span", { className: "speed" });
  const notice = element("p", { className: "notice", role: "status", hidden: true });
  root.replaceChildren(element("div", { className: "slider" }, name, slider, value), pictures, speed, notice);

  let data, bases, direction, generator, sent;
  const renderer = makeRenderer(() => pictures.children, makeMeter(speed, root));
  const nets = makeNets(
    renderer,
    makeNotice(notice, () => data.instead),
  );
  const show = () => {
    value.textContent = Number(slider.value).toFixed(2);
  };
  const settle = makeSettler(() => {
    sent = Number(slider.value);
    tell.state("settled", { strength: sent });
  });
  slider.oninput = (event) => {
    show();
    renderer.draw(Number(slider.value), event.timeStamp);
  };
  slider.onchange = settle;
  const begin = () => {
    renderer.use(
      data.pictures.map(
        (_, n) => (strength) => generator(direction.map((step, i) => bases[n * data.dim + i] + strength * step)),
      ),
    );
    renderer.draw(Number(slider.value));
  };

  return {
    load(fresh) {
      data = fresh;
      nets(data, (loaded) => {
        [generator] = loaded;
        begin();
      });
      bases = decode(data.bases);
      direction = decode(data.direction);
      name.textContent = data.title;
      slider.setAttribute("aria-label", data.title);
      [slider.min, slider.max] = [data.low, data.high];
      if (data.strength !== sent) {
        slider.value = sent = data.strength;
        show();
      }
      while (pictures.children.length > data.pictures.length) pictures.lastChild.remove();
      while (pictures.children.length < data.pictures.length)
        pictures.append(element("canvas", { role: "img", "aria-label": "moved picture" }));
      if (renderer.live)
        begin(); // there may be more pictures than before, or fewer
      else [...pictures.children].forEach((canvas, i) => paintFile(canvas, data.pictures[i]));
    },
    layOut() {
      const width = Math.min(ROOM, root.clientWidth || ROOM) + GAP;
      const columns = Math.max(1, Math.min(data.columns, Math.floor(width / (LEAST + GAP))));
      pictures.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
      for (const canvas of pictures.children) sized(canvas, data.width, width / columns - GAP);
    },
    leave() {
      settle.cancel();
      renderer.stop();
    },
  };
}
