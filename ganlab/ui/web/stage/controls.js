// The controls of an explorer: a slider for each axis, buttons for categories, toggles for attributes, a pad for two
// axes. `onMove(since)` is called while the hand moves, `onSettle()` when it rests.

import { button, element, labelled } from "../elements.js";
import { crossed } from "./crossed.js";
import { makeMixer } from "./mixer.js";
import { makePad, NUDGE } from "./pad.js";

const MOST_BUTTONS = 40; // more push the sliders off the screen
const DENSE = 12; // more stand closer together

export function makeControls(explorer, { onMove, onSettle }) {
  const act = (change) => () => {
    change();
    refresh();
    onMove();
    onSettle();
  };
  const randomise = act(explorer.randomise);
  const pad = explorer.axes.length > 1 ? axesPad(explorer, { onMove: moved, onSettle }) : null;
  const parts = [
    ...explorer.factors
      .filter((factor) => factor.kind === "category")
      .flatMap((factor) => [
        (factor.labels.length > MOST_BUTTONS ? categoryList : categoryButtons)(explorer, factor, act),
        ...(explorer.mixes ? [makeMixer(explorer, factor, { onMove: moved, onSettle })] : []),
      ]),
    ...explorer.factors
      .filter((factor) => factor.kind === "attributes")
      .map((factor) => attributeToggles(explorer, factor, act)),
    ...explorer.axes.map((axis) => slider(explorer, axis, { act, onMove: moved, onSettle })),
    ...(pad ? [pad] : []),
  ];
  const root = element(
    "div",
    { className: "controls" },
    element(
      "div",
      { className: "row" },
      button("Randomise", "Another latent (space)", randomise, "primary"),
      button("Reset", "Back to the seed's own picture", act(explorer.reset)),
    ),
    ...parts.map((part) => part.root),
  );
  function moved(since) {
    refresh();
    onMove(since);
  }
  function refresh() {
    for (const part of parts) part.refresh();
  }
  // An arrow key: what the pad has chosen, or the only slider.
  function nudge(way, since) {
    if (pad) return pad.nudge(way, since);
    const [axis] = explorer.axes;
    if (!axis) return;
    explorer.hold(axis, explorer.coordinate(axis) + (way[0] + way[1]) * NUDGE * (axis.high - axis.low));
    moved(since);
    onSettle();
  }
  refresh();
  return { root, refresh, randomise, nudge, help: help(explorer.axes) };
}

function help(axes) {
  const moved = axes.length > 1 ? "the point of the pad" : axes[0]?.title;
  return `${moved ? `arrow keys move ${moved}, ` : ""}space randomises`;
}

function slider(explorer, axis, { act, onMove, onSettle }) {
  const name = element("button", { type: "button", className: "name", textContent: axis.title });
  const range = element("input", { type: "range", "aria-label": axis.title });
  [range.min, range.max, range.step] = [axis.low, axis.high, (axis.high - axis.low) / 600];
  const value = element("span", { className: "value" });
  name.onclick = act(() => explorer.putBack(axis));
  range.oninput = (event) => {
    explorer.hold(axis, Number(range.value));
    onMove(event.timeStamp);
  };
  range.onchange = () => onSettle();
  const refresh = () => {
    const now = explorer.coordinate(axis);
    range.value = now;
    value.textContent = now.toFixed(2);
    mark(name, explorer.isMoved(axis));
  };
  return { root: element("div", { className: "slider" }, name, range, value), refresh };
}

function categoryButtons(explorer, factor, act) {
  const buttons = factor.labels.map((label, i) =>
    button(
      factor.words[i],
      factor.hints[i],
      act(() => {
        const { label: now, share } = explorer.mixOf(factor);
        if (explorer.isHeld(factor.name) && now === label && !share) explorer.release(factor.name);
        else explorer.holdLabels(factor, [label]);
      }),
    ),
  );
  const refresh = () => {
    const { label, other, share } = explorer.mixOf(factor);
    const on = share ? [label, other] : [label];
    buttons.forEach((one, i) => press(one, on.includes(factor.labels[i]), explorer.isHeld(factor.name)));
  };
  return { root: group(factor.title, buttons), refresh };
}

function categoryList(explorer, factor, act) {
  const options = factor.labels.map((label, i) => element("option", { value: label, textContent: factor.words[i] }));
  const select = element("select", { "aria-label": factor.name }, ...options);
  select.onchange = act(() => explorer.holdLabels(factor, [select.value]));
  const refresh = () => {
    select.value = explorer.mixOf(factor).label;
  };
  return { root: element("div", { className: "words" }, labelled(select)), refresh };
}

function attributeToggles(explorer, factor, act) {
  const [least, most] = [factor.atLeast, factor.atMost];
  const buttons = factor.labels.map((label, i) =>
    button(
      factor.words[i],
      factor.hints[i],
      act(() => {
        const on = explorer.labels(factor);
        explorer.holdLabels(factor, on.includes(label) ? on.filter((other) => other !== label) : [...on, label]);
      }),
    ),
  );
  const refresh = () => {
    const on = explorer.labels(factor);
    buttons.forEach((one, i) => {
      const pressed = on.includes(factor.labels[i]);
      press(one, pressed, explorer.isHeld(factor.name));
      one.disabled = pressed ? on.length <= least : on.length >= most;
    });
  };
  const { title, table } = factor;
  return { root: table ? crossed(title, table, buttons) : group(title, buttons), refresh };
}

function axesPad(explorer, { onMove, onSettle }) {
  const [first, second] = [picker(explorer, 0, "across"), picker(explorer, 1, "up")];
  const chosen = () => [first, second].map((select) => explorer.axes[select.value]);
  const pad = makePad({
    label: "two directions at once",
    onMove: (x, y, since) => {
      const [across, up] = chosen();
      explorer.hold(across, across.low + x * (across.high - across.low));
      if (up !== across) explorer.hold(up, up.low + y * (up.high - up.low));
      onMove(since);
    },
    onSettle,
  });
  const refresh = () =>
    pad.show(...chosen().map((axis) => (explorer.coordinate(axis) - axis.low) / (axis.high - axis.low)));
  first.onchange = second.onchange = refresh;
  const words = element("div", { className: "words" }, ...[first, second].map((select) => labelled(select)));
  return { root: element("div", { className: "two" }, pad.root, words), refresh, nudge: pad.nudge };
}

function picker(explorer, chosen, name) {
  const options = explorer.axes.map((axis, i) => {
    return element("option", { value: i, textContent: axis.title, selected: i === chosen });
  });
  return element("select", { "aria-label": name }, ...options);
}

function group(title, buttons) {
  const told = element("span", { className: "title", textContent: title });
  const className = buttons.length > DENSE ? "dense group" : "group";
  return element("div", { className, role: "group", "aria-label": title }, told, ...buttons);
}

function press(one, on, held) {
  one.setAttribute("aria-pressed", on);
  one.classList.toggle("held", on && held);
}

function mark(name, held) {
  name.classList.toggle("held", held);
  name.title = held ? "Back to the seed's own value" : "";
  name.disabled = !held;
}
