// Starts a page that is one file: scripts are texts in it, nets and the runtime gzipped as base64.

const text = (id) => document.querySelector(id).textContent;
const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const linker = URL.createObjectURL(new Blob([text("#link")], { type: "text/javascript" }));
const { addressOf, inflated, linked } = await import(linker);
const { start } = await import(linked(JSON.parse(text("#modules")))["share/page.js"]);
const files = {};
for (const { dataset, textContent } of document.querySelectorAll("[data-file]")) {
  files[dataset.file] = addressOf(dataset.file, await inflated(bytes(textContent)));
}
start(JSON.parse(text("#data")), (name) => files[name]);
