// What each panel of the page hands out; a chart that comes later brings a `takeaway()` of its own.

import { lineTakeaway } from "./lines.js";
import { LANES } from "./river.js";
import { NOBODY } from "./store.js";
import { monthly, takeable } from "./take.js";
import { paintElement } from "./vector.js";

const DOT = 0.01; // of a length, for what has none is not drawn by every browser
const headOf = (selector) => document.querySelector(`${selector} .head`);

export function offerTakeaways(page) {
  takeable(headOf(".panel.network"), ofNetwork(page));
  takeable(headOf("#flows"), ofMoves(page));
  for (const chart of page.charts) takeable(chart.box.querySelector(".head"), chart.takeaway?.() ?? lineTakeaway(chart));
}

// The rivers of one market or of two, each with its own numbers, and their difference.
export function offerRivers(sides, difference) {
  sides.forEach((side, number) => takeable(headOf(number ? "#panel-b" : ".panel.river"), ofRiver(side)));
  if (difference) takeable(headOf("#panel-difference"), ofDifference(difference));
}

// --- The network ---------------------------------------------------------------------------------

function ofNetwork(page) {
  const { store, colours, init } = page;
  const unit = `${init.drawn.developers.toLocaleString("en")} developers, ${init.drawn.enterprises.toLocaleString("en")} enterprises (larger)${init.drawn.sampled ? `: a sample of ${init.drawn.of.toLocaleString("en")} agents` : ""}`;
  return { id: "network", title: "Who uses whom", unit, when: "month", size: [800, 840], store, colours, paint: (pen, width, height) => paintNetwork(pen, page, width, height), table: () => nodes(page) };
}

// Dots are strokes without length under a round pen: as small a file as there can be.
function paintNetwork(pen, page, width, height) {
  const { network, store, colours } = page;
  const { edges, positions, count, firms } = network;
  const side = height - 70;
  const x = (node) => width / 2 + (positions[2 * node] - 0.5) * side;
  const y = (node) => side / 2 + (positions[2 * node + 1] - 0.5) * side;
  const { between } = store.init.drawn;
  pen.save();
  pen.strokeStyle = colours.muted;
  for (const [first, last, ink, wide] of [[0, 2 * between, 600, 0.4], [2 * between, edges.length, 2200, 0.6]]) {
    pen.globalAlpha = Math.max(0.01, Math.min(0.4, ink / (last - first + 1)));
    pen.lineWidth = wide;
    pen.beginPath();
    for (let at = first; at < last; at += 2) {
      pen.moveTo(x(edges[at]), y(edges[at]));
      pen.lineTo(x(edges[at + 1]), y(edges[at + 1]));
    }
    if (last > first) pen.stroke();
  }
  pen.restore();
  const radius = Math.max(1, Math.min(5, Math.sqrt((side * side) / Math.max(count, 1)) * 0.27));
  for (const [first, last, wide] of [[0, firms, 2 * radius], [firms, count, 4 * radius]]) {
    for (const [code, members] of byCode(store, first, last)) paintDots(pen, members.map((node) => [x(node), y(node)]), [wide, inkOf(colours, code), nameOf(store, code)]);
  }
  paintKey(pen, page, width, height);
}

function byCode(store, first, last) {
  const found = new Map();
  for (let node = first; node < last; node += 1) {
    const code = store.state?.[node] ?? NOBODY;
    if (!found.has(code)) found.set(code, []);
    found.get(code).push(node);
  }
  return [...found].sort(([a], [b]) => b - a); // whoever uses nothing lies below
}

const inkOf = (colours, code) => (code === NOBODY ? colours.nobody : colours.fill[code]);
const nameOf = (store, code) => (code === NOBODY ? "nobody" : store.providers[code].name);

function paintDots(pen, places, [wide, ink, name]) {
  pen.save();
  Object.assign(pen, { strokeStyle: ink, lineWidth: wide, lineCap: "round", label: name });
  pen.beginPath();
  for (const [x, y] of places) {
    pen.moveTo(x, y);
    pen.lineTo(x + DOT, y);
  }
  pen.stroke();
  pen.restore();
}

// Below the network: who is which colour, and the part of drawn agents that use it.
function paintKey(pen, page, width, height) {
  const { store, colours } = page;
  const found = byCode(store, 0, page.network.count).map(([code, members]) => [code, members.length]).sort((a, b) => b[1] - a[1]);
  pen.font = `12px ${getComputedStyle(document.body).fontFamily.replaceAll('"', "'")}`;
  Object.assign(pen, { textAlign: "left", textBaseline: "middle" });
  let [x, y] = [0, height - 36];
  for (const [code, count] of found) {
    const words = `${nameOf(store, code)} ${((100 * count) / page.network.count).toFixed(1)} %`;
    const wide = pen.measureText(words).width + 40;
    if (x + wide > width) [x, y] = [0, y + 22];
    paintDots(pen, [[x + 6, y]], [11, inkOf(colours, code), ""]);
    pen.fillStyle = colours.ink;
    pen.fillText(words, x + 18, y);
    x += wide;
  }
}

// The agents that are drawn, as they are in the month shown: the page keeps no other.
function nodes({ network, store }) {
  const rows = Array.from({ length: network.count }, (_, node) => {
    const code = store.state[node];
    return [store.month, node, node < network.firms ? "developer" : "enterprise", code === NOBODY ? "" : store.providers[code].name, network.positions[2 * node], network.positions[2 * node + 1]];
  });
  return { head: ["months done", "node", "kind", "provider", "x (0-1)", "y (0-1)"], rows };
}

// --- The share river -----------------------------------------------------------------------------

function ofRiver({ river, store, colours }) {
  const unit = () => (river.measure === "share" ? "shares of developers' and enterprises' spend and of consumers" : "spend in M$ a month, consumers in million");
  return {
    id: "shares", title: "Market shares", get unit() { return unit(); }, size: [900, 640], store, colours,
    paint: (pen, width, height) => river.apart(width, height).paint(pen),
    table: () => monthly(store, LANES.flatMap(([key, title, words]) => [...store.ever].sort((a, b) => a - b).flatMap((code) => columnsOf(store, key, code, [title, words])))),
  };
}

function ofDifference(difference) {
  const [, { store, colours }] = difference.sides;
  const unit = () => (difference.measure === "share" ? "percentage points of developers' and enterprises' spend and of consumers" : "spend in M$ a month, consumers in million");
  return {
    id: "difference", title: `B minus A: ${difference.sides.map(({ store: { init: { run } } }) => `${run.name} (seed ${run.seed})`).reverse().join(" minus ")}`, get unit() { return unit(); }, size: [900, 640], store, colours,
    paint: (pen, width, height) => difference.apart(width, height).paint(pen),
    table: () => monthly(store, LANES.flatMap(([key, title, words]) => difference.names.flatMap((name, at) => ["share", "absolute"].map((measure) => [
      `${title}: ${name} (${measure === "share" ? "B - A, part of all" : `B - A, ${words}`})`,
      Array.from({ length: difference.seen }, (_, month) => difference.between(key, month, measure)[at]),
    ])))),
  };
}

function columnsOf(store, key, code, [title, unit]) {
  const months = Array.from({ length: store.seen }, (_, month) => month);
  const { name } = store.providers[code];
  return [
    [`${title}: ${name} (${unit})`, months.map((month) => store.value(key, month, code))],
    [`${title}: ${name} (share)`, months.map((month) => store.shares(key, month)[code])],
  ];
}

// --- Moves between providers ---------------------------------------------------------------------

function ofMoves({ sankey, store, colours }) {
  return {
    id: "moves", title: "Moves between providers", get unit() { return sankey.words(); }, get dates() { return sankey.message ? sankey.months() : ""; }, size: [600, 460], store, colours,
    paint: (pen, width) => {
      const svg = sankey.drawer.querySelector(".picture svg");
      if (!svg) return;
      const scale = width / svg.viewBox.baseVal.width;
      pen.scale(scale, scale);
      paintElement(pen, svg, colours.ink);
    },
    table: () => sankey.table(),
  };
}
