// The card of the picture under the pointer.

import { draw, onScreen } from "./paint.js";

export function hover(map, i) {
  if (map.hovered === i) return;
  map.hovered = i;
  const { card, data } = map;
  card.classList.toggle("shown", i >= 0);
  draw(map);
  if (i < 0) return;
  const scale = Math.max(1, Math.round(84 / data.width)),
    [thumbnail, caption] = card.children;
  const column = i % data.columns,
    row = Math.floor(i / data.columns);
  Object.assign(thumbnail.style, {
    width: `${data.width * scale}px`,
    height: `${data.height * scale}px`,
    backgroundImage: `url(${data.sheet})`,
    backgroundSize: `${data.columns * data.width * scale}px auto`,
    backgroundPosition: `-${column * data.width * scale}px -${row * data.height * scale}px`,
  });
  caption.textContent = data.captions[i];
  const [x, y] = onScreen(map, i),
    right = x + 18 + card.offsetWidth < map.canvas.clientWidth;
  const top = Math.max(4, Math.min(y - card.offsetHeight / 2, map.canvas.clientHeight - card.offsetHeight - 4));
  card.style.transform = `translate(${right ? x + 16 : x - 16 - card.offsetWidth}px, ${top}px)`;
}
