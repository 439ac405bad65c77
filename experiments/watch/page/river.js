// The share river: who serves each segment, month by month, with names in the bands and pins above.

import { inMoney } from "./amounts.js";
import { drawLogLane, nearestInLog } from "./logs.js";
import { LEFT, fitted, short } from "./scale.js";
import { dateOf } from "./store.js";

export const LANES = [["coding", "Developers", "spend, M$ a month"], ["enterprise", "Enterprises", "spend, M$ a month"], ["consumer", "Consumers", "users, million"]];
export const RIGHT = 96;
const LEAST_LOG = 0.0001; // of a share: smaller ones have no name, even where they have a line
export const PINS = 46;
export const GAP = 24;
export const LINE = 13;
const LARGE = 0.04; // of the largest round: smaller ones are no pins
const MARKS = { entry: "○", failure: "✕", exit: "✕", acquisition: "⇥", absorbed: "⇥", round: "●", incident: "▲", renegotiation: "◆", down_round: "◆", listing: "★" };
const MODEL = new Set(["release", "contract", "founding", "entry_as_app", "entry_refused", ...Object.keys(MARKS)]);

export class River {
  constructor(holder, store, colours, hover, choose) {
    Object.assign(this, { holder, store, colours, hover, choose, window: null, from: null, log: false, beside: null, cursor: null });
    this.measure = "share";
    this.hovered = null;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-labelledby", `${holder.id}-title`);
    this.canvas.setAttribute("aria-describedby", `${holder.id}-text`);
    holder.append(this.canvas);
    this.pins = [];
    this.held = new Map();
    this.resize();
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerdown", (event) => this.brush(event));
    this.canvas.addEventListener("pointerleave", () => { hover(null); document.getElementById(`tip-${holder.id}`)?.remove(); });
  }

  resize() {
    Object.assign(this, fitted(this.canvas, this.holder));
    this.lane = laneOf(this.height);
    this.draw();
  }

  // The same picture in another size and up to the last month seen, for another pen.
  apart(width, height) {
    const store = Object.assign(Object.create(this.store), { month: this.store.seen });
    return Object.assign(Object.create(this), { width, height, store, lane: laneOf(height), held: new Map(), pins: [], window: null, hovered: null });
  }

  x(month) {
    return LEFT + (this.width - LEFT - RIGHT) * (this.store.months > 1 ? month / (this.store.months - 1) : 0);
  }

  top(lane) {
    return PINS + GAP + lane * (this.lane + GAP);
  }

  // Lower and upper edge of each provider in each month, as parts of the lane.
  bands(key) {
    const { store } = this;
    const most = this.measure === "share" ? 1 : this.ceiling(key);
    const order = store.providers.map((_, code) => code);
    // Months that were drawn before stay as they are, unless the measure or its ceiling changes.
    const held = this.held.get(key);
    const isSame = held && held.epoch === store.epoch && held.measure === this.measure && held.most === most && held.edges.length <= store.seen;
    const edges = isSame ? held.edges : [];
    this.held.set(key, { epoch: store.epoch, measure: this.measure, most, edges });
    for (let month = edges.length; month < store.seen; month += 1) {
      const amounts = this.measure === "share" ? store.shares(key, month) : order.map((code) => store.value(key, month, code) || 0);
      let sum = 0;
      edges.push(order.map((code) => { const low = sum; sum += amounts[code] / most; return [low, sum]; }));
    }
    return { edges, most };
  }

  // A round number above all totals, those of the run beside it too, so that the axis seldom jumps.
  ceiling(key) {
    let most = 0;
    for (const store of [this.store, this.beside?.store]) {
      for (let month = 0; month < (store?.seen ?? 0); month += 1) {
        most = Math.max(most, store.providers.reduce((sum, _, code) => sum + (store.value(key, month, code) || 0), 0));
      }
    }
    const power = 10 ** Math.floor(Math.log10(most || 1));
    return [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= most) || 1;
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.paint(pen);
  }

  paint(pen) {
    pen.textBaseline = "middle";
    this.font = getComputedStyle(document.body).fontFamily;
    LANES.forEach((lane, place) => this.drawLane(pen, lane, place));
    this.drawYears(pen);
    this.drawPins(pen);
    this.drawCursor(pen);
    this.drawWindow(pen);
  }

  drawTitle(pen, title, unit, top) {
    pen.fillStyle = this.colours.ink;
    pen.font = `600 12px ${this.font}`;
    pen.textAlign = "left";
    pen.fillText(title, LEFT, top - 10);
    const wide = pen.measureText(title).width;
    pen.fillStyle = this.colours.muted;
    pen.font = `11px ${this.font}`;
    pen.fillText(this.measure === "share" ? `share of ${unit.split(",")[0]}` : unit, LEFT + wide + 8, top - 10);
  }

  drawLane(pen, [key, title, unit], place) {
    const top = this.top(place);
    this.drawTitle(pen, title, unit, top);
    if (this.log) {
      drawLogLane(this, pen, key, top);
      return;
    }
    const { edges, most } = this.bands(key);
    const y = (part) => top + this.lane * (1 - part);
    pen.textAlign = "right";
    pen.strokeStyle = this.colours.grid;
    for (const part of [0, 0.5, 1]) {
      pen.fillText(this.measure === "share" ? `${part * 100}%` : short(part * most), LEFT - 5, y(part));
      pen.beginPath();
      pen.moveTo(LEFT, y(part));
      pen.lineTo(this.x(this.store.months - 1), y(part));
      pen.stroke();
    }
    if (!edges.length) return;
    this.store.providers.forEach((_, code) => {
      if (!this.store.ever.has(code)) return;
      pen.globalAlpha = this.hovered === null || this.hovered === code ? 1 : 0.18;
      pen.fillStyle = this.colours.fill[code];
      pen.beginPath();
      edges.forEach((month, at) => pen.lineTo(this.x(at), y(month[code][1])));
      for (let at = edges.length - 1; at >= 0; at -= 1) pen.lineTo(this.x(at), y(edges[at][code][0]));
      if (edges.length === 1) pen.rect(this.x(0) - 1, y(edges[0][code][1]), 2, y(edges[0][code][0]) - y(edges[0][code][1]));
      pen.fill();
      pen.strokeStyle = this.colours.paper;
      pen.lineWidth = 0.6;
      pen.stroke();
    });
    pen.globalAlpha = 1;
    this.drawNames(pen, key, edges.length - 1, (at) => edges[at].map(([low, high]) => y((low + high) / 2)), y);
  }

  // Names and shares at the right end of the month shown, spread so that none overlaps.
  drawNames(pen, key, last, places, y) {
    const at = Math.min(Math.max(this.store.month - 1, 0), last);
    const shares = this.store.shares(key, at);
    const named = places(at)
      .map((place, code) => ({ code, y: place, share: shares[code] }))
      .filter((name) => name.share >= (this.log ? LEAST_LOG : 0.012))
      .sort((a, b) => b.share - a.share)
      .slice(0, Math.max(2, Math.floor(this.lane / LINE)))
      .sort((a, b) => a.y - b.y);
    const [low, high] = [y(1) + LINE / 2, y(0) - LINE / 2];
    named.forEach((name, i) => { name.y = Math.max(name.y, i ? named[i - 1].y + LINE : low); });
    for (let i = named.length - 1; i >= 0; i -= 1) named[i].y = Math.min(named[i].y, i < named.length - 1 ? named[i + 1].y - LINE : high);
    pen.textAlign = "left";
    for (const { code, y: place, share } of named) {
      pen.globalAlpha = this.hovered === null || this.hovered === code ? 1 : 0.35;
      pen.fillStyle = this.colours.letters[code];
      pen.font = `600 11px ${this.font}`;
      const words = this.log && share < 0.00995 ? (share * 100).toPrecision(2) : Math.round(share * 100);
      pen.fillText(`${this.store.providers[code].name} ${words}%`, this.x(last) + 6, place);
    }
    pen.globalAlpha = 1;
  }

  drawYears(pen) {
    pen.font = `11px ${this.font}`;
    pen.textAlign = "center";
    pen.fillStyle = this.colours.muted;
    const first = dateOf(this.store.init.run.start, 0);
    const every = this.store.months > 72 ? 24 : 12;
    for (let month = (12 - first.month) % 12; month < this.store.months; month += every) {
      pen.fillText(dateOf(this.store.init.run.start, month).year, this.x(month), this.height - 7);
    }
  }

  // What happened: dated events of the config as lines, then marks in the colour of the provider.
  drawPins(pen) {
    this.pins = [];
    const heights = new Map();
    const largest = Math.max(...this.store.events.filter(({ kind }) => kind === "round").map(({ after }) => after || 0), 0);
    const bottom = this.top(LANES.length - 1) + this.lane;
    for (const event of this.store.events) {
      if (event.kind === "release" || event.kind === "contract") continue;
      const x = this.x(event.month);
      if (!MODEL.has(event.kind)) {
        pen.strokeStyle = this.colours.muted;
        pen.setLineDash([2, 3]);
        pen.beginPath();
        pen.moveTo(x, 12);
        pen.lineTo(x, bottom);
        pen.stroke();
        pen.setLineDash([]);
        this.pins.push({ x, y: 8, event });
        pen.fillStyle = this.colours.ink;
        pen.font = `11px ${this.font}`;
        pen.textAlign = "center";
        pen.fillText("▼", x, 8);
        continue;
      }
      if (event.kind === "round" && !(event.after >= largest * LARGE)) continue;
      if (!(event.kind in MARKS) || (event.kind === "entry" && event.segment !== "coding")) continue;
      const level = heights.get(event.month) || 0;
      if (level > 2) continue;
      heights.set(event.month, level + 1);
      const y = PINS - 4 - level * 10;
      pen.fillStyle = event.provider === null ? this.colours.muted : this.colours.fill[event.provider];
      pen.globalAlpha = this.hovered === null || this.hovered === event.provider ? 1 : 0.2;
      pen.font = `10px ${this.font}`;
      pen.textAlign = "center";
      pen.fillText(MARKS[event.kind], x, y);
      pen.globalAlpha = 1;
      this.pins.push({ x, y, event });
    }
  }

  // The month shown, and the one under the pointer in the chart of the difference.
  drawCursor(pen) {
    for (const [month, ink] of [[this.store.month - 1, this.colours.ink], [this.cursor ?? -1, this.colours.muted]]) {
      if (month < 0) continue;
      pen.strokeStyle = ink;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(this.x(month), PINS);
      pen.lineTo(this.x(month), this.top(LANES.length - 1) + this.lane);
      pen.stroke();
    }
  }

  monthAt(px) {
    const month = Math.round(((px - LEFT) / (this.width - LEFT - RIGHT)) * (this.store.months - 1));
    return Math.max(0, Math.min(this.store.seen - 1, month));
  }

  // A drag chooses a window of months; a click is none.
  brush(event) {
    if (!this.store.seen) return;
    const { left } = this.canvas.getBoundingClientRect();
    const from = this.monthAt(event.clientX - left);
    const ends = (at) => [Math.min(from, at), Math.max(from, at) + 1];
    const move = ({ clientX }) => { this.window = ends(this.monthAt(clientX - left)); this.draw(); };
    const end = ({ clientX }) => {
      window.removeEventListener("pointermove", move);
      const at = this.monthAt(clientX - left);
      this.window = at === from ? null : ends(at);
      if (this.window) this.choose(...this.window);
      this.draw();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
  }

  drawWindow(pen) {
    if (!this.window) return;
    const [x, far] = [this.x(this.window[0]), this.x(this.window[1] - 1)];
    pen.strokeStyle = this.colours.accent;
    pen.lineWidth = 2;
    pen.strokeRect(x, PINS + 2, Math.max(far - x, 2), this.top(LANES.length - 1) + this.lane - PINS);
  }

  // The provider, month and share under the pointer.
  at(px, py) {
    const month = Math.round(((px - LEFT) / (this.width - LEFT - RIGHT)) * (this.store.months - 1));
    for (let place = 0; place < LANES.length; place += 1) {
      const part = 1 - (py - this.top(place)) / this.lane;
      if (part < 0 || part > 1 || month < 0 || month >= this.store.seen) continue;
      const key = LANES[place][0];
      if (this.log) {
        const near = nearestInLog(this, key, month, py - this.top(place));
        return near === null ? null : { code: near, month, key, title: LANES[place][1], share: this.store.shares(key, month)[near] };
      }
      const { edges } = this.bands(key);
      const code = edges[month].findIndex(([low, high]) => part >= low && part < high);
      if (code >= 0) return { code, month, key, title: LANES[place][1], share: this.store.shares(key, month)[code] };
    }
    return null;
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const pin = this.pins.find((each) => Math.hypot(each.x - px, each.y - py) < 7);
    const found = pin ? null : this.at(px, py);
    this.hover(pin ? pin.event.provider : found?.code ?? null);
    let words = "";
    if (pin) words = this.wordsOf(pin.event);
    if (found) words = `${this.store.providers[found.code].name}, ${found.title.toLowerCase()}, ${dateOf(this.store.init.run.start, found.month).words}: ${(found.share * 100).toFixed(1)} %`;
    showTip(this.holder, `tip-${this.holder.id}`, px, py, words);
  }

  wordsOf(event) {
    const who = event.provider === null ? "" : `${this.store.providers[event.provider].name}: `;
    return `${dateOf(this.store.init.run.start, event.month).words} · ${who}${event.kind.replaceAll("_", " ")}${event.detail ? ` (${inMoney(event.detail)})` : ""}`;
  }

  spoken() {
    if (!this.store.seen) return "No month has been run yet.";
    const month = Math.max(this.store.month - 1, 0);
    return LANES.map(([key, title]) => {
      const told = this.store.shares(key, month).map((share, code) => [share, code]).filter(([share]) => share > 0.005).sort((a, b) => b[0] - a[0]);
      return `${title}: ${told.map(([share, code]) => `${this.store.providers[code].name} ${Math.round(share * 100)} %`).join(", ") || "nobody"}`;
    }).join(". ");
  }
}

// Height of each lane in a picture; those of the difference are as high, so that all stand in line.
export function laneOf(height) {
  return Math.max(30, (height - PINS - LANES.length * GAP - 19) / LANES.length);
}

export function showTip(holder, id, x, y, words) {
  let tip = document.getElementById(id);
  if (!words) { tip?.remove(); return; }
  if (!tip) {
    tip = Object.assign(document.createElement("div"), { id, className: "tip" });
    holder.append(tip);
  }
  tip.textContent = words;
  const room = holder.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(0, Math.min(x + 12, room))}px`;
  tip.style.top = `${y + 14}px`;
}
