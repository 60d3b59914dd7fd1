// What the visitor keeps, in the browser's own storage: told to a session that is new, and heard of by other tabs.
// data: {name, text, heard, unread}; `name` is the entry's, always the same; `text` is what the session has, null while
// it has never had any; `heard` says whether the session knows what the browser had, `unread` that it could not read
// that, which is then set aside.

import { component } from "./mount.js";

export default component(makeKeeper);

function makeKeeper(_root, tell) {
  let data = {};
  let last = null; // what this tab has written or told
  let waiting = false; // for the session to hear
  let aside = false;
  const found = () => {
    last = read(data.name);
    if (last === null) return;
    waiting = true;
    tell.trigger("found", { text: last, mark: Math.random() });
  };
  const changed = (event) => {
    if (event.key === data.name && event.newValue !== last) found();
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
      else if (!waiting && (data.text === null || read(data.name) !== last)) found();
      if (waiting || data.text === null || data.text === last) return;
      if (data.unread && !aside) write(`${data.name}-unread`, read(data.name) ?? "");
      aside = true;
      last = data.text;
      write(data.name, last);
    },
    leave() {
      window.removeEventListener("storage", changed);
      document.removeEventListener("ganlab-back", back);
    },
  };
}

// A browser may refuse: then the session alone remembers.
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {}
}
