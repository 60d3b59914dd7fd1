// A training that was just started is shown at the top of the page, and its button stands at the end of a long form:
// the visitor is taken there, and so is the keyboard.
{
  const until = performance.now() + 10_000; // the first run of all has its place made meanwhile
  const go = () => {
    const panel = document.querySelector(".st-key-run_shown");
    if (!panel) return performance.now() < until && setTimeout(go, 100);
    panel.tabIndex = -1;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "start" });
  };
  go();
}
