// When the connection comes back, it may be to a server that was started anew. That knows no button of the page until
// the page has run once, for which Streamlit waits for the next click, and loses it. So the page is run at once, by a
// button that nobody sees, and clicks are held back till then. Stages hear `ganlab-back` before they are made, and tell
// again what was not heard; one that does so prevents the default, and its run is waited for as well. While the server
// stays away, a line says what to do, which Streamlit's own word does not.
if (!window.ganlabReconnect) {
  window.ganlabReconnect = true;
  const AGAIN = ".st-key-run_again button";
  const PATIENCE_MS = 120_000; // with a run: another server has everything to load
  const AWAY_MS = 3_000; // until a server is called away: a connection that only breaks is back sooner
  const REMEDY =
    "The server of this page does not answer. Start it again where it ran, with make app or ganlab app: " +
    "this page then goes on by itself. Nothing is lost, and trainings go on without it.";
  const held = []; // buttons, in the order in which they were clicked
  let lost = false; // whether the connection was, and the page is not as it was yet
  let running = false; // whether the run that is waited for has begun
  let told = false; // whether stages have heard that the page is back
  let timer = 0; // of the patience, while connected
  let away = 0; // of the line, while not connected
  const line = document.createElement("div");
  line.className = "ganlab-away";
  line.setAttribute("role", "status");
  document.body.append(line); // empty: screen readers tell what comes into a line that they know

  const expectRun = () => {
    clearTimeout(timer);
    running = false;
    timer = setTimeout(goOn, PATIENCE_MS);
  };
  const goOn = () => {
    const waits = !told && !document.dispatchEvent(new CustomEvent("ganlab-back", { cancelable: true }));
    told = true;
    if (waits) return expectRun();
    clearTimeout(timer);
    [lost, timer] = [false, 0];
    for (const button of held.splice(0)) if (button.isConnected) button.click();
  };
  const runAgain = () => {
    if (!timer || running) return; // the connection has gone, or Streamlit runs the page by itself
    const button = document.querySelector(AGAIN);
    if (!button || button.disabled) setTimeout(runAgain, 50);
    else button.click();
  };
  const tellAway = () => {
    line.textContent = REMEDY;
  };
  const lookWhetherAway = (connection) => {
    if (connection !== "CONNECTED") {
      away ||= setTimeout(tellAway, AWAY_MS);
    } else {
      clearTimeout(away);
      away = 0;
      line.textContent = "";
    }
  };
  const look = ({ testConnectionState: connection, testScriptState: script }) => {
    lookWhetherAway(connection);
    if (connection !== "CONNECTED") {
      clearTimeout(timer);
      [lost, running, told, timer] = [true, false, false, 0];
    } else if (lost && !timer) {
      if (!document.querySelector(AGAIN)) return goOn(); // nobody has logged in
      expectRun();
      runAgain();
    }
    if (!timer) return;
    if (script === "running") running = true;
    else if (running && script === "notRunning") goOn();
  };
  const hold = (event) => {
    const button = event.composedPath().find((node) => node.tagName === "BUTTON");
    if (!timer || !button || button.disabled || button.matches(AGAIN)) return;
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
