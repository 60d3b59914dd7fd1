// The nets of a component in the browser; until they are there, and where they cannot be had, pictures that were made
// elsewhere stand.

import { loadNet, loadRuntime } from "./runtime.js";

export const LOADING = "The model is on its way to your browser";

// A function ({nets: [{address, dims}], runtimes, unavailable}, use) that loads the nets, once, and hands them to `use`
// in their order, with a function that says whether they are still the ones that were asked for last. Before it
// returns, the renderer is stopped where others are named: the old ones draw another model's pictures, or read another
// size.
// `tell(why, failed)` hears why there is nothing to draw with; `why` is empty when there is.
export function makeNets(renderer, tell) {
  let wanted;
  return async ({ nets, runtimes, unavailable }, use) => {
    const asked = unavailable || nets.map(({ address }) => address).join();
    const isWanted = () => asked === wanted;
    if (isWanted()) return;
    wanted = asked;
    renderer.stop();
    tell(LOADING, false);
    try {
      if (unavailable) throw new Error(unavailable);
      const runtime = await loadRuntime(runtimes);
      const loaded = await Promise.all(nets.map(({ address, dims }) => loadNet(runtime, address, dims)));
      if (!isWanted()) return;
      await use(loaded, isWanted);
      if (isWanted()) tell("", false);
    } catch (error) {
      if (isWanted()) tell(error.message, true);
    }
  };
}

// The line below pictures that says why they do not follow the hand, as `tell` of `makeNets`. `instead()` is what
// happens instead.
export function makeNotice(element, instead) {
  return (why, failed) => {
    element.textContent = failed ? `${instead()}: ${why}.` : "";
    element.hidden = !failed;
  };
}
