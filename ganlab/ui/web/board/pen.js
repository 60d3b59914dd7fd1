// The drawing board by keyboard: arrows move a cursor, which draws or erases while its pen is down.

import { arrow, element } from "../elements.js";

export const PEN_HELP =
  "Arrow keys move the cursor. Space or Enter puts the pen down or lifts it; E puts the eraser down; an arrow with " +
  "Shift erases one step. Escape lifts both, Ctrl+Z takes back a stroke.";
const COARSE = 3; // pixels that the net sees, a step with Page Up, Page Down, Home and End
const FAR = { PageUp: [0, COARSE], PageDown: [0, -COARSE], Home: [-COARSE, 0], End: [COARSE, 0] };

// `ink`: {board, lift(), line(from, to, erasing), mark(), undo(), canErase, step: pixels of the board a press}.
export function makePen(ink, { onMove, onSettle }) {
  const { board } = ink;
  const cursor = element("div", { className: "cursor", hidden: true });
  const said = element("span", { className: "position", role: "status" });
  let [x, y, mode] = [0, 0, "up"]; // a pixel that the net sees, y downwards; "up", "draw" or "erase"

  const columns = () => Math.round(board.width / ink.step);
  const rows = () => Math.round(board.height / ink.step);
  const show = () => {
    cursor.style.left = `${(100 * (x + 0.5)) / columns()}%`;
    cursor.style.top = `${(100 * (y + 0.5)) / rows()}%`;
    cursor.dataset.mode = mode;
    const pen = { up: "pen up", draw: "drawing", erase: "erasing" }[mode];
    said.textContent = `${pen}, column ${x + 1} of ${columns()}, row ${y + 1} of ${rows()}`;
  };
  const spot = () => [x, y].map((at) => (at + 0.5) * ink.step);
  const draw = (from, erasing, since) => {
    ink.line(from, spot(), erasing);
    onMove(since);
    onSettle();
  };
  const put = (to, since) => {
    mode = mode === to ? "up" : to;
    if (mode !== "up") {
      ink.mark();
      draw(spot(), mode === "erase", since);
    }
    show();
  };
  const go = ([right, up], erasing, since) => {
    const from = spot();
    [x, y] = [within(x + right, columns()), within(y - up, rows())];
    if (erasing && mode !== "erase") ink.mark();
    if (erasing || mode !== "up") draw(from, erasing || mode === "erase", since);
    show();
  };
  const act = (event) => {
    const way = arrow(event) ?? FAR[event.key];
    if (way) return () => go(way, event.shiftKey && ink.canErase, event.timeStamp);
    if (event.key === " " || event.key === "Enter") return () => put("draw", event.timeStamp);
    if (event.key.toLowerCase() === "e" && ink.canErase) return () => put("erase", event.timeStamp);
    if (event.key === "Escape")
      return () => {
        mode = "up";
        show();
      };
    return undefined;
  };
  board.onkeydown = (event) => {
    if (event.altKey || event.metaKey) return;
    const undo = event.ctrlKey && event.key.toLowerCase() === "z";
    const does = undo
      ? () => {
          ink.undo();
          onMove(event.timeStamp);
          onSettle();
        }
      : !event.ctrlKey && act(event);
    if (!does) return;
    event.preventDefault();
    event.stopPropagation(); // it is no shortcut of the page
    if (!event.repeat || arrow(event)) does();
  };
  board.onfocus = () => {
    cursor.hidden = !board.matches(":focus-visible");
    show();
  };
  board.onblur = () => {
    cursor.hidden = true;
    mode = "up";
  };
  return {
    cursor,
    said,
    reset() {
      [x, y, mode] = [Math.floor(columns() / 2), Math.floor(rows() / 2), "up"];
      show();
    },
    // The pointer took over: the cursor goes where it was.
    follow([toX, toY]) {
      [x, y] = [within(Math.floor(toX / ink.step), columns()), within(Math.floor(toY / ink.step), rows())];
      mode = "up";
      cursor.hidden = true;
    },
  };
}

function within(value, count) {
  return Math.min(count - 1, Math.max(0, value));
}
