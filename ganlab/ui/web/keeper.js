// What the visitor keeps, in the browser's own storage: told to a session that is new, and heard of by other tabs.
// data: {name, text, heard, unread}; `name` is the entry's, always the same; `text` is what the session has, null while
// it has never had any; `heard` is the mark of what the session has heard last, 0 while it does not know what the
// browser had; `unread` says that it could not read that, which is then set aside.

import { component } from "./mount.js";

export default component(makeKeeper);

function makeKeeper(_root, tell) {
  let data = {};
  let last = null; // what this tab has written or told
  let awaited = 0; // the mark of what the session is to hear: until then its text is older than the browser's
  let aside = false;
  const found = () => {
    last = read(data.name);
    if (last === null) return;
    awaited = 1 + Math.random();
    tell.trigger("found", { text: last, mark: awaited });
  };
  const changed = (event) => {
    if (event.key === data.name && event.newValue !== last) found();
  };
  const back = () => {
    if (!data.heard || awaited) found(); // a server that was started anew, or one that did not hear
  };
  window.addEventListener("storage", changed);
  document.addEventListener("ganlab-back", back);
  return {
    load(fresh) {
      data = fresh;
      if (awaited && data.heard === awaited) awaited = 0;
      else if (!data.heard && !awaited && (data.text === null || read(data.name) !== last)) found();
      if (awaited || data.text === null || data.text === last) return;
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
