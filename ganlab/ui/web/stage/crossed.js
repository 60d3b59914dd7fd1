// Buttons of labels such as "red cube" as a table: `heads` over the columns, `sides` beside the rows.

import { element } from "../elements.js";

// `table`: {heads, sides}; the buttons go row by row.
export function crossed(title, { heads, sides }, buttons) {
  const root = element("div", { className: "crossed", role: "group", "aria-label": title });
  root.style.gridTemplateColumns = `max-content repeat(${heads.length}, 1fr)`;
  root.append(element("span", { className: "title", textContent: title }));
  sides.forEach((side, row) => {
    root.append(element("span", { textContent: side }));
    heads.forEach((head, column) => root.append(short(buttons[row * heads.length + column], head, side)));
  });
  return root;
}

// The button with its colour where the word is one, else with the word.
function short(button, head, side) {
  button.title = `${head} ${side}`;
  button.setAttribute("aria-label", button.title);
  if (!CSS.supports("color", head)) button.textContent = head;
  else button.replaceChildren(swatch(head));
  return button;
}

function swatch(colour) {
  const made = element("i");
  made.style.background = colour;
  return made;
}
