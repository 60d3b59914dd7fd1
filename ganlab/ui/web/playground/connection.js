// The connection to a game's process. It is opened again when the server was away, and the game then begins anew.

import { unpacked } from "./frames.js";

const AGAIN_MS = 1500;
const BUSY = 1013;

// `hear` is told of {kind: "open" | "away" | "refused"} and of each frame; `settings()` are those to begin with.
export function connect(address, settings, hear) {
  let socket, timer, left;

  const send = (what, value = null) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ do: what, value }));
  };
  const open = () => {
    const place = new URL(address, document.baseURI);
    place.protocol = place.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(place);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => send("begin", settings());
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") {
        hear(JSON.parse(data));
        return;
      }
      const frame = unpacked(data);
      send("seen");
      hear(frame);
    };
    socket.onclose = ({ code }) => {
      if (left) return;
      if (code !== BUSY) hear({ kind: "away" });
      timer = setTimeout(open, code === BUSY ? 4 * AGAIN_MS : AGAIN_MS);
    };
  };
  open();
  return {
    send,
    leave() {
      left = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
