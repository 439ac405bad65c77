// The drawer of moves: who went from whom to whom over a window of months, with the numbers.

import { dateOf } from "./store.js";
import { termsInWords } from "./story.js";

const NAMES = { coding: "Developers", enterprise: "Enterprises", consumer: "Consumers" };
const WIDE = 400;
const TALL = 300;
const BAR = 10;
const SIDE = 84;
const GAP = 5;
const XMLNS = "http://www.w3.org/2000/svg";

export class Sankey {
  constructor(drawer, store, colours, hover) {
    Object.assign(this, { drawer, store, colours, hover, segment: "coding", adoptions: false });
    drawer.innerHTML = '<div class="head"><h2>Moves between providers</h2><button class="close" aria-label="Close">×</button></div><p class="quiet window"></p><div class="row"><select aria-label="Segment"></select><label><input type="checkbox"> with adoptions</label></div><div class="picture"></div><table class="numbers"><thead><tr><th>from</th><th>to</th><th>agents</th><th>why, mean util</th></tr></thead><tbody></tbody></table>';
    const choice = drawer.querySelector("select");
    for (const segment of store.init.segments) choice.append(new Option(NAMES[segment], segment));
    choice.addEventListener("change", () => { this.segment = choice.value; this.draw(); });
    drawer.querySelector("input").addEventListener("change", (event) => { this.adoptions = event.target.checked; this.draw(); });
  }

  show(message) {
    this.message = message;
    this.draw();
  }

  draw() {
    if (!this.message) return;
    this.drawer.querySelector(".window").textContent = this.message.last > this.message.first ? `${this.months()}. Drag over the market shares to choose other months.` : "No month has been run yet.";
    const found = this.chosen();
    this.total = found.reduce((sum, { agents }) => sum + agents, 0);
    this.drawer.querySelector(".picture").replaceChildren(this.picture(found));
    this.drawer.querySelector("tbody").replaceChildren(...found.map((flow) => this.row(flow)));
  }

  months() {
    const { first, last } = this.message;
    const { start } = this.store.init.run;
    return `${dateOf(start, first).words} to ${dateOf(start, last - 1).words}`;
  }

  // Flows of the segment, the largest first.
  chosen() {
    return (this.message?.flows ?? []).filter((flow) => flow.segment === this.segment && (this.adoptions || (flow.from !== null && flow.to !== null))).sort((a, b) => b.agents - a.agents);
  }

  // What the picture shows, in words, and its numbers: means over movers, in util.
  words() {
    return `${NAMES[this.segment]} who moved${this.adoptions ? ", with adoptions" : ""}; agents`;
  }

  table() {
    const terms = Object.keys(this.store.init.terms);
    const { first, last } = this.message ?? {};
    const rows = this.chosen().map((flow) => [first, last - 1, flow.segment, this.name(flow.from), this.name(flow.to), flow.agents, flow.users, ...terms.map((name) => flow.terms[name] ?? 0)]);
    return { head: ["first month", "last month", "segment", "from", "to", "agents", "users (million)", ...terms.map((name) => `${name} (mean util)`)], rows };
  }

  name(code) {
    return code === null ? "nobody" : this.store.providers[code].name;
  }

  row(flow) {
    const row = document.createElement("tr");
    for (const words of [this.name(flow.from), this.name(flow.to), flow.agents, termsInWords(flow.terms)]) row.insertCell().textContent = words;
    return row;
  }

  // Places of one side's providers, in the order of their codes, by agents.
  side(flows, end) {
    const sums = new Map();
    for (const flow of flows) sums.set(flow[end], (sums.get(flow[end]) ?? 0) + flow.agents);
    const codes = [...sums.keys()].sort((a, b) => (a ?? 99) - (b ?? 99));
    const scale = (TALL - GAP * (codes.length - 1)) / Math.max(this.total, 1);
    let y = 0;
    return new Map(codes.map((code) => {
      const place = { y, next: y, tall: sums.get(code) * scale, agents: sums.get(code) };
      y += place.tall + GAP;
      return [code, place];
    }));
  }

  picture(flows) {
    const svg = document.createElementNS(XMLNS, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDE} ${TALL + 4}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", flows.length ? flows.slice(0, 12).map((flow) => `${this.name(flow.from)} to ${this.name(flow.to)}: ${flow.agents}`).join(", ") : "nobody moved");
    const make = (tag, attributes, words) => {
      const node = document.createElementNS(XMLNS, tag);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      if (words !== undefined) node.textContent = words;
      svg.append(node);
      return node;
    };
    if (!flows.length) make("text", { x: WIDE / 2, y: 40, "text-anchor": "middle", "font-size": 12 }, "nobody moved in these months");
    const [left, right] = [this.side(flows, "from"), this.side(flows, "to")];
    const colour = (code) => (code === null ? this.colours.nobody : this.colours.fill[code]);
    for (const flow of flows.slice().sort((a, b) => (a.to ?? 99) - (b.to ?? 99) || (a.from ?? 99) - (b.from ?? 99))) {
      const [from, to] = [left.get(flow.from), right.get(flow.to)];
      const tall = (flow.agents / from.agents) * from.tall;
      const thick = (flow.agents / to.agents) * to.tall;
      const [x, far, middle] = [SIDE + BAR, WIDE - SIDE - BAR, WIDE / 2];
      const [a, b] = [from.next, to.next];
      const path = make("path", { d: `M${x},${a}C${middle},${a} ${middle},${b} ${far},${b}V${b + thick}C${middle},${b + thick} ${middle},${a + tall} ${x},${a + tall}Z`, fill: colour(flow.to), opacity: 0.5 });
      path.append(Object.assign(document.createElementNS(XMLNS, "title"), { textContent: `${this.name(flow.from)} to ${this.name(flow.to)}: ${flow.agents}` }));
      path.addEventListener("pointerenter", () => { path.setAttribute("opacity", 0.9); this.hover(flow.to); });
      path.addEventListener("pointerleave", () => { path.setAttribute("opacity", 0.5); this.hover(null); });
      from.next += tall;
      to.next += thick;
    }
    for (const [places, x, anchor, at] of [[left, SIDE, "end", SIDE - 4], [right, WIDE - SIDE - BAR, "start", WIDE - SIDE + 4]]) {
      const heights = spread([...places.values()].map((place) => place.y + place.tall / 2 + 4), 11, TALL + 3);
      for (const [code, place] of places) {
        make("rect", { x, y: place.y, width: BAR, height: Math.max(place.tall, 0.5), fill: colour(code) });
        make("text", { x: at, y: heights.shift(), "text-anchor": anchor, "font-size": 10.5 }, `${this.name(code)} ${place.agents}`);
      }
    }
    return svg;
  }
}

// Heights moved so that none is nearer than `least` to the one above, and the lowest not below `low`.
function spread(heights, least, low) {
  const found = heights.slice();
  for (let at = 1; at < found.length; at += 1) found[at] = Math.max(found[at], found[at - 1] + least);
  for (let at = found.length - 1; at >= 0; at -= 1) found[at] = Math.min(found[at], at + 1 < found.length ? found[at + 1] - least : low);
  return found;
}
