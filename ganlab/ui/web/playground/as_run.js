// The button by which a game becomes an ordinary run, and the ways on from there.

import { button, element } from "../elements.js";

const TITLE = "a run like those of Train, with its curves, samples and state; the game goes on";
const PAGES = [
  ["Gallery", (name) => `gallery?search=${name}`],
  ["Train", (name) => `train?run=${name}`],
  ["Sample", (name) => `sample?model=${name}`],
  ["Compare", (name) => `compare?curves=${name}`],
];

// `ask()` asks for it; `answered` is to be told what came of it, and `refuse` why nobody can ask. `heard` is to be told
// of each frame's problem: one that stood before the button was pressed is no answer to it.
export function makeRunButton(ask) {
  let waiting = false;
  let [standing, before] = ["", ""]; // problems: of the last frame, and of the one when it was pressed
  const press = button("Make it a run", TITLE, () => {
    waiting = true;
    before = standing;
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
      words.textContent = `It became no run: ${told.text}.`;
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
    heard(problem) {
      standing = problem;
      if (problem === before) return;
      before = "";
      if (problem) answered({ kind: "told", text: problem });
    },
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
