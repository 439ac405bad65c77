// Line charts with uPlot: one per declaration, a line for each provider or each named series.

import uPlot from "./vendor/uPlot.esm.js";
import { dateOf } from "./store.js";
import { showTip } from "./river.js";
import { short } from "./scale.js";

export const CHARTS = [
  { id: "capability", title: "Capability", unit: "OOM", of: "capability" },
  { id: "price", title: "Price", unit: "$/Mtok, list", of: "price", log: true },
  { id: "revenue", title: "Revenue", unit: "M$ a month", of: "revenue" },
  { id: "concentration", title: "Concentration", unit: "HHI, 0-1", lines: ["hhi_coding", "hhi_enterprise", "hhi_consumer"], low: 0, high: 1 },
  { id: "divergence", title: "Divergence of segments", unit: "0-1", lines: ["divergence"], low: 0 },
  { id: "adoption", title: "Adoption", unit: "share", lines: ["adopted_coding", "adopted_enterprise", "adopted_consumer"], low: 0, high: 1 },
];
const DASHES = [[], [6, 3], [2, 3]];
const HEIGHT = 122; // where the page has not been laid out yet
const LOWEST = 60;
const AXIS = 42;
const YEAR_ROOM = 44; // pixels
const NAMES = 72; // pixels right of the last month, for the names of lines
const LEAST_LOG = 1e-6;
const REFRESH = 160; // ms between pictures of a running market: charts cost more than the rest

export class Chart {
  constructor(holder, spec, store, colours, hover) {
    Object.assign(this, { spec, store, colours, hover, log: Boolean(spec.log), hovered: null, hidden: false });
    this.box = document.createElement("div");
    this.box.className = "chart";
    this.box.dataset.id = spec.id;
    this.box.innerHTML = '<div class="head"><h2></h2><p class="quiet"></p><button aria-pressed="false">log</button></div><div class="stage"></div><p class="spoken"></p>';
    this.box.querySelector("h2").textContent = spec.title;
    Object.assign(this.box.querySelector("p"), { textContent: spec.unit, title: spec.unit });
    this.button = this.box.querySelector("button");
    this.button.setAttribute("aria-label", `${spec.title}: log axis`);
    this.button.hidden = Boolean(spec.lines || spec.linear);
    this.button.addEventListener("click", () => { this.log = !this.log; this.build(); });
    this.stage = this.box.querySelector(".stage");
    holder.append(this.box);
    this.build();
    this.stage.addEventListener("pointerleave", () => { hover(null); showTip(this.stage, `tip-${spec.id}`, 0, 0, ""); });
  }

  codes() {
    return this.store.providers.map((_, code) => code);
  }

  data() {
    const months = Array.from({ length: this.store.months }, (_, month) => month);
    const pad = (line) => { while (line.length < this.store.months) line.push(null); return line; };
    const positive = (line) => (this.log ? line.map((value) => (value > LEAST_LOG ? value : null)) : line);
    const lines = this.spec.of ? this.codes().map((code) => this.store.line(this.spec.of, code)) : this.spec.lines.map((key) => this.store.line(key));
    if (this.spec.all) lines.push(this.store.line(this.spec.all));
    return [months, ...lines.map((line) => pad(positive(line)))];
  }

  // Axes in round steps that only grow, so that they do not jump from month to month.
  range(low, high) {
    const spec = this.spec;
    if (low === null || high === null) return this.log ? [0.1, 10] : [spec.low ?? 0, spec.high ?? 1];
    if (this.log) return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(Math.min(high, spec.highest ?? high) * 1.0001))];
    const least = Math.min(spec.low ?? low, low);
    const most = Math.max(spec.high ?? high, high);
    const power = 10 ** Math.floor(Math.log10(most - least || 1)) / 2;
    return [Math.floor(least / power + 1e-9) * power, Math.ceil(most / power - 1e-9) * power];
  }

  build() {
    this.plot?.destroy();
    this.button.setAttribute("aria-pressed", this.log);
    const { colours, store } = this;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: colours.muted, font, grid: { stroke: colours.grid, width: 1 }, ticks: { show: false } };
    const whole = (_, splits) => (this.log ? splits.map((v) => (Math.abs(Math.log10(v) % 1) < 1e-9 ? v : null)) : splits);
    const line = (label, stroke, dash) => ({ label, stroke, dash, width: 1.6, points: { show: false }, spanGaps: false });
    const series = this.spec.of
      ? this.codes().map((code) => line(store.providers[code].name, colours.fill[code]))
      : this.spec.lines.map((key, at) => line(store.columns.get(key).title, colours.ink, DASHES[at]));
    if (this.spec.all) series.push(line(store.columns.get(this.spec.all).title, colours.ink, DASHES[1]));
    const say = this.spec.say ?? short;
    this.plot = new uPlot({
      ...this.size(),
      padding: [6, this.spec.lines?.length > 1 ? NAMES : 8, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: "months" } },
      legend: { show: false },
      scales: { x: { time: false, range: [0, store.months - 1] }, y: { distr: this.log ? 3 : 1, range: (_, low, high) => this.range(low, high) } },
      axes: [
        { ...axis, size: 24, gap: 7, splits: () => this.years(), values: (_, splits) => splits.map((month) => dateOf(store.init.run.start, month).year) },
        { ...axis, size: this.spec.axis ?? AXIS, gap: 3, space: 26, values: (_, splits) => splits.map((value) => (value === null ? "" : say(value))), filter: whole, grid: { ...axis.grid, filter: whole } },
      ],
      series: [{}, ...series],
      hooks: { draw: [(plot) => { this.names(plot); this.mark(plot); }], setCursor: [(plot) => this.point(plot)] },
    }, this.data(), this.stage);
    this.emphasise(this.hovered);
  }

  // Months of new years, as many as there is room to name.
  years() {
    const { store } = this;
    const first = dateOf(store.init.run.start, 0);
    const room = this.size().width - (this.spec.axis ?? AXIS) - (this.spec.lines?.length > 1 ? NAMES : 0);
    const every = [12, 24, 48, 60, 120, 240].find((months) => (room * months) / store.months >= YEAR_ROOM) ?? store.months;
    const found = [];
    for (let month = (12 - first.month) % 12; month < store.months; month += every) found.push(month);
    return found;
  }

  // New months, or only another month shown; a running market leaves pictures out.
  refresh(isNew, playing) {
    this.stale = this.stale || isNew;
    if (this.hidden) return;
    const now = performance.now();
    if (playing && now - (this.drawn ?? 0) < REFRESH) return;
    this.drawn = now;
    if (this.stale) this.plot.setData(this.data());
    else this.plot.redraw(false);
    this.stale = false;
    if (!playing) this.spoken();
  }

  // The names of lines that are no providers stand at their ends.
  names(plot) {
    if (!this.spec.lines || this.spec.lines.length < 2 || !this.store.seen) return;
    const pen = plot.ctx;
    const scale = devicePixelRatio;
    pen.save();
    pen.font = `${11 * scale}px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = this.colours.muted;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    const last = this.store.seen - 1;
    const spots = this.spec.lines.map((key) => ({ words: this.store.columns.get(key).title.split(" ")[0], y: plot.valToPos(this.store.value(key, last), "y", true) })).filter((spot) => Number.isFinite(spot.y)).sort((a, b) => a.y - b.y);
    spots.forEach((spot, i) => { if (i) spot.y = Math.max(spot.y, spots[i - 1].y + 13 * scale); });
    const low = plot.bbox.top + plot.bbox.height - 5 * scale; // clear of the years
    for (let i = spots.length - 1; i >= 0; i -= 1) spots[i].y = Math.min(spots[i].y, i < spots.length - 1 ? spots[i + 1].y - 13 * scale : low);
    const x = plot.valToPos(last, "x", true);
    for (const { words, y } of spots) {
      pen.fillText(words, x + 5 * scale, y + 4 * scale);
    }
    pen.restore();
  }

  mark(plot) {
    if (!this.store.month) return;
    const x = plot.valToPos(this.store.month - 1, "x", true);
    const pen = plot.ctx;
    pen.save();
    pen.strokeStyle = this.colours.muted;
    pen.lineWidth = devicePixelRatio;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(x, plot.bbox.top);
    pen.lineTo(x, plot.bbox.top + plot.bbox.height);
    pen.stroke();
    pen.restore();
  }

  // The nearest line to the pointer, and its number.
  point(plot) {
    const { idx, left, top } = plot.cursor;
    if (idx === null || idx === undefined || left < 0 || !this.stage.matches(":hover")) return;
    let best = null;
    let least = 18;
    plot.data.slice(1).forEach((line, at) => {
      if (line[idx] === null || line[idx] === undefined) return;
      const distance = Math.abs(plot.valToPos(line[idx], "y") - top);
      if (distance < least) [best, least] = [at, distance];
    });
    const name = best === null ? "" : plot.series[best + 1].label;
    const words = best === null ? "" : `${name}, ${dateOf(this.store.init.run.start, idx).words}: ${(this.spec.say ?? short)(plot.data[best + 1][idx])}`;
    showTip(this.stage, `tip-${this.spec.id}`, left + (this.spec.axis ?? AXIS), top, words);
    if (this.spec.of) this.hover(best === null || best >= this.store.providers.length ? null : best);
  }

  emphasise(code) {
    this.hovered = code;
    if (!this.spec.of) return;
    this.plot.series.forEach((series, at) => {
      if (!at) return;
      series.alpha = code === null || at - 1 === code ? 1 : 0.15;
      series.width = at - 1 === code ? 2.6 : 1.6;
    });
    if (!this.hidden) this.plot.redraw(false);
  }

  size() {
    return { width: Math.max(120, this.stage.clientWidth || 300), height: Math.max(LOWEST, this.stage.clientHeight || HEIGHT) };
  }

  resize() {
    const { width, height } = this.size();
    if (!this.hidden && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
  }

  spoken() {
    if (!this.store.month) return;
    const month = this.store.month - 1;
    const told = this.spec.of
      ? this.codes().map((code) => [this.store.providers[code].name, this.store.value(this.spec.of, month, code)])
      : this.spec.lines.map((key) => [this.store.columns.get(key).title, this.store.value(key, month)]);
    if (this.spec.all) told.push([this.store.columns.get(this.spec.all).title, this.store.value(this.spec.all, month)]);
    this.box.querySelector(".spoken").textContent = told.filter(([, value]) => Number.isFinite(value)).map(([name, value]) => `${name} ${(this.spec.say ?? short)(value)}`).join(", ") || "nobody in this month";
  }
}
