// Cases of scripts of `ganlab/ui/web` in node, by name, with as little of a browser as they ask for.

const [web, name] = process.argv.slice(2);
const load = (path) => import(`${web}/${path}`);
const wrong = [];
const same = (what, found, expected) => {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value));
  if (one !== other) wrong.push(`${what}: ${one} instead of ${other}`);
};
const settled = () => new Promise((done) => setTimeout(done));

class Node {
  constructor() {
    Object.assign(this, { children: [], dataset: {}, style: {}, attributes: {}, textContent: "", hidden: false });
    this.classList = { toggle() {}, add() {} };
    this.className = this.title = this.type = "";
    this.tabIndex = -1;
    this.onclick = null;
    this.disabled = false;
  }
  append(...more) {
    this.children.push(...more);
  }
  replaceChildren(...more) {
    this.children = more;
    this.textContent = "";
  }
  setAttribute(attribute, value) {
    this.attributes[attribute] = value;
  }
  addEventListener() {}
  getContext() {
    const putImageData = (image) => (this.shown = image.from);
    const drawImage = (image) => (this.shown = image.src);
    return new Proxy({ putImageData, drawImage }, { get: (known, what) => known[what] ?? (() => {}) });
  }
  get words() {
    return [this.textContent, ...this.children.map((one) => one.words ?? one)].join(" ").trim();
  }
}

class Socket {
  static OPEN = 1;
  static made = [];
  constructor() {
    Object.assign(this, { readyState: 1, sent: [] });
    Socket.made.push(this);
  }
  send(text) {
    const { do: what, value } = JSON.parse(text);
    this.sent.push([what, value]);
  }
  tell(told) {
    this.onmessage({ data: JSON.stringify(told) });
  }
  close() {}
}

class Picture {
  static waiting = [];
  decode() {
    [this.naturalWidth, this.naturalHeight] = [2, 2];
    return new Promise((done) => Picture.waiting.push(done));
  }
}

Object.assign(globalThis, {
  document: { createElement: () => new Node(), baseURI: "http://here/playground" },
  WebSocket: Socket,
  Image: Picture,
  ImageData: class {
    constructor(width, height) {
      Object.assign(this, { data: new Uint8ClampedArray(4 * width * height), from: "a net" });
    }
  },
  getComputedStyle: () => ({ color: "rgb(0, 0, 0)" }),
  requestAnimationFrame: () => 0,
  cancelAnimationFrame: () => {},
  window: globalThis,
});

const stored = new Map();
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, text) => stored.set(key, text),
};

async function board(hooks = {}) {
  const { makeBoard } = await load("playground/board.js");
  const all = { layers: () => ({}), speed: () => 5, told() {}, answered() {}, ...hooks };
  const made = makeBoard("live/playground", { seed: 1 }, "", all);
  const [socket] = Socket.made.slice(-1);
  socket.onopen();
  return { made, socket };
}

const GAME = { kind: "game", settings: { judged_together: 1 } };

const CASES = {
  async "a game that became no run"() {
    const { makeRunButton } = await load("playground/as_run.js");
    const asRun = makeRunButton(() => {});
    const { made, socket } = await board({ answered: asRun.answered });
    socket.tell(GAME);
    const [press, words] = asRun.root.children;
    for (const reason of ["the disk is full", "the disk is full"]) {
      press.onclick();
      socket.tell({ kind: "no run", text: reason });
      same("words", words.textContent, `It became no run: ${reason}.`);
      same("whether the button waits", press.disabled, false);
    }
    same("the state of the game", made.state, "there");
    press.onclick();
    socket.onclose({ code: 1006 });
    same("whether the button waits without a server", press.disabled, false);
    made.leave();
  },
  async "a process that is a new one"() {
    const { made, socket } = await board();
    made.play(true);
    socket.tell(GAME);
    same("what it hears", socket.sent.slice(-2), [
      ["speed", 5],
      ["play", true],
    ]);
    made.goOn(); // there is no frame yet
    same("what it hears then", socket.sent.length, 4);
    made.leave();
  },
  async "a game that has ended"() {
    const { made, socket } = await board();
    socket.tell({ kind: "ended", text: "You are no longer logged in." });
    const before = Socket.made.length;
    made.play(true); // before the old socket has closed
    globalThis.setTimeout = (act) => act();
    socket.onclose({ code: 1008 });
    same("connections", Socket.made.length - before, 1);
    same("the state of the game", made.state, "waking");
    made.leave();
  },
  async "points beyond those that there is room for"() {
    const { makeDrawing, written } = await load("playground/drawing.js");
    const [most, learnt] = [500, []];
    const first = written(Array.from({ length: most - 1 }, () => [0, 0]));
    const { root } = makeDrawing(1.25, first, { learn: (text) => learnt.push(text), leave() {} });
    const [canvas, { children }] = root.children;
    const [learn, takeBack] = children[2].children;
    for (let press = 0; press < 3; press++) {
      canvas.onkeydown({ key: " ", preventDefault() {}, stopPropagation() {} });
    }
    takeBack.onclick();
    learn.onclick();
    same("what is learnt after one was taken back", learnt, [first]);
  },
  async "another tab that changes twice what is kept"() {
    const [hears, triggers] = [{}, []];
    const listen = (what, act) => (hears[what] = act);
    Object.assign(globalThis, { addEventListener: listen, removeEventListener() {} });
    Object.assign(document, { addEventListener: listen, removeEventListener() {} });
    globalThis.ResizeObserver = class {
      observe() {}
      disconnect() {}
    };
    const { default: keeper } = await load("keeper.js");
    const parentElement = { querySelector: () => new Node() };
    const setTriggerValue = (what, value) => triggers.push(value);
    const run = (text, heard) => keeper({ data: [{ name: "kept", text, heard }], parentElement, setTriggerValue });
    const elsewhere = (text) => {
      stored.set("kept", text);
      hears.storage({ key: "kept", newValue: text });
    };
    stored.set("kept", "one");
    run(null, 0);
    run("one", triggers.at(-1).mark);
    for (const text of ["", "two"]) elsewhere(text);
    const [, emptied, refilled] = triggers.map(({ mark }) => mark);
    run("", emptied); // the session has heard of the first change alone
    same("what the browser has", stored.get("kept"), "two");
    run("two", refilled);
    same("what it has in the end", stored.get("kept"), "two");
    run("three", refilled); // kept in this tab
    same("what it has of this tab", stored.get("kept"), "three");
    elsewhere("four");
    hears["ganlab-back"](); // the connection had broken
    same("what the session is told once more", triggers.at(-1).text, "four");
  },
  async "pictures that overtake each other"() {
    const { paint, paintFile } = await load("renderer.js");
    const canvas = new Node();
    const files = ["first", "second"].map((address) => paintFile(canvas, address));
    Picture.waiting[1]();
    await settled();
    Picture.waiting[0]();
    await Promise.all(files);
    same("of two files", canvas.shown, "second");
    const late = paintFile(canvas, "third");
    paint(canvas, { data: new Float32Array(4), dims: [1, 1, 2, 2] });
    Picture.waiting[2]();
    await late;
    same("beside a net", canvas.shown, "a net");
  },
};

await CASES[name]();
for (const line of wrong) console.error(line);
process.exit(wrong.length ? 1 : 0);
