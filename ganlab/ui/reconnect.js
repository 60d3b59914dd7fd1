// When the connection comes back, the page has to run once before the server knows its buttons again, for it may be
// another server; until then clicks would be lost. They are held back and made when the page has run. Stages hear
// `ganlab-back` before that and tell again what was not heard; one that does so prevents the default, and its run is
// waited for as well.
if (!window.ganlabReconnect) {
  window.ganlabReconnect = true;
  const PATIENCE_MS = 15_000; // with runs that do not begin or end
  const held = []; // buttons, in the order in which they were clicked
  let lost = false; // whether the page has not run since the connection was there last
  let running = false; // whether the run that is waited for has begun
  let told = false; // whether stages have heard that the page is back
  let timer = 0; // of the patience, while connected

  const endTimer = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const expectRun = () => {
    endTimer();
    running = false;
    timer = setTimeout(release, PATIENCE_MS);
  };
  const release = () => {
    endTimer();
    lost = false;
    for (const button of held.splice(0)) if (button.isConnected) button.click();
  };
  const look = ({ testConnectionState: connection, testScriptState: script }) => {
    if (connection !== "CONNECTED") {
      endTimer();
      lost = true;
      told = false;
      return;
    }
    if (lost && !timer) expectRun();
    if (lost && script === "running") {
      running = true;
    } else if (lost && running && script === "notRunning") {
      const waits = !told && !document.dispatchEvent(new CustomEvent("ganlab-back", { cancelable: true }));
      told = true;
      if (waits) expectRun();
      else release();
    }
  };
  const hold = (event) => {
    const button = event.composedPath().find((node) => node.tagName === "BUTTON");
    if (!lost || !button || button.disabled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(button);
  };
  const watch = () => {
    const app = document.querySelector("[data-testid=stApp]");
    if (!app) return setTimeout(watch, 200);
    const attributeFilter = ["data-test-connection-state", "data-test-script-state"];
    new MutationObserver(() => look(app.dataset)).observe(app, { attributes: true, attributeFilter });
  };
  window.addEventListener("click", hold, true);
  watch();
}
