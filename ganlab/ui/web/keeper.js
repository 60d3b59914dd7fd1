// What the visitor keeps, in the browser's own storage: told to a session that is new, and heard of by other tabs.
// data: {kept, heard, unread}; `kept` is the JSON of what the session has, null while it has never had any; `heard`
// says whether the session knows what the browser had, `unread` that it could not read that, which is then set aside.

import { component } from "./mount.js";

const NAME = "ganlab-kept";

export default component(makeKeeper);

function makeKeeper(_root, tell) {
  let data = {};
  let last = null; // what this tab has written or told
  let waiting = false; // for the session to hear
  let aside = false;
  const found = () => {
    last = read();
    if (last === null) return;
    waiting = true;
    tell.trigger("found", { kept: last, mark: Math.random() });
  };
  const changed = (event) => {
    if (event.key === NAME && event.newValue !== last) found();
  };
  const back = () => {
    if (!data.heard) found(); // a server that was started anew
  };
  window.addEventListener("storage", changed);
  document.addEventListener("ganlab-back", back);
  return {
    load(fresh) {
      data = fresh;
      if (data.heard) waiting = false;
      else if (!waiting && (data.kept === null || read() !== last)) found();
      if (waiting || data.kept === null || data.kept === last) return;
      if (data.unread && !aside) write(`${NAME}-unread`, read() ?? "");
      aside = true;
      last = data.kept;
      write(NAME, last);
    },
    leave() {
      window.removeEventListener("storage", changed);
      document.removeEventListener("ganlab-back", back);
    },
  };
}

// A browser may refuse: then the session alone remembers.
function read() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function write(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {}
}
