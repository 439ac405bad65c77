// The third chart of two runs: B minus A by segment and provider, about a line at zero.

import { LANES, LINE, GAP, PINS, RIGHT, laneOf } from "./river.js";
import { LEFT, fitted, short } from "./scale.js";
import { dateOf } from "./store.js";

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1];
const LEAST_NAMED = 0.0005; // of a share: what rounds to nothing has no name at the end
const SEEN = 1e-12; // of the larger amount: below it two sums differ by rounding
const NEAR = 14; // pixels

export class Difference {
  // sides: of A and B, {store, colours}.
  constructor(holder, sides, actions) {
    Object.assign(this, { holder, sides, actions, measure: "share", hovered: null, cursor: null, held: new Map() });
    this.names = [...new Set(sides.flatMap(({ store }) => store.providers.map(({ name }) => name)))];
    this.codes = sides.map(({ store }) => this.names.map((name) => store.providers.findIndex((each) => each.name === name)));
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-labelledby", "difference-title");
    this.canvas.setAttribute("aria-describedby", "difference-text");
    holder.querySelector("canvas")?.remove();
    holder.prepend(this.canvas);
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => this.leave());
    this.canvas.addEventListener("focus", () => { this.isFocused = this.canvas.matches(":focus-visible"); this.tellAll(); });
    this.canvas.addEventListener("blur", () => { this.isFocused = false; this.leave(); });
    this.resize();
  }

  resize() {
    Object.assign(this, fitted(this.canvas, this.holder));
    this.lane = laneOf(this.height);
    this.draw();
  }

  // Months that both have been through, and all months of the longer one.
  get seen() { return Math.min(...this.sides.map(({ store }) => store.seen)); }
  get months() { return Math.max(...this.sides.map(({ store }) => store.months)); }
  get month() { return Math.min(Math.max(...this.sides.map(({ store }) => store.month)), this.seen); }

  x(month) { return LEFT + (this.width - LEFT - RIGHT) * (this.months > 1 ? month / (this.months - 1) : 0); }
  top(lane) { return PINS + GAP + lane * (this.lane + GAP); }

  amounts(number, key, month, measure) {
    const { store } = this.sides[number];
    const found = measure === "share" ? store.shares(key, month) : store.providers.map((_, code) => store.value(key, month, code) || 0);
    return this.codes[number].map((code) => (code < 0 ? 0 : found[code]));
  }

  // B minus A of each provider in a month, in the order of `names`.
  between(key, month, measure = this.measure) {
    const [a, b] = [0, 1].map((number) => this.amounts(number, key, month, measure));
    return b.map((value, at) => (Math.abs(value - a[at]) <= SEEN * Math.max(Math.abs(value), Math.abs(a[at])) ? 0 : value - a[at]));
  }

  // All months of a lane; those that were worked out before stay.
  lines(key) {
    const known = `${this.measure} ${this.sides.map(({ store }) => store.epoch)}`;
    let held = this.held.get(key);
    if (!held || held.known !== known || held.lines.length > this.seen) held = { known, lines: [], most: 0 };
    this.held.set(key, held);
    for (let month = held.lines.length; month < this.seen; month += 1) {
      const line = this.between(key, month);
      held.lines.push(line);
      held.most = Math.max(held.most, ...line.map(Math.abs));
    }
    return held;
  }

  // One round ceiling for the shares of all segments, so that lanes compare; amounts have their own.
  ceiling(key) {
    if (this.measure === "share") {
      const most = Math.max(...LANES.map(([each]) => this.lines(each).most));
      return STEPS.find((step) => step >= most) ?? 1;
    }
    const { most } = this.lines(key);
    const power = 10 ** Math.floor(Math.log10(most || 1));
    return [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= most) || 1;
  }

  words(value, spaced = false) {
    const sign = value > 0 ? "+" : value < 0 ? "−" : "";
    const size = Math.abs(value);
    if (this.measure !== "share") return `${sign}${short(size)}`;
    if (size < 0.00005) return "0";
    return `${sign}${(size * 100).toFixed(size < 0.00995 ? 2 : 1)}${spaced ? " pp" : ""}`;
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.paint(pen);
    if (this.isFocused) this.tellAll();
  }

  // The same picture in another size, for another pen.
  apart(width, height) {
    return Object.assign(Object.create(this), { width, height, lane: laneOf(height), hovered: null, cursor: null, held: new Map() });
  }

  paint(pen) {
    pen.textBaseline = "middle";
    this.font = getComputedStyle(document.body).fontFamily;
    this.colours = this.sides[0].colours;
    LANES.forEach((lane, place) => this.drawLane(pen, lane, place));
    this.drawYears(pen);
    this.drawCursor(pen);
  }

  drawLane(pen, [key, title, unit], place) {
    const { lines } = this.lines(key);
    const most = this.ceiling(key);
    const [top, end] = [this.top(place), this.x(this.months - 1)];
    const y = (value) => top + (this.lane * (1 - value / most)) / 2;
    pen.textAlign = "left";
    pen.fillStyle = this.colours.ink;
    pen.font = `600 12px ${this.font}`;
    pen.fillText(title, LEFT, top - 10);
    const wide = pen.measureText(title).width;
    pen.fillStyle = this.colours.muted;
    pen.font = `11px ${this.font}`;
    pen.fillText(this.measure === "share" ? "percentage points" : unit, LEFT + wide + 8, top - 10);
    pen.textAlign = "right";
    for (const part of [-1, -0.5, 0, 0.5, 1]) {
      pen.strokeStyle = part ? this.colours.grid : this.colours.muted;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(LEFT, y(part * most));
      pen.lineTo(end, y(part * most));
      pen.stroke();
      if (Math.abs(part) !== 0.5) pen.fillText(part ? this.axis(part * most) : "0", LEFT - 5, y(part * most));
    }
    this.names.forEach((name, at) => {
      if (!lines.some((line) => line[at] !== 0)) return;
      pen.globalAlpha = this.hovered === null || this.hovered === name ? 1 : 0.15;
      pen.strokeStyle = this.colour(at);
      pen.lineWidth = this.hovered === name ? 2.6 : 1.8;
      pen.beginPath();
      lines.forEach((line, month) => pen.lineTo(this.x(month), y(line[at])));
      pen.stroke();
    });
    pen.globalAlpha = 1;
    this.drawNames(pen, lines, y, top);
  }

  axis(value) {
    return this.measure === "share" ? `${value > 0 ? "+" : "−"}${+(Math.abs(value) * 100).toPrecision(3)}` : this.words(value);
  }

  colour(at, letters = false) {
    const number = this.codes[0][at] < 0 ? 1 : 0;
    const { colours } = this.sides[number];
    return (letters ? colours.letters : colours.fill)[this.codes[number][at]];
  }

  // Names with their numbers in the month shown, or in the month under the pointer.
  drawNames(pen, lines, y, top) {
    const month = Math.min(this.cursor ?? this.month - 1, lines.length - 1);
    if (month < 0) return;
    const least = this.measure === "share" ? LEAST_NAMED : 1e-9;
    const named = lines[month].map((value, at) => ({ at, value, y: y(value) })).filter(({ value }) => Math.abs(value) >= least)
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, Math.max(2, Math.floor(this.lane / LINE)))
      .sort((a, b) => a.y - b.y);
    const [low, high] = [top + LINE / 2, top + this.lane - LINE / 2];
    named.forEach((name, i) => { name.y = Math.max(name.y, i ? named[i - 1].y + LINE : low); });
    for (let i = named.length - 1; i >= 0; i -= 1) named[i].y = Math.min(named[i].y, i < named.length - 1 ? named[i + 1].y - LINE : high);
    pen.textAlign = "left";
    pen.font = `600 11px ${this.font}`;
    pen.strokeStyle = this.colours.paper;
    pen.lineWidth = 4;
    for (const { at, value, y: place } of named) {
      pen.globalAlpha = this.hovered === null || this.hovered === this.names[at] ? 1 : 0.35;
      pen.fillStyle = this.colour(at, true);
      const words = `${this.names[at]} ${this.words(value)}`;
      pen.strokeText?.(words, this.x(lines.length - 1) + 6, place); // a halo: the line at zero runs on behind
      pen.fillText(words, this.x(lines.length - 1) + 6, place);
    }
    pen.globalAlpha = 1;
    if (named.length) return;
    pen.fillStyle = this.colours.muted;
    pen.font = `11px ${this.font}`;
    pen.fillText(lines.some((line) => line.some((value) => value !== 0)) ? "no difference" : "none so far", this.x(lines.length - 1) + 6, y(0));
  }

  drawYears(pen) {
    pen.font = `11px ${this.font}`;
    pen.textAlign = "center";
    pen.fillStyle = this.colours.muted;
    const { start } = this.sides[0].store.init.run;
    const first = dateOf(start, 0);
    for (let month = (12 - first.month) % 12; month < this.months; month += this.months > 72 ? 24 : 12) {
      pen.fillText(dateOf(start, month).year, this.x(month), this.height - 7);
    }
  }

  drawCursor(pen) {
    const bottom = this.top(LANES.length - 1) + this.lane;
    for (const [month, ink] of [[this.month - 1, this.colours.ink], [this.cursor ?? -1, this.colours.muted]]) {
      if (month < 0) continue;
      pen.strokeStyle = ink;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(this.x(month), PINS);
      pen.lineTo(this.x(month), bottom);
      pen.stroke();
    }
  }

  // The lane, month and nearest line under the pointer.
  at(px, py) {
    const month = Math.round(((px - LEFT) / (this.width - LEFT - RIGHT)) * (this.months - 1));
    const place = LANES.findIndex((_, lane) => py >= this.top(lane) - 4 && py <= this.top(lane) + this.lane + 4);
    if (place < 0 || month < 0 || month >= this.seen) return null;
    const key = LANES[place][0];
    const most = this.ceiling(key);
    const away = this.lines(key).lines[month].map((value) => Math.abs(this.top(place) + (this.lane * (1 - value / most)) / 2 - py));
    const at = away.indexOf(Math.min(...away));
    return { key, title: LANES[place][1], month, name: away[at] < NEAR && this.lines(key).lines[month][at] !== 0 ? this.names[at] : null };
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const found = this.at(px, py);
    this.actions.cursor(found?.month ?? null);
    this.actions.hover(found?.name ?? null);
    this.tip(found && this.table([[found.key, found.title]], found.month), px, py);
  }

  leave() {
    this.actions.cursor(null);
    this.actions.hover(null);
    this.tip(null);
  }

  // With the keyboard on the chart, the numbers of the month shown in all segments.
  tellAll() {
    if (this.isFocused && this.month) this.tip(this.table(LANES, this.month - 1), LEFT, PINS);
  }

  table(lanes, month) {
    const table = document.createElement("table");
    const add = (cells, tag) => {
      const row = table.insertRow();
      for (const words of cells) row.append(Object.assign(document.createElement(tag), { textContent: words }));
    };
    const one = (value) => (this.measure === "share" ? `${(value * 100).toFixed(1)} %` : short(value));
    for (const [key, title] of lanes) {
      add([`${title}, ${dateOf(this.sides[0].store.init.run.start, month).words}`, "A", "B", "B − A"], "th");
      const [a, b] = [0, 1].map((number) => this.amounts(number, key, month, this.measure));
      const change = this.between(key, month);
      this.names.map((_, at) => at).filter((at) => a[at] > 0.0005 || b[at] > 0.0005).sort((i, j) => Math.abs(change[j]) - Math.abs(change[i]))
        .slice(0, 10).forEach((at) => add([this.names[at], one(a[at]), one(b[at]), this.words(change[at], true) || "0"], "td"));
    }
    return table;
  }

  tip(table, x = 0, y = 0) {
    this.box?.remove();
    this.box = null;
    if (!table) return;
    this.box = Object.assign(document.createElement("div"), { className: "tip numbers" });
    this.box.append(table);
    this.holder.append(this.box);
    const room = [this.holder.clientWidth - this.box.offsetWidth - 4, this.holder.clientHeight - this.box.offsetHeight - 4];
    const left = x + 16 > room[0] ? x - this.box.offsetWidth - 16 : x + 16;
    this.box.style.left = `${Math.max(0, left)}px`;
    this.box.style.top = `${Math.max(0, Math.min(y + 14, room[1]))}px`;
  }

  // Shares of the month shown that the two do not have in common, by segment and provider.
  numbers() {
    if (!this.month) return {};
    return Object.fromEntries(LANES.map(([key]) => {
      const line = this.between(key, this.month - 1, "share");
      return [key, Object.fromEntries(this.names.map((name, at) => [name, line[at]]))];
    }));
  }

  spoken() {
    if (!this.month) return "No month has been run yet.";
    return LANES.map(([key, title]) => {
      const told = this.between(key, this.month - 1).map((value, at) => [value, this.names[at]]).filter(([value]) => Math.abs(value) >= LEAST_NAMED).sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]));
      return `${title}: ${told.map(([value, name]) => `${name} ${this.words(value, true)}`).join(", ") || "no difference"}`;
    }).join(". ");
  }
}
