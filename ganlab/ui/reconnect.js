// Has the page run again when the connection comes back: after a restart the server knows nothing of the page yet, and
// would pass over what is clicked in its fragments.

export default function ({ setTriggerValue }) {
  const app = document.querySelector("[data-testid=stApp]");
  let away = false;
  const look = () => {
    const connected = app.dataset.testConnectionState === "CONNECTED";
    if (connected && away) setTriggerValue("back", String(Date.now()));
    away = !connected;
  };
  const observer = new MutationObserver(look);
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  return () => observer.disconnect();
}
