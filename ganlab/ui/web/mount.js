// The life of a component: made once in its element, told new data whenever its page runs again, laid out after that
// and when there is more or less room, and left when it goes.

import { watchWidth } from "./elements.js";

// `make(root, tell)` gives {load(data), leave()} and, where the room matters, `layOut()`. The server hears what
// `tell.state(name, value)` and `tell.trigger(name, value)` are given. What is returned has `load` and `leave`.
export function mounted(make, root, tell) {
  const one = make(root, tell);
  const layOut = () => one.layOut?.();
  const endWatching = watchWidth(root, layOut);
  return {
    load(data) {
      one.load(data);
      layOut();
    },
    leave() {
      endWatching();
      one.leave();
    },
  };
}

// The same as Streamlit mounts it: its element with the class `root` is `make`'s.
export function component(make) {
  const all = new WeakMap(); // parentElement => {one, tell}
  return ({ data: [data], parentElement, setStateValue, setTriggerValue }) => {
    if (!all.has(parentElement)) {
      const tell = {};
      all.set(parentElement, { one: mounted(make, parentElement.querySelector(".root"), tell), tell });
    }
    const { one, tell } = all.get(parentElement);
    Object.assign(tell, { state: setStateValue, trigger: setTriggerValue });
    one.load(data);
    return () => {
      one.leave();
      all.delete(parentElement);
    };
  };
}
