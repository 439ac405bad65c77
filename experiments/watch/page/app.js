// The page: connects, builds the pictures from the first messages, and draws each frame once.

import { Board } from "./board.js";
import { Compare } from "./compare.js";
import { connect } from "./connection.js";
import { Controls } from "./controls.js";
import { awaitDrawer, isWanted, openDrawer } from "./drawers.js";
import { Events } from "./events.js";
import { Legend } from "./legend.js";
import { Network } from "./network.js";
import { notice } from "./notice.js";
import { LETTERS, Pair } from "./pair.js";
import { Parameters } from "./parameters.js";
import { showTip } from "./river.js";
import { Sankey } from "./sankey.js";
import { Search } from "./search.js";
import { isShortcut } from "./shortcut.js";
import { Span } from "./span.js";
import { Story } from "./story.js";
import { dateOf } from "./store.js";
import { save } from "./take.js";
import { offerTakeaways } from "./takeaways.js";
import { applyTheme, toggleTheme } from "./theme.js";

const by = (id) => document.getElementById(id);
const SPOKEN_EVERY = 400; // ms; a reader of the screen needs no sixty texts a second
const page = { store: null, network: null, river: null, charts: [], hovered: null };
const state = { ready: false, frames: 0, month: 0, seen: 0, playing: false, pace: 0, hovered: null, selected: null, measure: "share", log: false, comparison: null, focus: 0, difference: null, notice: "", values: {}, dropped: [], firstFrame: null };
window.__state = state;
let wanted = null; // frames of one month
let spokenAt = 0;
let resizing = 0;

// A market is new; the page is built anew if it looks at it.
function enter(init) {
  if (wanted) send("ack"); // it is of a market that has gone
  wanted = null;
  const isLookedAt = pair.enter(init);
  if (isLookedAt) begin(init);
  if (!init.side) compare.begin(init);
  by("open-compare").hidden = Boolean(init.offline); // a file cannot simulate another market
}

function begin(init) {
  const { store, colours } = pair.sides[init.side ?? 0];
  Object.assign(page, { store, colours, init, network: null, hovered: null });
  Object.assign(state, { hovered: null, selected: null });
  controls.begin(init);
  by("scenario-label").hidden = init.scenarios.length < 2;
  by("scenario").replaceChildren(...init.scenarios.map((name) => new Option(name.replaceAll("_", " "), name, false, name === init.run.name)));
  for (const [name, list] of [["parameters", init.sliders], ["events", init.kinds]]) by(`open-${name}`).hidden = !list.length;
  page.parameters = init.sliders.length ? new Parameters(by("parameters"), init, send) : null;
  page.events = init.kinds.length ? new Events(by("events"), init, send) : null;
  showValues(pair.sides[init.side ?? 0].changes ?? { values: {}, dropped: [] });
  by("lines").replaceChildren();
  page.river = pair.sides[init.side ?? 0].river;
  page.story = new Story(by("story"), store, colours, { inspect, select });
  page.sankey = new Sankey(by("flows"), store, colours, hover);
  page.span = new Span(by("flows"), store, choose);
  page.window = null;
  page.board = new Board(by("lines"), store, colours, hover);
  page.charts = page.board.charts;
  offerTakeaways(page);
  noteNetwork();
  legend.draw(page.store, page.colours);
}

function noteNetwork() {
  const { drawn } = page.init;
  const apart = pair.elsewhere();
  if (apart !== null) {
    by("network-note").textContent = `${apart.toLocaleString("en")} of ${drawn.count.toLocaleString("en")} differ from ${LETTERS[1 - pair.focus]}`;
    return;
  }
  by("network-note").textContent = `${drawn.sampled ? `a sample of ${drawn.count.toLocaleString("en")} of ${drawn.of.toLocaleString("en")} agents: ` : ""}${drawn.developers.toLocaleString("en")} developers ▪, ${drawn.enterprises.toLocaleString("en")} enterprises ●${drawn.everybody ? "; everybody knows everybody" : ""}`;
}

function withGraph(graph) {
  const side = pair.sides[graph.side ?? 0];
  side.graph = graph;
  if ((graph.side ?? 0) === pair.focus) page.network = new Network(by("network"), by("tip"), side.store, side.colours, graph);
}

// Network, charts, stories and sliders are those of one market.
function lookAt(number) {
  if (number === pair.focus || !pair.sides[number]) return;
  pair.look(number);
  const { init, graph } = pair.sides[number];
  begin(init);
  if (graph) withGraph(graph);
  if (page.store.state && pair.last?.length > number) show(pair.last, true);
}

function compared({ told, focus }) {
  const isNew = Boolean(told) && !state.comparison;
  lookAt(told ? focus : 0);
  pair.tell(told);
  state.comparison = told;
  controls.beside(told, pair);
  compare.show(told, state.month);
  if (isNew) closeDrawer();
}

// A frame is drawn with the screen's next picture, and acknowledged then; an unseen page at once.
function take(frame) {
  wanted = pair.collect(frame) ?? wanted;
  if (!wanted) return;
  if (document.hidden) draw();
  else requestAnimationFrame(draw);
}

function draw() {
  if (!wanted) return;
  const frames = wanted;
  wanted = null;
  const isNew = pair.take(frames);
  if (frames[0].focus !== undefined && frames[0].focus !== pair.focus) lookAt(frames[0].focus);
  show(frames, isNew);
  send("ack");
}

function show(frames, isNew) {
  const frame = frames[pair.focus];
  pair.last = frames;
  controls.show(frame, frames);
  page.network?.draw();
  pair.draw();
  for (const chart of page.charts) chart.refresh(isNew, frame.playing);
  legend.draw(page.store, page.colours);
  note(frame);
  keepStory(frame);
}

// A story that is open is that of the month shown, once the market stands still.
function keepStory({ playing, month }) {
  if (playing || by("story").hidden || !state.story || state.story.month === month || state.asked === month) return;
  state.asked = month;
  send("inspect", state.story.who === "provider" ? { provider: state.story.name } : { node: state.story.node });
}

function note(frame) {
  const { store } = page;
  Object.assign(state, { ready: true, month: frame.month, seen: frame.seen, playing: frame.playing, speed: frame.speed, pace: frame.pace, epoch: frame.epoch, moved: frame.movers.length, frames: state.frames + 1, firstFrame: state.firstFrame ?? performance.now() });
  Object.assign(state, { focus: pair.focus, difference: pair.difference?.numbers() ?? null, months: pair.sides.map(({ store }) => store.month) });
  state.date = frame.month ? dateOf(store.init.run.start, frame.month - 1).words : null;
  state.shares = {};
  if (frame.month) {
    for (const key of ["coding", "enterprise", "consumer"]) {
      state.shares[key] = Object.fromEntries(store.shares(key, frame.month - 1).map((share, code) => [store.providers[code].name, share]));
    }
  }
  if (performance.now() - spokenAt > SPOKEN_EVERY || !frame.playing) {
    spokenAt = performance.now();
    by("network-text").textContent = page.network?.spoken() ?? "";
    pair.speak();
    noteNetwork();
  }
}

function hover(code) {
  if (code === page.hovered) return;
  page.hovered = code;
  state.hovered = code === null ? null : page.store.providers[code].name;
  if (page.network) {
    page.network.hovered = code;
    page.network.draw();
  }
  pair.hover(state.hovered);
  for (const chart of page.charts) chart.emphasise(code);
  legend.emphasise(code);
}

// Stories are asked of the session, which has the market.
function ask(who) {
  awaitDrawer("story");
  send("inspect", who);
}

function inspect(node) {
  ask({ node });
}

function select(node) {
  state.selected = node;
  if (page.network) page.network.selected = node;
  page.network?.draw();
}

function told(story) {
  if (!isWanted("story")) return;
  state.story = story;
  state.asked = story.month;
  page.story.show(story);
  openDrawer("story", true);
}

// A window of months that was brushed on the river, or all months seen.
function choose(first, last) {
  page.window = [first, last];
  page.river.window = page.window;
  page.river.draw();
  askForFlows();
  openDrawer("flows", true);
}

function askForFlows() {
  const [first, last] = page.window ?? [0, page.store.seen];
  send("flows", { first, last });
}

function flowed(message) {
  state.flows = message;
  page.sankey.show(message);
  page.span.show(message);
}

function changed(message) {
  const side = message.side ?? 0;
  lookAt(side);
  if (pair.sides[side]) pair.sides[side].changes = message;
  showValues(message);
}

function showValues({ values, dropped }) {
  Object.assign(state, { values, dropped });
  page.parameters?.show(values);
  page.events?.show(dropped);
  const count = Object.keys(values).length;
  const events = dropped.filter(({ kind }) => kind !== "set").length;
  const parts = [[count, "parameter"], [events, "event"]].filter(([number]) => number).map(([number, word]) => `${number} ${word}${number > 1 ? "s" : ""}`);
  if (page.store) page.store.changes = parts.length ? `changed: ${parts.join(", ")}` : "";
  by("changed-count").textContent = count;
  by("changed-count").hidden = !count;
}

function saved({ name, text }) {
  save(name, new Blob([text], { type: "application/yaml" }));
  state.saved = text;
  notice({ text: `${name} is saved: put it beside the config that it extends` });
}

// A story that is closed has nobody selected.
function closeDrawer() {
  if (!by("story").hidden) select(null);
  openDrawer(null);
}

const lost = (reason) => {
  state.lost = true;
  notice({ text: `The connection has ended${reason ? `: ${reason}` : ""}. Reload the page, or start the command again.`, level: "lost" });
};
const send = connect({ init: enter, comparison: compared, graph: withGraph, frame: (frame) => { take(frame); if (!state.ready) arrive(); }, values: changed, story: told, flows: flowed, notice, saved }, lost);
const controls = new Controls(send);
const legend = new Legend(by("legend"), { hover, tell: (name) => ask({ provider: name }) });
const pair = new Pair({ hover, choose, look: (side) => { if (side !== pair.focus) send("focus", { side }); }, arranged: fit });
const compare = new Compare(by("compare"), send);
by("open-compare").addEventListener("click", () => { if (!state.comparison) compare.show(null, state.month); });

const search = new Search(by("search"), () => page.store && Object.assign(page.store, { first: pair.sides[0].init }), {
  agent: (kind, row) => ask({ [kind]: row }),
  provider: (name) => ask({ provider: name }),
  month: (month) => controls.seek(month),
  parameter: (key) => { openDrawer("parameters", true); page.parameters.focus(key); },
  kind: (kind) => { openDrawer("events", true); page.events.choose(kind); },
  scenario: (name) => send("compare", { against: "scenario", name }),
});
by("open-search").addEventListener("click", () => search.open());
window.addEventListener("keydown", (event) => {
  if (/^b$/i.test(event.key) && state.comparison && isShortcut(event)) send("focus", { side: 1 - pair.focus });
});

// What the address asks for is done once, after the first frame.
let arrived = false;
const asked = location.hash;
function arrive() {
  if (arrived) return;
  arrived = true;
  const wish = /compare=(base|scenario|run|fork)(?::([^&]+))?/.exec(asked);
  if (wish) {
    const name = wish[2] && decodeURIComponent(wish[2]);
    if (wish[1] === "fork") send("seek", { month: Number(name) || 0 });
    send("compare", { against: wish[1], name: wish[1] === "fork" ? null : name ?? null });
  }
  if (asked && asked !== "#0") {
    location.hash = asked;
    controls.fromAddress();
  }
}

for (const button of document.querySelectorAll("[data-measure]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-measure]")) other.setAttribute("aria-pressed", other === button);
    state.measure = button.dataset.measure;
    pair.measured(state.measure, state.log);
  });
}
by("river-log").addEventListener("click", () => {
  state.log = !state.log;
  by("river-log").setAttribute("aria-pressed", state.log);
  pair.measured(state.measure, state.log);
});
by("scenario").addEventListener("change", () => send("scenario", { name: by("scenario").value }));
for (const name of ["parameters", "events", "compare", "flows"]) by(`open-${name}`).addEventListener("click", () => openDrawer(name));
by("open-flows").addEventListener("click", () => { if (page.store) askForFlows(); });
document.addEventListener("click", (event) => { if (event.target.matches(".drawer .close")) closeDrawer(); });
window.addEventListener("keydown", (event) => { if (event.key === "Escape") closeDrawer(); });

let repainting = 0;
function repaint() {
  cancelAnimationFrame(repainting);
  repainting = requestAnimationFrame(paint);
}

function paint() {
  if (!page.store) return;
  for (const { colours } of pair.sides) colours.refresh();
  legend.forget();
  page.network?.drawEdges();
  page.network?.draw();
  pair.draw();
  for (const chart of page.charts) chart.build();
  legend.draw(page.store, page.colours);
}
by("theme").addEventListener("click", () => { toggleTheme(by("theme")); repaint(); });
applyTheme(by("theme"));

function fit() {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => {
    // The bar takes two lines on a narrow page; a drawer leaves it and the scrubber free.
    document.documentElement.style.setProperty("--below-bar", `${document.querySelector("main").getBoundingClientRect().top + 4}px`);
    page.network?.resize();
    pair.measured();
    for (const chart of page.charts) chart.resize();
  });
}
new ResizeObserver(fit).observe(document.querySelector("main"));

by("network").addEventListener("pointermove", (event) => {
  if (!page.network) return;
  const node = page.network.nearest(event.offsetX, event.offsetY);
  showTip(by("network").parentElement, "tip-network", event.offsetX, event.offsetY, node === null ? "" : page.network.words(node));
});
by("network").addEventListener("pointerleave", () => showTip(by("network").parentElement, "tip-network", 0, 0, ""));
by("network").addEventListener("click", (event) => {
  const node = page.network?.nearest(event.offsetX, event.offsetY);
  if (node !== null && node !== undefined) inspect(node);
});
