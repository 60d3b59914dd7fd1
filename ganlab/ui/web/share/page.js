// A page that shows models without a server: a stage for each latent space, explored by its controls or walked through.
// data: {stages: [{title, explore: what the stage is told, keys}], files: {script, wasm}}; addresses of nets and of the
// runtime are names, for which `files` has addresses.

import { button, element, labelled } from "../elements.js";
import { mounted } from "../mount.js";
import { makeStage } from "../stage/stage.js";
import { decode, encode } from "../vectors.js";

export function start(data, files) {
  const place = document.querySelector("#stage");
  const root = element("div", { className: "root stage", tabIndex: -1 });
  const choice = element("div", { className: "choice" });
  place.replaceChildren(choice, root);

  const runtimes = [{ script: files(data.files.script), wasm: files(data.files.wasm) }];
  const stages = data.stages.map((stage) => ({ ...stage, explore: found(stage.explore, files, runtimes) }));
  let [now, mode, heard] = [stages[0], "explore"];
  const points = new Map(); // stage => where it was left, to come back to
  const shown = mounted(makeStage, root, {
    trigger(_, { mark, ...point }) {
      if (mode === "explore") points.set(now, point);
      heard = mark;
    },
  });
  const show = () => {
    const { explore } = now;
    const point = points.get(now) ?? explore.point;
    shown.load({ ...(mode === "walk" ? walk(now, point) : { ...explore, point }), heard });
    for (const [name, one] of Object.entries(modes)) one.setAttribute("aria-pressed", name === mode);
    another.hidden = mode !== "walk";
  };
  const go = (to) => () => {
    mode = to;
    show();
  };
  const modes = {
    explore: button("Explore", "Move one picture by its controls", go("explore")),
    walk: button("Walk", "From picture to picture", go("walk")),
  };
  const another = button("Another walk", "Through other pictures", () => {
    now.walked = undefined;
    show();
  });
  const models = element(
    "select",
    { "aria-label": "models" },
    ...stages.map(({ title }, i) => element("option", { value: i, textContent: title })),
  );
  models.onchange = () => {
    now = stages[models.value];
    show();
  };
  choice.append(...(stages.length > 1 ? [labelled(models)] : []), modes.explore, modes.walk, another);
  show();
}

// What the stage is told, with addresses of files.
function found(explore, files, runtimes) {
  const models = explore.models.map((model) => ({ ...model, address: files(model.address) }));
  return { ...explore, models, runtimes };
}

// A closed walk from the seed that is explored through others; it stays the same until another one is asked for.
function walk(stage, { seed }) {
  const { explore, keys: count } = stage;
  if (stage.walked?.seed !== seed) {
    const others = explore.pool.seeds.filter((other) => other !== seed);
    const chosen = [seed, ...Array.from({ length: count - 1 }, () => taken(others))];
    stage.walked = { seed, keys: chosen.map((one) => latentOf(explore, one)) };
  }
  const whole = new Float32Array(stage.walked.keys.flatMap((key) => [...key]));
  const { pool, axes, mixes, ...rest } = explore;
  return {
    ...rest,
    mode: "walk",
    shape: "",
    point: { time: 0 },
    walk: { keys: encode(whole), count, method: "slerp", closed: true },
  };
}

function taken(seeds) {
  return seeds.splice(Math.floor(Math.random() * seeds.length), 1)[0];
}

function latentOf({ pool, dim }, seed) {
  const place = pool.seeds.indexOf(seed);
  return decode(pool.latents).subarray(place * dim, (place + 1) * dim);
}
