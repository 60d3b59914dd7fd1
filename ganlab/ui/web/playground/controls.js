// What one turns in a game: choices, rates and sizes, each under its name.

import { element } from "../elements.js";

const NAMES = {
  dataset: "Points to learn",
  adversarial: "Loss",
  penalty: "Gradient penalty",
  penalty_weight: "Weight of the penalty",
  discriminator_norm: "Norm of the discriminator",
  judged_together: "Points judged together (a pack)",
  generator_lr: "Generator's learning rate",
  discriminator_lr: "Discriminator's learning rate",
  generator_optimizer: "Generator's optimiser",
  discriminator_optimizer: "Discriminator's optimiser",
  beta1: "Adam's memory (beta 1)",
  generator_every: "Discriminator steps to each generator step",
  discriminator_every: "Generator steps to each discriminator step",
  latent_size: "Random numbers (noise)",
  width: "Width of both nets",
  batch_size: "Points a step",
  seed: "Seed",
};
const ANEW = new Set(["discriminator_norm", "judged_together", "latent_size", "width", "seed"]);
const STEPS = {
  generator_lr: [1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1],
  discriminator_lr: [1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1],
  judged_together: [1, 2, 4, 8],
  penalty_weight: [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  beta1: [0, 0.5, 0.9],
  generator_every: [1, 2, 3, 5],
  discriminator_every: [1, 2, 3, 5],
  latent_size: [1, 2, 4, 8, 16, 32],
  width: [8, 16, 32, 64, 128],
  batch_size: [16, 32, 64, 128, 256, 512],
};

// `change(settings)` hears of all settings whenever one was changed by hand.
export function makeControls(choices, change) {
  const inputs = {};
  let settings = {};
  const root = element("div", { className: "settings" });
  for (const [name, title] of Object.entries(NAMES)) {
    const say = () => {
      settings = { ...settings, [name]: inputs[name].read() };
      change(settings);
    };
    inputs[name] = choices[name] ? select(choices[name], say) : STEPS[name] ? slider(STEPS[name], say) : number(say);
    inputs[name].control.setAttribute("aria-label", title);
    const remark = ANEW.has(name) ? element("small", { textContent: "begins anew" }) : "";
    root.append(element("label", {}, element("span", {}, title, " ", remark), inputs[name].root));
  }
  return {
    root,
    show(fresh) {
      settings = { ...fresh };
      for (const [name, input] of Object.entries(inputs)) input.write(fresh[name]);
    },
  };
}

function select(options, say) {
  const control = element("select", { onchange: say });
  control.append(...options.map((value) => element("option", { value, textContent: value })));
  return { root: control, control, read: () => control.value, write: (value) => (control.value = value) };
}

function slider(values, say) {
  const control = element("input", { type: "range", min: 0, max: values.length - 1, step: 1 });
  const label = element("output", {});
  let own = null; // a value between the steps, from the address
  const read = () => own ?? values[control.value];
  const show = () => {
    label.textContent = String(read());
    control.setAttribute("aria-valuetext", label.textContent);
  };
  control.oninput = () => {
    own = null;
    show();
  };
  control.onchange = say;
  return {
    root: element("span", { className: "slider" }, control, label),
    control,
    read,
    write(value) {
      const nearest = values.reduce(
        (best, one, i) => (Math.abs(one - value) < Math.abs(values[best] - value) ? i : best),
        0,
      );
      control.value = nearest;
      own = values[nearest] === value ? null : value;
      show();
    },
  };
}

function number(say) {
  const control = element("input", { type: "number", min: 0, max: 2147483647, step: 1, onchange: say });
  return {
    root: control,
    control,
    read: () => Math.max(0, Math.trunc(Number(control.value) || 0)),
    write: (value) => (control.value = value),
  };
}
