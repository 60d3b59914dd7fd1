// Turns Streamlit's new entries of the history into changes of the present one, where the page stays the same.
// It waits a moment: a page's first words in the address may come before its own path, and that is pushed with them.
// Where a widget has changed the address meanwhile, only what the entry changes is written.
if (window.navigation) {
  const pending = new Map(); // parameter => its values to be, none to take it out
  let timer;
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
    const same = to.origin === location.origin && to.pathname === page && to.search !== location.search;
    if (!same || event.navigationType !== "push" || !event.destination.sameDocument || event.userInitiated) return;
    event.preventDefault();
    const soon = put(new URL(location.href)).searchParams;
    for (const name of new Set([...soon.keys(), ...to.searchParams.keys()])) {
      const values = to.searchParams.getAll(name);
      if (values.join("\n") !== soon.getAll(name).join("\n")) pending.set(name, values);
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      const untouched = location.search === before; // then in Streamlit's own spelling
      if (location.pathname === page) history.replaceState({}, "", untouched ? to : put(new URL(location.href)));
      pending.clear();
    }, 50);
  };
}
