// The connection to a game's process. It is opened again when the server was away, and the game then begins anew.

import { unpacked } from "./frames.js";

const AGAIN_MS = 1500;
const BUSY = 1013;

// `hear` is told of {kind: "away" | "refused" | "told" | "ended" | "run"} and of each frame; `settings()` are those to
// begin with. A game that has ended begins again by `again()`.
export function connect(address, settings, hear) {
  let socket, timer;
  let over = false; // no connection is wanted

  const send = (what, value = null) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ do: what, value }));
  };
  const open = () => {
    const place = new URL(address, document.baseURI);
    place.protocol = place.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(place);
    socket = mine;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (over)
        mine.close(); // left before it was there: closing earlier is an error on the console
      else send("begin", settings());
    };
    socket.onmessage = ({ data }) => {
      if (over) return;
      const isFrame = typeof data !== "string";
      const told = isFrame ? unpacked(data) : JSON.parse(data);
      if (told.kind === "ended") over = true;
      else if (isFrame) send("seen");
      hear(told);
    };
    socket.onclose = ({ code }) => {
      if (over || socket !== mine) return; // a game that has ended may begin again before its old socket has closed
      if (code !== BUSY) hear({ kind: "away" });
      timer = setTimeout(open, code === BUSY ? 4 * AGAIN_MS : AGAIN_MS);
    };
  };
  open();
  return {
    send,
    again() {
      over = false;
      open();
    },
    leave() {
      over = true;
      clearTimeout(timer);
      if (socket.readyState === WebSocket.OPEN) socket.close();
    },
  };
}
