// Modules as texts, for where there are no files to import: a page that is one file, a notebook.

const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

// `modules`: {name: {code, imports: {"./address.js": name}}}, each after what it imports. Returns name => address.
export function linked(modules) {
  const addresses = {};
  for (const [name, { code, imports }] of Object.entries(modules)) {
    const whole = Object.entries(imports).reduce(
      (text, [path, other]) => text.replaceAll(`"${path}"`, `"${addresses[other]}"`),
      code,
    );
    addresses[name] = addressOf(name, whole);
  }
  return addresses;
}

// An address at which the content of a file is found while the page is open.
export function addressOf(name, content) {
  const [, type] = Object.entries(TYPES).find(([end]) => name.endsWith(end)) ?? [];
  return URL.createObjectURL(new Blob([content], { type }));
}

// The bytes that were gzipped.
export async function inflated(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
