// A stage in a notebook: modules, nets and the runtime come from Python, so that no other server is asked.

async function render({ model, el }) {
  const modules = model.get("_modules");
  const linker = URL.createObjectURL(new Blob([modules["link.js"].code], { type: "text/javascript" }));
  const { addressOf, inflated, linked } = await import(linker);
  const { start } = await import(linked(modules)["share/notebook.js"]);
  const files = {};
  for (const [name, bytes] of Object.entries(model.get("_files"))) files[name] = addressOf(name, await inflated(bytes));
  return start({ model, el, files });
}

export default { render };
