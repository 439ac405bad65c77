// The page: connects, builds the pictures from the first messages, and draws each frame once.

import { Board } from "./board.js";
import { Colours } from "./colours.js";
import { connect } from "./connection.js";
import { Controls } from "./controls.js";
import { Events } from "./events.js";
import { Network } from "./network.js";
import { Parameters } from "./parameters.js";
import { River, showTip } from "./river.js";
import { Sankey } from "./sankey.js";
import { Story } from "./story.js";
import { Store, dateOf } from "./store.js";
import { save } from "./take.js";
import { offerTakeaways } from "./takeaways.js";
import { applyTheme, toggleTheme } from "./theme.js";

const by = (id) => document.getElementById(id);
const SPOKEN_EVERY = 400; // ms; a reader of the screen needs no sixty texts a second
const page = { store: null, network: null, river: null, charts: [], parts: [], hovered: null };
const state = { ready: false, frames: 0, month: 0, seen: 0, playing: false, pace: 0, hovered: null, selected: null, measure: "share", notice: "", values: {}, dropped: [], firstFrame: null };
window.__state = state;
let wanted = null;
let spokenAt = 0;

function begin(init) {
  const store = new Store(init);
  const colours = new Colours(init.providers);
  Object.assign(page, { store, colours, init, network: null, hovered: null });
  Object.assign(state, { hovered: null, selected: null });
  controls.begin(init);
  by("scenario-label").hidden = init.scenarios.length < 2;
  by("scenario").replaceChildren(...init.scenarios.map((name) => new Option(name.replaceAll("_", " "), name, false, name === init.run.name)));
  for (const [name, list] of [["parameters", init.sliders], ["events", init.kinds]]) by(`open-${name}`).hidden = !list.length;
  page.parameters = init.sliders.length ? new Parameters(by("parameters"), init, send) : null;
  page.events = init.kinds.length ? new Events(by("events"), init, send) : null;
  showValues({ values: {}, dropped: [] });
  by("lines").replaceChildren();
  by("river").replaceChildren();
  page.river = new River(by("river"), store, colours, hover, choose);
  page.river.measure = state.measure;
  page.story = new Story(by("story"), store, colours, { inspect, select });
  page.sankey = new Sankey(by("flows"), store, colours, hover);
  page.window = null;
  page.board = new Board(by("lines"), store, colours, hover);
  page.charts = page.board.charts;
  offerTakeaways(page);
  const { drawn } = init;
  by("network-note").textContent = `${drawn.sampled ? `a sample of ${drawn.count.toLocaleString("en")} of ${drawn.of.toLocaleString("en")} agents: ` : ""}${drawn.developers.toLocaleString("en")} developers ▪, ${drawn.enterprises.toLocaleString("en")} enterprises ●${drawn.everybody ? "; everybody knows everybody" : ""}`;
  legend();
}

function withGraph(graph) {
  page.network = new Network(by("network"), by("tip"), page.store, page.colours, graph);
}

// A frame is drawn with the screen's next picture, and acknowledged then; an unseen page at once.
function take(frame) {
  wanted = frame;
  if (document.hidden) draw();
  else requestAnimationFrame(draw);
}

function draw() {
  if (!wanted) return;
  const frame = wanted;
  wanted = null;
  const before = page.store.seen;
  const isNew = page.store.take(frame) || page.store.seen !== before;
  controls.show(frame);
  page.network?.draw();
  page.river.draw();
  for (const chart of page.charts) chart.refresh(isNew, frame.playing);
  legend();
  note(frame);
  send("ack");
}

function note(frame) {
  const { store } = page;
  Object.assign(state, { ready: true, month: frame.month, seen: frame.seen, playing: frame.playing, speed: frame.speed, pace: frame.pace, epoch: frame.epoch, moved: frame.movers.length, frames: state.frames + 1, firstFrame: state.firstFrame ?? performance.now() });
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
    by("river-text").textContent = page.river.spoken();
  }
}

// Names with the number of drawn agents; a hover lights a provider up in every picture.
function legend() {
  const { store, colours } = page;
  const counts = new Array(store.providers.length).fill(0);
  for (const code of store.state ?? []) if (code < counts.length) counts[code] += 1;
  const holder = by("legend");
  const there = store.providers.map((_, code) => code).filter((code) => store.ever.has(code) || counts[code]);
  const key = there.join() + colours.dark;
  if (holder.dataset.key !== key) {
    holder.dataset.key = key;
    holder.replaceChildren(...there.map((code) => {
      const button = document.createElement("button");
      button.innerHTML = '<i></i><span></span><span class="numbers"></span>';
      button.dataset.code = code;
      button.querySelector("i").style.background = colours.fill[code];
      button.querySelector("span").textContent = store.providers[code].name;
      button.title = "Its story";
      button.addEventListener("click", () => send("inspect", { provider: store.providers[code].name }));
      for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => hover(code));
      for (const name of ["pointerleave", "blur"]) button.addEventListener(name, () => hover(null));
      return button;
    }));
  }
  for (const button of holder.children) {
    const part = store.state ? counts[button.dataset.code] / store.state.length : 0;
    button.querySelector(".numbers").textContent = `${Math.round(part * 100)}%`;
  }
}

function hover(code) {
  if (code === page.hovered) return;
  page.hovered = code;
  state.hovered = code === null ? null : page.store.providers[code].name;
  for (const picture of [page.network, page.river]) {
    if (!picture) continue;
    picture.hovered = code;
    picture.draw();
  }
  for (const chart of page.charts) chart.emphasise(code);
  for (const button of by("legend").children) button.classList.toggle("dimmed", code !== null && Number(button.dataset.code) !== code);
}

// Stories are asked of the session, which has the market.
function inspect(node) {
  send("inspect", { node });
}

function select(node) {
  state.selected = node;
  if (page.network) page.network.selected = node;
  page.network?.draw();
}

function told(story) {
  state.story = story;
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

let noticeTimer = 0;
function notice({ text, level = "info" }) {
  state.notice = text;
  by("notice").textContent = text;
  by("notice").dataset.level = level;
  by("notice").hidden = false;
  clearTimeout(noticeTimer);
  if (level !== "lost") noticeTimer = setTimeout(() => { by("notice").hidden = true; }, 9000);
}

function saved({ name, text }) {
  save(name, new Blob([text], { type: "application/yaml" }));
  state.saved = text;
  notice({ text: `${name} is saved: put it beside the config that it extends` });
}

function openDrawer(name, stays = false) {
  if (name === null && !by("story").hidden) select(null);
  for (const other of ["parameters", "events", "flows", "story"]) {
    const shown = other === name && (stays || by(other).hidden);
    by(other).hidden = !shown;
    by(`open-${other}`)?.setAttribute("aria-expanded", shown);
  }
}

const lost = (reason) => {
  state.lost = true;
  notice({ text: `The connection has ended${reason ? `: ${reason}` : ""}. Reload the page, or start the command again.`, level: "lost" });
};
const send = connect({ init: begin, graph: withGraph, frame: (frame) => { take(frame); if (!state.ready) arrive(); }, values: showValues, story: told, flows: flowed, notice, saved }, lost);
const controls = new Controls(send);

// What the address asks for is done once, after the first frame.
let arrived = false;
const asked = location.hash;
function arrive() {
  if (arrived) return;
  arrived = true;
  if (asked && asked !== "#0") {
    location.hash = asked;
    controls.fromAddress();
  }
}

for (const button of document.querySelectorAll("[data-measure]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-measure]")) other.setAttribute("aria-pressed", other === button);
    state.measure = button.dataset.measure;
    if (page.river) page.river.measure = state.measure;
    page.river?.draw();
  });
}
by("scenario").addEventListener("change", () => send("scenario", { name: by("scenario").value }));
for (const name of ["parameters", "events", "flows"]) by(`open-${name}`).addEventListener("click", () => openDrawer(name));
by("open-flows").addEventListener("click", () => { if (page.store) askForFlows(); });
document.addEventListener("click", (event) => { if (event.target.matches(".drawer .close")) openDrawer(null); });
window.addEventListener("keydown", (event) => { if (event.key === "Escape") openDrawer(null); });

let repainting = 0;
function repaint() {
  cancelAnimationFrame(repainting);
  repainting = requestAnimationFrame(paint);
}

function paint() {
  if (!page.store) return;
  page.colours.refresh();
  by("legend").dataset.key = "";
  page.network?.drawEdges();
  page.network?.draw();
  page.river.draw();
  for (const chart of page.charts) chart.build();
  legend();
}
by("theme").addEventListener("click", () => { toggleTheme(by("theme")); repaint(); });
applyTheme(by("theme"));

let resizing = 0;
new ResizeObserver(() => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => {
    // The bar takes two lines on a narrow page; a drawer leaves it and the scrubber free.
    document.documentElement.style.setProperty("--below-bar", `${document.querySelector("main").getBoundingClientRect().top + 4}px`);
    page.network?.resize();
    page.river?.resize();
    for (const chart of page.charts) chart.resize();
  });
}).observe(document.querySelector("main"));

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
