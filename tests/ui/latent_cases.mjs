// Runs the cases of latent_cases.json, in node or a browser: what the modules of `ganlab/ui/web` make of latents
// against what Python makes of them.

export async function run(web, cases) {
  const [{ decode, between }, { placed, mixText }, { makeExplorer }] = await Promise.all(
    ["vectors.js", "stage/placing.js", "stage/explorer.js"].map((name) => import(`${web}/${name}`)),
  );
  const { stage, dim, ways, placings } = cases;
  const wrong = [];
  const check = (name, found, expected) => {
    const near = found.length === expected.length && expected.every((value, i) => Math.abs(value - found[i]) < 1e-5);
    if (!near) wrong.push(`${name}: ${Array.from(found)} instead of ${expected}`);
  };
  for (const { a, b, t, method, expected } of ways) {
    const found = between(new Float32Array(dim), decode(a), decode(b), t, stage.factors, method);
    check(`${method} at ${t}`, found, expected);
  }
  const base = decode(stage.pool.latents);
  const axes = stage.axes.map((axis) => ({ ...axis, direction: decode(axis.direction) }));
  for (const { seed, fixed, expected } of placings) {
    check(JSON.stringify(fixed), placed(base, stage.factors, axes, new Map(fixed)), expected);
    const explorer = makeExplorer({ ...stage, dim, point: { seed, fixed } });
    check(`explorer ${JSON.stringify(fixed)}`, explorer.vector(), expected);
  }
  const mix = mixText("a*b", "c+d", 0.75);
  if (mix !== "a*b*0.250+c+d*0.750") wrong.push(`the mix is written ${mix}`);
  return { ran: ways.length + placings.length, wrong };
}

if (globalThis.process?.argv[1]?.endsWith("latent_cases.mjs")) {
  const { readFileSync } = await import("node:fs");
  const [web, path] = process.argv.slice(2);
  const { ran, wrong } = await run(web, JSON.parse(readFileSync(path, "utf-8")));
  for (const line of wrong) console.error(line);
  console.log(`ran ${ran} cases`);
  process.exitCode = wrong.length ? 1 : 0;
}
