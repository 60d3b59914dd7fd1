// Frames played in a loop, with a scrubber that draws while it is dragged; the server hears of it on release.
// data: {sheet, columns, count, width, height, labels, fps, bounce, autoplay, frame, maxWidth}; sizes in pixels.

const players = new WeakMap(); // parentElement => {image, position, playing, timer, data}

export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  const range = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  const label = parentElement.querySelector(".label");

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const player = players.get(parentElement) ?? {
    image: new Image(),
    position: data.frame,
    playing: !still && data.autoplay,
  };
  players.set(parentElement, player);
  if (player.data && player.data.frame !== data.frame) {
    // the server asks for a frame
    player.position = data.frame;
    player.playing = false;
  }
  player.data = data;
  player.position = Math.min(player.position, data.count - 1);

  const draw = () => {
    const i = player.position;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(
      player.image,
      (i % data.columns) * data.width,
      Math.floor(i / data.columns) * data.height,
      data.width,
      data.height,
      0,
      0,
      data.width,
      data.height,
    );
    range.value = i;
    label.textContent = data.labels[i];
    range.setAttribute("aria-valuetext", data.labels[i]);
  };
  const show = (playing) => {
    player.playing = playing;
    button.setAttribute("aria-label", playing ? "pause" : "play");
    button.classList.toggle("playing", playing);
    clearInterval(player.timer);
    if (playing)
      player.timer = setInterval(() => {
        advance(player);
        draw();
      }, 1000 / data.fps);
  };

  canvas.width = data.width;
  canvas.height = data.height;
  const room = parentElement.querySelector(".room").clientWidth || data.maxWidth;
  const width = data.width * Math.max(1, Math.floor(Math.min(room, data.maxWidth) / data.width));
  canvas.style.width = `${width}px`;
  parentElement.querySelector(".controls").style.width = `${Math.max(width, 200)}px`;
  range.max = data.count - 1;
  range.oninput = () => {
    show(false);
    player.position = +range.value;
    draw();
  };
  range.onchange = () => setStateValue("frame", player.position);
  button.onclick = () => {
    show(!player.playing);
    if (!player.playing) setStateValue("frame", player.position);
  };
  player.image.onload = draw;
  if (player.image.src !== data.sheet) player.image.src = data.sheet;
  else draw();
  show(player.playing);
  return () => {
    clearInterval(player.timer);
    players.delete(parentElement);
  };
}

function advance(player) {
  const { count, bounce } = player.data;
  if (!bounce || count < 2) {
    player.position = (player.position + 1) % count;
    return;
  }
  if (player.position >= count - 1) player.backwards = true;
  if (player.position <= 0) player.backwards = false;
  player.position += player.backwards ? -1 : 1;
}
