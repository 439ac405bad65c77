// The network: edges once to a canvas of their own, then every node in the colour of its provider.

import { NOBODY, dateOf } from "./store.js";

const MARGIN = 10;
const FLASHES = 800; // moves that flash at most; more would be a carpet
const RAYS = 12; // edges along which one of them flashes
const FADED = 0.18; // of a node that is not of the provider under the pointer
const NEAR = 12; // pixels

// A colour over the paper as the word of a pixel: alpha, blue, green, red.
function word(colour, part, paper) {
  const [own, ground] = [colour, paper].map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
  const [r, g, b] = own.map((value, at) => Math.round(part * value + (1 - part) * ground[at]));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

// Places of the pixels of a disc, as steps from its middle.
function disc(radius, width) {
  const reach = Math.max(0, Math.floor(radius));
  const found = [];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) if (x * x + y * y <= radius * radius + 0.3) found.push(y * width + x);
  }
  return Int32Array.from(found);
}

export class Network {
  constructor(canvas, tip, store, colours, graph) {
    Object.assign(this, { canvas, tip, store, colours });
    this.positions = graph.positions;
    this.edges = graph.edges;
    this.firms = store.init.drawn.developers;
    this.count = store.init.drawn.count;
    this.hovered = null;
    this.selected = null;
    this.back = document.createElement("canvas");
    this.sort();
    this.degree = new Uint16Array(this.count);
    for (const end of this.edges) this.degree[end] += 1;
    this.resize();
  }

  // Neighbours of each node, as offsets into one list.
  sort() {
    const { edges, count } = this;
    this.offsets = new Uint32Array(count + 1);
    for (const end of edges) this.offsets[end + 1] += 1;
    for (let node = 0; node < count; node += 1) this.offsets[node + 1] += this.offsets[node];
    const fill = this.offsets.slice();
    this.neighbours = new Uint32Array(edges.length);
    for (let at = 0; at < edges.length; at += 2) {
      this.neighbours[fill[edges[at]]++] = edges[at + 1];
      this.neighbours[fill[edges[at + 1]]++] = edges[at];
    }
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    this.across = box.width;
    this.height = box.height;
    for (const canvas of [this.canvas, this.back]) {
      canvas.width = Math.max(1, Math.round(box.width * this.scale));
      canvas.height = Math.max(1, Math.round(box.height * this.scale));
    }
    const side = Math.min(this.across, this.height) - 2 * MARGIN;
    const wide = Math.min(this.across - 2 * MARGIN, side * 1.35);
    const tall = Math.min(this.height - 2 * MARGIN, side * 1.35);
    this.xs = new Float32Array(this.count);
    this.ys = new Float32Array(this.count);
    for (let node = 0; node < this.count; node += 1) {
      this.xs[node] = this.across / 2 + (this.positions[2 * node] - 0.5) * wide;
      this.ys[node] = this.height / 2 + (this.positions[2 * node + 1] - 0.5) * tall;
    }
    const room = Math.sqrt((wide * tall) / Math.max(this.count, 1));
    this.radius = Math.max(0.9, Math.min(4.5, room * 0.24));
    this.drawEdges();
    this.draw();
  }

  drawEdges() {
    const { xs, ys, edges } = this;
    const pen = this.back.getContext("2d", { willReadFrequently: true });
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.fillStyle = this.colours.paper;
    pen.fillRect(0, 0, this.across, this.height);
    const { between } = this.store.init.drawn;
    const tint = this.colours.dark ? "190,205,235" : "50,62,90";
    // Who knows whom is a veil; who works for whom, and which firms talk, are lines.
    for (const [first, last, ink, wide] of [[0, 2 * between, 900, 0.5], [2 * between, edges.length, 2600, 0.7]]) {
      const strength = Math.max(0.02, Math.min(0.4, ink / (last - first + 1)));
      pen.strokeStyle = `rgba(${tint},${strength})`;
      pen.lineWidth = wide;
      pen.beginPath();
      for (let at = first; at < last; at += 2) {
        pen.moveTo(xs[edges[at]], ys[edges[at]]);
        pen.lineTo(xs[edges[at + 1]], ys[edges[at + 1]]);
      }
      pen.stroke();
    }
    const { width, height } = this.back;
    this.base = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.width = width;
    this.stamps = { developer: disc(this.radius * this.scale * 1.1, width), firm: disc(this.radius * this.scale * 2.1, width) };
  }

  draw() {
    if (!this.store.state || !this.pixels) return;
    const pen = this.canvas.getContext("2d");
    this.stampNodes();
    pen.putImageData(this.image, 0, 0);
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.drawMoves(pen);
    if (this.selected !== null) this.drawSelected(pen);
  }

  // Nodes are stamped into the pixels: twenty thousand squares as paths take ten times as long.
  stampNodes() {
    const { pixels, base, xs, ys, stamps, width } = this;
    const { state, providers } = this.store;
    const { fill, nobody, paper } = this.colours;
    const dim = (code) => this.hovered !== null && this.hovered !== code;
    const inks = providers.map((_, code) => word(fill[code], dim(code) ? FADED : 1, paper));
    inks[NOBODY] = word(nobody, this.hovered === null ? 1 : 2 * FADED, paper);
    pixels.set(base);
    for (let node = 0; node < this.count; node += 1) {
      const ink = inks[state[node]];
      const at = Math.round(ys[node] * this.scale) * width + Math.round(xs[node] * this.scale);
      const stamp = node < this.firms ? stamps.developer : stamps.firm;
      for (const offset of stamp) pixels[at + offset] = ink;
    }
  }

  // A move flashes as a ring in the new colour, and along the edges to neighbours already there.
  drawMoves(pen) {
    const { xs, ys, radius, offsets, neighbours } = this;
    const { state, movers } = this.store;
    if (!movers) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const paths = new Map();
    for (let at = 0; at < Math.min(movers.length, FLASHES); at += 1) {
      const node = movers[at];
      const code = state[node];
      if (this.hovered !== null && this.hovered !== code) continue;
      if (!paths.has(code)) paths.set(code, new Path2D());
      const path = paths.get(code);
      path.moveTo(xs[node] + radius * 2.6, ys[node]);
      path.arc(xs[node], ys[node], radius * 2.6, 0, 6.2832);
      if (calm || code === NOBODY) continue;
      for (let place = offsets[node], left = RAYS; place < offsets[node + 1] && left; place += 1) {
        const other = neighbours[place];
        if (state[other] !== code) continue;
        path.moveTo(xs[node], ys[node]);
        path.lineTo(xs[other], ys[other]);
        left -= 1;
      }
    }
    pen.lineWidth = 1;
    pen.globalAlpha = 0.75;
    for (const [code, path] of paths) {
      pen.strokeStyle = code === NOBODY ? this.colours.muted : this.colours.fill[code];
      pen.stroke(path);
    }
    pen.globalAlpha = 1;
  }

  drawSelected(pen) {
    const { xs, ys, radius, offsets, neighbours, selected } = this;
    pen.strokeStyle = this.colours.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let place = offsets[selected]; place < offsets[selected + 1]; place += 1) {
      pen.moveTo(xs[selected], ys[selected]);
      pen.lineTo(xs[neighbours[place]], ys[neighbours[place]]);
    }
    pen.globalAlpha = 0.5;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(xs[selected], ys[selected], radius * 3 + 3, 0, 6.2832);
    pen.stroke();
  }

  nearest(x, y) {
    let best = null;
    let least = NEAR * NEAR;
    for (let node = 0; node < this.count; node += 1) {
      const distance = (this.xs[node] - x) ** 2 + (this.ys[node] - y) ** 2;
      if (distance < least) [best, least] = [node, distance];
    }
    return best;
  }

  // Who a node is, in words.
  words(node) {
    const code = this.store.state?.[node];
    const who = node < this.firms ? `Developer ${node}` : `Enterprise ${node - this.firms}`;
    return `${who}: ${code === NOBODY || code === undefined ? "nobody yet" : this.store.providers[code].name}`;
  }

  // The picture in words.
  spoken() {
    const { store } = this;
    const counts = new Array(store.providers.length).fill(0);
    let none = 0;
    for (const code of store.state) if (code === NOBODY) none += 1; else counts[code] += 1;
    const told = counts.map((count, code) => [count, code]).filter(([count]) => count).sort((a, b) => b[0] - a[0]);
    const date = store.month ? dateOf(store.init.run.start, store.month - 1).words : "before the first month";
    return `${date}: ${told.map(([count, code]) => `${store.providers[code].name} ${count}`).join(", ")}, none ${none}; ${store.movers.length} moved this month.`;
  }
}
