// Small pieces of the page.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function button(text, title, onclick, className = "") {
  return element("button", { type: "button", textContent: text, title, onclick, className });
}

// A value that is sent once things have been still for a moment: one release, or the last of many key presses.
export function makeSettler(send, stillMs = 120) {
  let timer = 0;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(send, stillMs);
  };
  settle.cancel = () => clearTimeout(timer);
  return settle;
}
