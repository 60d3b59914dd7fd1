// The button by which a game becomes an ordinary run, and the ways on from there.

import { button, element } from "../elements.js";

const TITLE = "a run like those of Train, with its curves, samples and state; the game goes on";
const PAGES = [
  ["Gallery", (name) => `gallery?search=${name}`],
  ["Train", (name) => `train?run=${name}`],
  ["Sample", (name) => `sample?model=${name}`],
  ["Compare", (name) => `compare?curves=${name}`],
];

const LOST = "The connection broke before it was known whether it became a run: Train lists those that there are.";

// `ask()` asks for it; `answered` is to be told what came of it, and `refuse` why nobody can ask.
export function makeRunButton(ask) {
  let waiting = false;
  const press = button("Make it a run", TITLE, () => {
    waiting = true;
    press.disabled = true;
    words.textContent = "Writing the run…";
    ask();
  });
  const words = element("span", { role: "status" });

  function answered(told) {
    if (!waiting && told.kind !== "run") return;
    waiting = false;
    press.disabled = false;
    if (told.kind !== "run") {
      words.textContent = told.kind === "lost" ? LOST : `It became no run: ${told.text}.`;
      return;
    }
    const links = PAGES.map(([title, address]) =>
      element("a", {
        href: new URL(address(encodeURIComponent(told.name)), document.baseURI).href,
        textContent: title,
      }),
    );
    words.replaceChildren(`It is the run ${told.name} now. Open it on `, ...links.flatMap((link) => [link, " "]));
  }

  return {
    root: element("span", { className: "as-run" }, press, words),
    answered,
    forget() {
      waiting = false;
      press.disabled = Boolean(press.dataset.refused);
      words.textContent = press.dataset.refused ?? "";
    },
    refuse(reason) {
      if (!reason) return;
      press.dataset.refused = reason;
      press.disabled = true;
      words.textContent = reason;
    },
  };
}
