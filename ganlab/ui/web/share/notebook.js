// A stage in the output of a notebook's cell, in its colours.

import { element } from "../elements.js";
import { mounted } from "../mount.js";
import { makeStage } from "../stage/stage.js";

const LIGHT = 0.5; // of a background's brightness

// Returns what ends it.
export function start({ model, el, files }) {
  const style = new CSSStyleSheet();
  style.replaceSync(model.get("_styles"));
  const host = element("div");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [style];
  const root = element("div", { className: "root stage", tabIndex: -1 });
  shadow.append(root);
  el.append(host);

  const ground = groundOf(el);
  host.style.colorScheme = brightness(ground) < LIGHT ? "dark" : "light";
  host.style.setProperty("--st-background-color", ground);
  for (const name of ["keydown", "keyup", "keypress"]) {
    host.addEventListener(name, (event) => event.stopPropagation()); // keys are no shortcuts of the notebook here
  }

  const told = model.get("_stage");
  const models = told.models.map((one) => ({ ...one, address: files[one.address] }));
  const runtimes = told.runtimes.map((one) => ({
    ...one,
    script: files[one.script] ?? one.script,
    wasm: files[one.wasm] ?? one.wasm,
  }));
  const shown = mounted(makeStage, root, {
    trigger(_, point) {
      model.set("_settled", point);
      model.save_changes();
    },
  });
  shown.load({ ...told, models, runtimes });
  return () => {
    shown.leave();
    host.remove();
  };
}

// The colour behind an element.
function groundOf(element) {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!/^(transparent|rgba\(.*, 0\))$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
}

function brightness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
