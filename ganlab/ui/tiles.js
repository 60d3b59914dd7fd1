// A sheet of pictures, each a button: a click selects it, its corner (or the key K) does the sheet's action.
// data: {sheet, columns, count, width, height, labels, marked, selected, picks, action, heads, sides, maxWidth};
// sizes in pixels.

const GAP = 3;
const ICONS = {
  keep: "M6 3h12v18l-6-4-6 4z",
  remove: "M6 6l12 12M18 6L6 18",
};
const sheets = new WeakMap(); // parentElement => {data, observer}: what to lay out when the room changes

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const room = parentElement.querySelector(".room");
  const grid = parentElement.querySelector(".tiles");
  while (grid.children.length > data.count) grid.lastChild.remove();
  while (grid.children.length < data.count) grid.append(makeCell());

  for (const [place, words] of [[".heads", data.heads], [".sides", data.sides]]) {
    parentElement.querySelector(place).replaceChildren(...words.map(makeWord));
  }

  const sheet = sheets.get(parentElement) ?? {};
  if (!sheets.has(parentElement)) {
    sheet.observer = new ResizeObserver(() => layOut(grid, sheet.data, room.clientWidth));
    sheet.observer.observe(room);
    sheets.set(parentElement, sheet);
  }
  sheet.data = data;
  layOut(grid, data, room.clientWidth);

  [...grid.children].forEach((cell, i) => {
    const [tile, corner] = cell.children;
    name(tile, data.labels[i]);
    tile.setAttribute("aria-pressed", i === data.selected);
    cell.classList.toggle("marked", data.marked.includes(i));
    tile.onclick = data.picks ? () => setTriggerValue("picked", i) : data.selected >= 0 && (() => {
      for (const other of grid.children) other.firstChild.setAttribute("aria-pressed", other === cell);
      setStateValue("selected", i);
    });
    tile.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -data.columns, ArrowDown: data.columns }[event.key];
      if (step !== undefined && grid.children[i + step]) {
        event.preventDefault();
        grid.children[i + step].firstChild.focus();
      } else if (event.key === "k" && data.action) {
        event.stopPropagation();
        setTriggerValue("acted", i);
      }
    };
    corner.hidden = !data.action;
    if (!data.action) return;
    name(corner, `${data.action} ${data.labels[i]}`);
    corner.querySelector("path").setAttribute("d", ICONS[data.action]);
    corner.onclick = () => setTriggerValue("acted", i);
  });
  return () => sheet.observer.disconnect();
}

function layOut(grid, data, room) {
  const [heads, sides] = [".heads", ".sides"].map((place) => grid.parentElement.querySelector(place));
  const beside = data.sides.length ? sides.offsetWidth : 0;
  const scale = wholeScale(data, Math.min(room || data.maxWidth, data.maxWidth + beside) - beside);
  const [width, height] = [data.width * scale, data.height * scale];
  const rows = Math.ceil(data.count / data.columns);
  heads.style.gridTemplateColumns = `repeat(${data.columns}, ${width}px)`;
  sides.style.gridTemplateRows = `repeat(${rows}, ${height}px)`;
  grid.style.gridTemplateColumns = `repeat(${data.columns}, ${width}px)`;
  grid.classList.toggle("shrunk", scale < 1);
  [...grid.children].forEach((cell, i) => {
    const style = cell.firstChild.style;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.backgroundImage = `url(${data.sheet})`;
    style.backgroundSize = `${data.columns * width}px ${rows * height}px`;
    style.backgroundPosition = `-${(i % data.columns) * width}px -${Math.floor(i / data.columns) * height}px`;
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
  const word = document.createElement("span");
  word.textContent = word.title = text;
  return word;
}

function makeCell() {
  const cell = document.createElement("div");
  cell.className = "cell";
  cell.innerHTML = `<button type="button" class="tile"></button><button type="button" class="corner" tabindex="-1">
    <svg viewBox="0 0 24 24" width="14" height="14" aria-hidden="true"><path/></svg></button>`;
  return cell;
}
