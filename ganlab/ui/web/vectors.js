// Float vectors: as they come from the server, and ways between two of them.

export function decode(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

export function encode(values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

// Writes the vector at time t from a to b into out: arcs for normal factors if `method` is slerp, else lines.
export function between(out, a, b, t, factors, method) {
  for (const { kind, start, size } of factors) {
    const [one, other] = weights(a, b, t, start, size, kind === "normal" && method === "slerp");
    for (let i = start; i < start + size; i++) out[i] = one * a[i] + other * b[i];
  }
  return out;
}

function weights(a, b, t, start, size, arc) {
  if (!arc) return [1 - t, t];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = start; i < start + size; i++) {
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  const lengths = Math.sqrt(aa * bb);
  const angle = Math.acos(Math.max(-1, Math.min(1, lengths ? ab / lengths : 1)));
  if (Math.sin(angle) < 1e-6) return [1 - t, t];
  return [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
}
