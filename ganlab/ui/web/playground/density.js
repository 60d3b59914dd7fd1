// How dense the generator's points lie on its latent plane: each cell, filled the more, the more points its area holds.

const USUAL = 1; // density, a unit of area, at which a cell has two thirds of its colour
const MOST = 0.55; // of the colour
const LEAST_AREA = 1e-6;

// `plane` are the places where the lines cross, `mass` the share of the noise in each cell, none where it is unknown.
export function paintDensity(context, plane, mass, lines, colour, x, y) {
  const side = lines - 1;
  const at = (place) => [plane[2 * place], plane[2 * place + 1]];
  context.fillStyle = colour;
  for (let cell = 0; cell < mass.length; cell++) {
    const first = Math.floor(cell / side) * lines + (cell % side);
    const corners = [first, first + 1, first + lines + 1, first + lines].map(at);
    context.globalAlpha = MOST * (1 - Math.exp(-mass[cell] / areaOf(corners) / USUAL));
    context.beginPath();
    for (const [across, up] of corners) context.lineTo(x(across), y(up));
    context.fill();
  }
  context.globalAlpha = 1;
}

// Of its two triangles: a cell that is folded over itself has an area, too.
function areaOf([one, two, three, four]) {
  return Math.max(LEAST_AREA, triangle(one, two, three) + triangle(one, three, four));
}

function triangle([ax, ay], [bx, by], [cx, cy]) {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
}
