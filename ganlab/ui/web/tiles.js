// A sheet of pictures: a click selects one, where it can; its corner (or the key K) does the sheet's action. The sheet
// is one stop of the tab key, arrow keys go on from there.
// data: {sheet, columns, count, width, height, labels, marked, selected, picks, action, heads, sides, maxWidth};
// sizes in pixels.

import { element } from "./elements.js";
import { component } from "./mount.js";

const GAP = 3;
const SMALL = 48; // screen pixels of a picture's side below which its corner stands below it instead of hiding it
const PHONE = 480; // screen pixels of room below which pictures under words are made wide enough for the words
const [WORD_GAP, WIDEST_WORD] = [4, 76]; // screen pixels
const ICONS = {
  keep: "M6 3h12v18l-6-4-6 4z",
  remove: "M6 6l12 12M18 6L6 18",
};

export default component(makeTiles);

function makeTiles(root, tell) {
  const [heads, sides] = ["heads", "sides"].map((className) => element("div", { className }));
  const grid = element("div", { className: "tiles", role: "group" });
  root.replaceChildren(heads, sides, grid);
  let data, address;
  return {
    load(fresh) {
      while (grid.children.length > fresh.count) grid.lastChild.remove();
      while (grid.children.length < fresh.count) grid.append(makeCell());
      heads.replaceChildren(...fresh.heads.map(makeWord));
      sides.replaceChildren(...fresh.sides.map(makeWord));
      if (data?.sheet !== fresh.sheet) {
        forgetLater(address);
        address = shortAddress(fresh.sheet);
      }
      data = fresh;
      const active = grid.getRootNode().activeElement;
      const stop = [...grid.children].findIndex((cell) => cell.contains(active));
      stopAt(grid, stop >= 0 ? stop : Math.max(data.selected, 0));
      [...grid.children].forEach((cell, i) => {
        describe(cell, i, data);
        listen(cell, i, { data, grid, tell });
      });
    },
    layOut: () => layOut({ heads, sides, grid }, data, address, root.clientWidth),
    leave: () => forgetLater(address),
  };
}

// An address of the PNG that a long `data:` address holds: a hundred tiles with the long one take .1 s to style.
function shortAddress(address) {
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
}

// A tile that can be picked is a button, one that can be selected is pressed or not; others are pictures.
function describe(cell, i, data) {
  const [tile, corner] = cell.children;
  const [marked, framed] = [data.marked.includes(i), i === data.selected];
  name(tile, marked ? `${data.labels[i]}, ${data.action === "keep" ? "kept" : "marked"}` : data.labels[i]);
  cell.classList.toggle("marked", marked);
  cell.classList.toggle("framed", framed);
  put(tile, "role", !data.picks && !selects(data) && "img");
  put(tile, "aria-pressed", selects(data) && String(framed));
  put(tile, "aria-current", data.picks && framed && "true");
  corner.hidden = !data.action;
  if (!data.action) return;
  name(corner, `${data.action} ${data.labels[i]}`);
  corner.querySelector("path").setAttribute("d", ICONS[data.action]);
}

function listen(cell, i, { data, grid, tell }) {
  const [tile, corner] = cell.children;
  const select = () => {
    [...grid.children].forEach((other, j) => describe(other, j, { ...data, selected: i }));
    tell.state("selected", i);
  };
  tile.onclick = data.picks ? () => tell.trigger("picked", i) : selects(data) && select;
  tile.onfocus = () => stopAt(grid, i);
  tile.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -data.columns, ArrowDown: data.columns }[event.key];
    if (step !== undefined && grid.children[i + step]) {
      event.preventDefault();
      grid.children[i + step].firstChild.focus();
    } else if (event.key === "k" && data.action && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.stopPropagation();
      tell.trigger("acted", i);
    }
  };
  corner.onclick = () => tell.trigger("acted", i);
}

function selects(data) {
  return !data.picks && data.selected >= 0;
}

function put(tile, attribute, value) {
  if (value) tile.setAttribute(attribute, value);
  else tile.removeAttribute(attribute);
}

function layOut({ heads, sides, grid }, data, address, room) {
  const beside = data.sides.length ? sides.offsetWidth : 0;
  const around = Math.min(room || data.maxWidth, data.maxWidth + beside) - beside;
  const scale = Math.max(wholeScale(data, around), room && room < PHONE ? longestWord(heads) / data.width : 0);
  const [width, height] = [data.width * scale, data.height * scale];
  const rows = Math.ceil(data.count / data.columns);
  heads.style.gridTemplateColumns = `repeat(${data.columns}, ${width}px)`;
  sides.style.gridTemplateRows = `repeat(${rows}, ${height}px)`;
  grid.style.gridTemplateColumns = `repeat(${data.columns}, ${width}px)`;
  grid.classList.toggle("shrunk", scale < 1);
  grid.classList.toggle("small", width < SMALL && Boolean(data.action));
  [...grid.children].forEach((cell, i) => {
    const style = cell.firstChild.style;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.backgroundImage = `url(${address})`;
    style.backgroundSize = `${data.columns * width}px ${rows * height}px`;
    style.backgroundPosition = `-${(i % data.columns) * width}px -${Math.floor(i / data.columns) * height}px`;
  });
}

// Screen pixels of the longest word above a column: in a narrower column it would be cut off.
function longestWord(heads) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(heads).font;
  const words = [...heads.children].flatMap((head) => head.textContent.split(/\s+/));
  const widths = words.map((word) => Math.ceil(pen.measureText(word).width) + WORD_GAP);
  return Math.min(WIDEST_WORD, Math.max(0, ...widths));
}

// The tab key comes to the `index`-th tile, and to no other.
function stopAt(grid, index) {
  [...grid.children].forEach((cell, i) => {
    cell.firstChild.tabIndex = i === index ? 0 : -1;
  });
}

// The most whole screen pixels a pixel with which the sheet fits; a fraction only if even one is too many.
function wholeScale(data, room) {
  const scale = (Math.min(room, data.maxWidth) - GAP * (data.columns - 1)) / data.columns / data.width;
  return scale >= 1 ? Math.floor(scale) : scale;
}

function name(button, text) {
  button.title = text;
  button.setAttribute("aria-label", text);
}

function makeWord(text) {
  return element("span", { textContent: text, title: text });
}

function makeCell() {
  const cell = element("div", { className: "cell" });
  cell.innerHTML = `<button type="button" class="tile"></button><button type="button" class="corner" tabindex="-1">
    <svg viewBox="0 0 24 24" width="14" height="14" aria-hidden="true"><path/></svg></button>`;
  return cell;
}

// A tile that has just been drawn may still load its picture from the address.
function forgetLater(address) {
  if (address) setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
