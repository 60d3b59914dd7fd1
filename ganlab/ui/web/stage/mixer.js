// Two labels of a category at once: a slider from the one that is chosen to another.

import { element } from "../elements.js";

export function makeMixer(explorer, factor, { onMove, onSettle }) {
  const options = factor.labels.map((label, i) => element("option", { value: label, textContent: factor.words[i] }));
  const select = element("select", { "aria-label": `${factor.name}: mix with` }, ...options);
  const range = element("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": `${factor.name}: share mixed in`,
  });
  const value = element("span", { className: "value" });
  const root = element(
    "div",
    { className: "slider" },
    element("label", { className: "mix" }, "mix with ", select),
    range,
    value,
  );
  let other = "";

  const mix = (since) => {
    explorer.holdMix(factor, explorer.mixOf(factor).label, other, Number(range.value));
    onMove(since);
  };
  select.onchange = (event) => {
    other = select.value;
    mix(event.timeStamp);
    onSettle();
  };
  range.oninput = (event) => mix(event.timeStamp);
  range.onchange = () => onSettle();

  const refresh = () => {
    const now = explorer.mixOf(factor);
    if (now.share) other = now.other;
    else if (!other || other === now.label)
      other = factor.labels[(factor.labels.indexOf(now.label) + 1) % factor.labels.length];
    for (const option of options) option.disabled = option.value === now.label;
    select.value = other;
    range.value = now.share;
    value.textContent = `${Math.round(100 * now.share)} %`;
  };
  return { root, refresh };
}
