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

// A control under the words that are its name: what one reads is what a screen reader says.
export function labelled(control) {
  return element("label", {}, control.getAttribute("aria-label"), control);
}

// Which way an arrow key points, as [to the right, upwards]; undefined for other keys.
export function arrow({ key }) {
  return { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
}

// Calls `act` when an element's width changes; what is returned ends that. A little more room is left alone: it may be
// a scroll bar that went because of what `act` did.
export function watchWidth(watched, act) {
  let known = watched.clientWidth;
  const observer = new ResizeObserver(() => {
    const width = watched.clientWidth;
    if (!width || (width >= known && width < known + 16)) return;
    known = width;
    act();
  });
  observer.observe(watched);
  return () => observer.disconnect();
}

// A value that is sent once things have been still for a moment: one release, or the last of many key presses.
export function makeSettler(send, stillMs = 120) {
  let timer = 0;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(send, stillMs);
  };
  settle.cancel = () => clearTimeout(timer);
  settle.now = () => {
    settle.cancel();
    send();
  };
  return settle;
}

// Styles an element, `width` pixels of its own wide, to at most `most`: with whole squares where there is room.
export function sized(canvas, width, most) {
  const scale = Math.max(0, most / width);
  canvas.style.width = `${width * (scale >= 1 ? Math.floor(scale) : scale)}px`;
}

// One drag at a time: with the main button of a mouse, or the first finger. Other buttons, and fingers that come
// meanwhile, are left alone. `begin`, `go` and `end` are told the event, `go` also the events that it sums
// up; `hover` hears of moves without a drag.
export function watchDrags(target, { begin, go, end = () => {}, hover = () => {} }) {
  let held;
  target.onpointerdown = (event) => {
    if (held !== undefined || event.button !== 0) return;
    held = event.pointerId;
    target.setPointerCapture(held);
    begin(event);
  };
  target.onpointermove = (event) => {
    if (held === undefined) return hover(event);
    if (event.pointerId !== held) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    go(event, passed.length ? passed : [event]);
  };
  target.onlostpointercapture = (event) => {
    if (event.pointerId !== held) return;
    held = undefined;
    end(event);
  };
}

export function clamp(value) {
  return Math.min(1, Math.max(0, value));
}
