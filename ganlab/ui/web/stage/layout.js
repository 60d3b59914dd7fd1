// How large the pictures of a stage are, and whether its controls stand beside or below them.

const SIDE = 248; // pixels that controls need beside the pictures, with the gap
const BESIDE = 440; // pixels from which there is room for both
const SHARE = 0.4; // of the window's height for pictures above their controls, where they stay while one scrolls
const ALONE_SHARE = 0.78; // the same for a stage alone on the full screen
const REM = 16; // pixels of the usual type
const [GAP, CAPTION] = [8, 24];

// One figure a model, with whole screen pixels a pixel where there is room.
export function layOut(root, pictures, data) {
  const [count, width] = [data.models.length, root.clientWidth || Infinity];
  const alone = root.getRootNode().host?.dataset.alone !== undefined; // on the full screen, see `page/hall.js`
  const large = alone ? Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM : 1;
  const [side, most] = [SIDE * large, alone ? Infinity : data.maxWidth];
  const stacked = width < BESIDE * large;
  const columns = Math.min(count, data.columns);
  const several = count > 1;
  const across = Math.min(most, stacked ? width : width - side) / columns - (several ? GAP : 0);
  const share = stacked ? SHARE : alone ? ALONE_SHARE : Infinity;
  const down = (share * innerHeight) / Math.ceil(count / columns) - (several ? CAPTION : 0);
  const sizes = data.models.map((model) => {
    const scale = Math.min(across / model.width, down / model.height);
    return (scale >= 1 ? Math.floor(scale) : scale) * model.width;
  });
  const cell = Math.max(...sizes); // models of other sizes are centred in it, so that captions stand in a row
  root.classList.toggle("stacked", stacked);
  pictures.style.gridTemplateColumns = `repeat(${columns}, ${cell}px)`;
  // where there is room, controls stay where they are when the number of pictures changes
  pictures.style.minWidth = !stacked && width - side > most ? `${most}px` : "";
  data.models.forEach((model, i) => {
    const figure = pictures.children[i];
    figure.style.gridTemplateRows = `${(cell * model.height) / model.width}px auto`;
    figure.firstChild.style.width = `${sizes[i]}px`;
  });
}
