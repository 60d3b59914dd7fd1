// Starts a page that has its files beside it.

import { start } from "./page.js";

const told = JSON.parse(document.querySelector("#data").textContent);
start(told, (name) => new URL(name, document.baseURI).href);
