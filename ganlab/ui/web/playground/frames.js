// Frames as the process of a game writes them: a text, and the numbers that it names.

const KINDS = { surface: Uint8Array };

// `content` is an ArrayBuffer; gives the text's fields, and the numbers under `numbers` by name.
export function unpacked(content) {
  const length = new DataView(content).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  const numbers = {};
  let place = 4 + length;
  for (const [name, count] of Object.entries(told.arrays)) {
    const Kind = KINDS[name] ?? Float32Array;
    numbers[name] = new Kind(content, place, count);
    place += count * Kind.BYTES_PER_ELEMENT;
  }
  return { ...told, numbers };
}
