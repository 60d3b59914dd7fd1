// Pictures on canvases, one for each net, all from one latent. Newest request wins, nothing is queued.

export function makeRenderer(canvases, onFrame) {
  let runs = null; // functions latent => tensor, once the nets are loaded
  let wanted = null;
  let busy = false;

  const work = async () => {
    if (busy || !runs) return;
    busy = true;
    try {
      while (wanted && runs) {
        const { latent, since } = wanted;
        const current = runs;
        wanted = null;
        const began = performance.now();
        for (const [i, run] of current.entries()) {
          const image = await run(latent);
          if (runs !== current) break; // other nets came meanwhile, or none: this picture is not theirs
          paint(canvases()[i], image);
        }
        if (runs === current) onFrame({ tookMs: performance.now() - began, waitedMs: performance.now() - since });
      }
    } finally {
      busy = false; // a net that fails once must not stop all later pictures
    }
  };
  return {
    get live() {
      return runs !== null;
    },
    use(loaded) {
      runs = loaded;
      work();
    },
    stop() {
      runs = null;
      wanted = null;
    },
    // `since`: when the hand moved, for the measurement
    draw(latent, since = performance.now()) {
      wanted = { latent, since };
      return work();
    },
  };
}

const awaited = new WeakMap(); // canvas => the picture file that is on its way to it, unless it was painted since
const images = new WeakMap(); // canvas => the ImageData that it is painted from, made once

// A tensor [1, C, H, W] in [-1, 1] onto a canvas of its size, rounded as the server rounds.
export function paint(canvas, { data, dims: [, channels, height, width] }) {
  if (canvas.width !== width || canvas.height !== height || !images.has(canvas)) {
    [canvas.width, canvas.height] = [width, height];
    images.set(canvas, new ImageData(width, height));
  }
  awaited.delete(canvas);
  const image = images.get(canvas);
  const area = width * height;
  const [green, blue] = channels >= 3 ? [area, 2 * area] : [0, 0];
  for (let i = 0; i < area; i++) {
    image.data[4 * i] = (data[i] + 1) * 127.5; // clamped and rounded by the array
    image.data[4 * i + 1] = (data[i + green] + 1) * 127.5;
    image.data[4 * i + 2] = (data[i + blue] + 1) * 127.5;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

export async function paintFile(canvas, address) {
  const picture = new Image();
  awaited.set(canvas, picture);
  picture.src = address;
  await picture.decode();
  if (awaited.get(canvas) !== picture) return;
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  images.delete(canvas);
  canvas.getContext("2d").drawImage(picture, 0, 0);
}
