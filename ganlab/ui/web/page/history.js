// Turns Streamlit's new entries of the history into changes of the present one, where the page stays the same.
// It waits a moment: a page's first words in the address may come before its own path, and that is pushed with them.
// A page that is left has its address emptied first, and the next one's path may come late: that waits for a second of
// rest.
// Where a widget has changed the address meanwhile, only what the entry changes is written.
// Entries that Streamlit added before this script was there are skipped on the way back: no page of ours is before
// them.
if (window.navigation) {
  const here = navigation.currentEntry,
    early = navigation.entries().filter((one) => one.index < here.index && one.sameDocument);
  navigation.addEventListener("currententrychange", ({ from, navigationType }) => {
    const place = early.findIndex((one) => one.key === navigation.currentEntry.key);
    const back = navigationType === "traverse" && from.index > navigation.currentEntry.index;
    if (place >= 0 && back) history.go(-1 - place);
  });
  const pending = new Map(); // parameter => its values to be, none to take it out
  const [LOOK_MS, REST_MS] = [50, 1000];
  let timer,
    emptied = false,
    lastRunning = 0;
  const runs = () =>
    document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-script-state") !== "notRunning";
  const put = (url) => {
    for (const [name, values] of pending) {
      url.searchParams.delete(name);
      for (const value of values) url.searchParams.append(name, value);
    }
    return url;
  };
  navigation.onnavigate = (event) => {
    const to = new URL(event.destination.url),
      { pathname: page, search: before } = location;
    const forget = () => {
      clearTimeout(timer);
      pending.clear();
      emptied = false;
    };
    if (to.pathname !== page || event.navigationType === "traverse") forget();
    const same = to.origin === location.origin && to.pathname === page && to.search !== location.search;
    if (!same || event.navigationType !== "push" || !event.destination.sameDocument || event.userInitiated) return;
    event.preventDefault();
    const soon = put(new URL(location.href)).searchParams;
    for (const name of new Set([...soon.keys(), ...to.searchParams.keys()])) {
      const values = to.searchParams.getAll(name);
      if (values.join("\n") !== soon.getAll(name).join("\n")) pending.set(name, values);
    }
    emptied ||= !to.search;
    lastRunning = performance.now();
    const write = () => {
      if (runs()) lastRunning = performance.now();
      if (location.pathname === page && emptied && performance.now() - lastRunning < REST_MS) {
        timer = setTimeout(write, LOOK_MS);
        return;
      }
      const untouched = location.search === before; // then in Streamlit's own spelling
      if (location.pathname === page) history.replaceState({}, "", untouched ? to : put(new URL(location.href)));
      forget();
    };
    clearTimeout(timer);
    timer = setTimeout(write, LOOK_MS);
  };
}
