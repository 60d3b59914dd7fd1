// Buttons of labels such as "red cube" as a table: first words over the columns, last words beside the rows.

import { element } from "./elements.js";

export function crossed(title, labels, buttons) {
  const words = labels.map((label) => label.split(" "));
  if (words.some((pair) => pair.length !== 2)) return null;
  const [firsts, lasts] = [0, 1].map((i) => [...new Set(words.map((pair) => pair[i]))]);
  const whole = lasts.flatMap((last) => firsts.map((first) => `${first} ${last}`));
  if (whole.length !== labels.length || whole.some((label, i) => label !== labels[i])) return null;

  const table = element("div", { className: "crossed", role: "group", "aria-label": title });
  table.style.gridTemplateColumns = `max-content repeat(${firsts.length}, 1fr)`;
  table.append(element("span", { className: "title", textContent: title }));
  lasts.forEach((last, row) => {
    table.append(element("span", { textContent: last }));
    firsts.forEach((first, column) => table.append(short(buttons[row * firsts.length + column], first, last)));
  });
  return table;
}

// The button with its colour where the word is one, else with the word.
function short(button, first, last) {
  button.title = `${first} ${last}`;
  button.setAttribute("aria-label", button.title);
  if (!CSS.supports("color", first)) button.textContent = first;
  else button.replaceChildren(swatch(first));
  return button;
}

function swatch(colour) {
  const made = element("i");
  made.style.background = colour;
  return made;
}
