// What every page does for a lecture hall. F shows the page's stage alone on the full screen, P a pointer that follows
// the mouse, also in other windows of this browser with the same page (one of them before the audience), L turns light
// and dark. No key acts while one types. In a view of a show (`hall/theatre.js`) the page has
// neither navigation nor bar, and large type.
if (!window.ganlabHall) {
  window.ganlabHall = true;
  const TYPED = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, select";
  const GROWING = ".root.stage, .theatre, .game"; // in components: they lay themselves out on the whole screen
  const STAGES = [GROWING, ".root"]; // the first that there are
  const ELSE = ["[data-testid=stPlotlyChart]", "[data-testid=stMainBlockContainer]"];
  const LEAST = 120; // pixels a side of what is worth the whole screen
  const [SHARE, MOST_ZOOM] = [0.94, 4]; // of the screen, for what is enlarged
  const WAITING_MS = 60;
  const html = document.documentElement;
  const theatre = frameOfTheatre();
  let alone = null; // what is shown alone
  let [dot, line] = [null, null]; // the pointer, and what ends it
  let guest = null; // the pointer of another window
  const windows = new BroadcastChannel("ganlab-pointer");

  function frameOfTheatre() {
    try {
      return window.frameElement?.dataset.hall === undefined ? null : window.frameElement;
    } catch {
      return null; // a page of another origin shows this one
    }
  }

  function area(element) {
    const { width, height } = element.getBoundingClientRect();
    return Math.min(width, height) < LEAST ? 0 : width * height;
  }

  function stageOf() {
    const hosts = [...document.querySelectorAll("*")].filter((one) => one.shadowRoot && area(one));
    const largest = (some) => some.sort((a, b) => area(b) - area(a))[0];
    for (const kind of STAGES) {
      const found = largest(hosts.filter((one) => one.shadowRoot.querySelector(kind)));
      if (found) return found;
    }
    for (const kind of ELSE) {
      const found = largest([...document.querySelectorAll(kind)].filter(area));
      if (found) return found;
    }
    return null;
  }

  function showAlone() {
    alone = stageOf();
    if (!alone) return;
    const grows = alone.shadowRoot?.querySelector(GROWING);
    if (grows) html.dataset.large = "";
    else enlarge(alone);
    const app = document.querySelector("[data-testid=stApp]");
    html.style.setProperty("--ganlab-ground", getComputedStyle(app).backgroundColor);
    alone.popover = "manual";
    alone.dataset.alone = grows ? "" : "enlarged";
    alone.showPopover();
    raise(dot);
    raise(line);
    window.dispatchEvent(new Event("resize"));
    if (!theatre) html.requestFullscreen?.().catch(() => {}); // the window is then what there is
  }

  // What keeps its size is drawn larger.
  function enlarge(element) {
    const { width, height } = element.getBoundingClientRect();
    element.style.width = `${width}px`;
    element.style.zoom = Math.min(MOST_ZOOM, (SHARE * innerWidth) / width, (SHARE * innerHeight) / height);
  }

  function showAll() {
    if (!alone) return;
    if (alone.isConnected) alone.hidePopover();
    alone.removeAttribute("popover");
    delete alone.dataset.alone;
    alone.style.width = alone.style.zoom = "";
    alone = null;
    if (!theatre) delete html.dataset.large;
    window.dispatchEvent(new Event("resize"));
    if (!theatre && document.fullscreenElement) document.exitFullscreen();
  }

  // Above what came to the top after it.
  function raise(popover) {
    if (!popover) return;
    if (popover.matches(":popover-open")) popover.hidePopover();
    popover.showPopover();
  }

  function point(on) {
    remember("sessionStorage", "ganlab-pointer", on ? "on" : "");
    if (!on) {
      if (dot) windows.postMessage({ page: location.pathname, place: null });
      dot?.remove();
      line?.remove();
      dot = line = null;
    } else if (!dot) {
      dot = popover("ganlab-pointer");
      line = popover("ganlab-pointer-line");
      line.textContent = "P ends the pointer";
    }
  }

  // Whether the browser remembers that the pointer is on; null where it remembers nothing.
  function pointerElsewhere() {
    try {
      return sessionStorage.getItem("ganlab-pointer") === "on";
    } catch {
      return null;
    }
  }

  // A browser may refuse, or have no room: then each page begins without it.
  function remember(storage, name, text) {
    try {
      window[storage].setItem(name, text);
    } catch {}
  }

  function popover(className) {
    const made = Object.assign(document.createElement("div"), { className, popover: "manual" });
    document.body.append(made);
    return made;
  }

  function follow({ clientX, clientY }) {
    const wanted = pointerElsewhere(); // another view may have turned it on or off
    if (wanted !== null && wanted !== Boolean(dot)) point(wanted);
    if (!dot) return;
    for (const one of [line, dot]) if (!one.matches(":popover-open")) one.showPopover();
    dot.style.translate = `${clientX}px ${clientY}px`;
    const place = [clientX / innerWidth, clientY / innerHeight];
    windows.postMessage({ page: location.pathname, place });
  }

  function followOther({ data: { page, place } }) {
    if (page !== location.pathname) return;
    if (!place || dot) {
      guest?.remove();
      guest = null;
      return;
    }
    guest ??= popover("ganlab-pointer");
    raise(guest);
    guest.style.translate = `${place[0] * innerWidth}px ${place[1] * innerHeight}px`;
  }

  function turnTheme() {
    const app = document.querySelector("[data-testid=stApp]");
    const dark = getComputedStyle(app).colorScheme === "dark";
    remember("localStorage", "ganlab-theme", dark ? "Light" : "Dark"); // which the document's head reads
    if (theatre)
      theatre.dispatchEvent(new Event("ganlab-theme")); // which loads its frames anew
    else location.reload();
  }

  const ACTS = {
    f: () => (alone ? showAll() : showAlone()),
    p: () => point(!dot),
    l: turnTheme,
  };

  function onKey(event) {
    const target = event.composedPath()[0];
    const inField = target.matches?.(TYPED) || target.isContentEditable;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || inField) return;
    const act = ACTS[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    } else if (event.key === "Escape") {
      point(false);
      showAll();
    }
  }

  function onClick(event) {
    const button = event.composedPath().find((node) => node.tagName === "BUTTON");
    if (!button?.closest(".st-key-theme_switch")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    turnTheme();
  }

  if (theatre) html.dataset.show = html.dataset.large = "";
  if (pointerElsewhere()) point(true);
  window.addEventListener("keydown", onKey);
  window.addEventListener("click", onClick, true);
  window.addEventListener("pointermove", follow, true);
  windows.addEventListener("message", followOther);
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) setTimeout(() => !document.fullscreenElement && showAll(), WAITING_MS);
  });
}
