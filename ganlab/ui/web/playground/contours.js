// Contours of a density that is known in the cells of a square, by marching squares.

const LEVELS = [0.08, 0.3, 0.65]; // shares of the largest density
const SIDES = { top: [0, 0, 1, 0], right: [1, 0, 1, 1], bottom: [0, 1, 1, 1], left: [0, 0, 0, 1] }; // corner to corner
const known = new WeakMap(); // density => its contours

// Lines [left, top, right, bottom] in shares of the square's side. `density` is row by row from above.
export function contoursOf(density, side) {
  if (!known.has(density)) {
    const most = density.reduce((best, one) => Math.max(best, one), 0);
    known.set(
      density,
      LEVELS.flatMap((level) => linesAt(density, side, level * most)),
    );
  }
  return known.get(density);
}

function linesAt(density, side, level) {
  const lines = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const at = (across, down) => density[(row + down) * side + column + across];
      const crossed = Object.values(SIDES).flatMap((corners) => {
        const [one, other] = [at(corners[0], corners[1]), at(corners[2], corners[3])];
        if (one > level === other > level) return [];
        const share = (level - one) / (other - one);
        const across = corners[0] + share * (corners[2] - corners[0]);
        const down = corners[1] + share * (corners[3] - corners[1]);
        return [[(column + across + 0.5) / side, (row + down + 0.5) / side]]; // densities are of the cells' middles
      });
      for (let i = 0; i + 1 < crossed.length; i += 2) lines.push([...crossed[i], ...crossed[i + 1]]);
    }
  return lines;
}
