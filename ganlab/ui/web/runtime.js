// The ONNX runtime and the nets that it has loaded; both outlive a stage, so that another page finds them ready.

const MOST_NETS = 24;
const runtimes = new Map(); // script address => promise of the runtime
const nets = new Map(); // net address => promise of a session, the least recently used first

// The first runtime that loads, of [{script, wasm, script_digest, wasm_digest}]. Rejects with words for people when
// none does.
export async function loadRuntime(candidates) {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  for (const candidate of candidates) {
    const { script } = candidate;
    if (!runtimes.has(script)) runtimes.set(script, startRuntime(candidate));
    try {
      return await runtimes.get(script);
    } catch {
      runtimes.delete(script); // the next one may be reachable
    }
  }
  throw new Error("the ONNX runtime could not be loaded");
}

async function startRuntime({ script, wasm, script_digest, wasm_digest }) {
  const runtime = await (script_digest ? importChecked(script, script_digest) : import(absolute(script)));
  runtime.env.wasm.numThreads = 1; // more need headers that keep other pages' pictures out
  if (wasm_digest) runtime.env.wasm.wasmBinary = await (await fetchChecked(wasm, wasm_digest)).arrayBuffer();
  else runtime.env.wasm.wasmPaths = { wasm: absolute(wasm) }; // a folder would make it ask for a script that it has
  return runtime;
}

// `import` itself cannot be told a digest.
async function importChecked(address, integrity) {
  const code = await (await fetchChecked(address, integrity)).text();
  const blob = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(blob);
  } finally {
    URL.revokeObjectURL(blob);
  }
}

// Another server's file; the browser rejects one that has another digest.
async function fetchChecked(address, integrity) {
  const answer = await fetch(address, { integrity, mode: "cors", credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return answer;
}

// A function Float32Array => {data, dims} that runs the net at an address; rejects when it cannot be loaded.
export async function loadNet(runtime, address, dims) {
  const known = nets.get(address) ?? openNet(runtime, absolute(address));
  nets.delete(address);
  nets.set(address, known);
  if (nets.size > MOST_NETS) forget(nets.keys().next().value);
  let session;
  try {
    session = await known;
  } catch (error) {
    nets.delete(address);
    throw error;
  }
  const [input, output] = [session.inputNames[0], session.outputNames[0]];
  return async (values) =>
    (await session.run({ [input]: new runtime.Tensor("float32", values, [1, ...dims]) }))[output];
}

// A session's weights lie in the runtime's memory, which nothing else empties.
function forget(address) {
  const failed = () => {}; // it holds no memory
  nets.get(address).then((session) => session.release(), failed);
  nets.delete(address);
}

async function openNet(runtime, address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("the model could not be fetched");
  return runtime.InferenceSession.create(new Uint8Array(await answer.arrayBuffer()), { executionProviders: ["wasm"] });
}

// A whole address as it is; others count from the app's root, which may lie below the server's: every page is one name
// below it.
function absolute(address) {
  if (/^[a-z]+:/.test(address)) return address;
  return new URL(address.replace(/^\//, ""), new URL("./", document.baseURI)).href;
}
