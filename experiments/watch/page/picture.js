// A chart that is painted on a canvas of its own: its head, its size, hovering, and taking it away.

import { showTip } from "./river.js";

const REFRESH = 160; // ms between pictures of a running market
const SHARPEST = 2;

// A picture says what it shows in `values()`, draws that in `paint(pen, width, height)`, which returns
// places under the pointer ({x, y, wide, tall, code, words}), and tells it in `sentence()`.
export class Picture {
  constructor(holder, spec, context) {
    Object.assign(this, context, { spec, hovered: null, hits: [], hidden: true, drawn: 0, data: {} });
    for (const { key, on } of spec.toggles ?? []) this[key] = Boolean(on);
    this.box = Object.assign(document.createElement("div"), { className: "chart picture" });
    this.box.dataset.id = spec.id;
    this.box.innerHTML = '<div class="head"><h2></h2><p class="quiet"></p></div><div class="stage"><canvas role="img"></canvas></div><p class="spoken"></p>';
    for (const part of ["h2", ".spoken"]) this.box.querySelector(part).id = `${spec.id}-${part.replace(/\W/g, "")}`;
    this.stage = this.box.querySelector(".stage");
    this.canvas = this.box.querySelector("canvas");
    this.canvas.setAttribute("aria-labelledby", `${spec.id}-h2`);
    this.canvas.setAttribute("aria-describedby", `${spec.id}-spoken`);
    this.box.querySelector(".head").append(...(spec.toggles ?? []).map((toggle) => this.toggle(toggle)));
    holder.append(this.box);
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => { this.hover(null); this.tip(0, 0, ""); });
    this.canvas.addEventListener("click", (event) => { const hit = this.hit(event); if (hit && hit.code !== null) this.choose(hit.code); });
  }

  toggle({ key, word, label }) {
    const button = Object.assign(document.createElement("button"), { textContent: word });
    button.dataset.toggle = key;
    button.setAttribute("aria-label", `${this.spec.title}: ${label}`);
    button.setAttribute("aria-pressed", this[key]);
    button.addEventListener("click", () => {
      this[key] = !this[key];
      button.setAttribute("aria-pressed", this[key]);
      this.draw();
    });
    return button;
  }

  title() { return this.spec.title; }

  unit() { return this.spec.unit; }

  // The month at whose end things are shown; -1 before the first.
  get at() { return this.store.month - 1; }

  refresh(isNew, playing) {
    if (this.hidden) return;
    const now = performance.now();
    if (playing && now - this.drawn < REFRESH) return;
    this.drawn = now;
    this.draw();
    if (!playing) this.box.querySelector(".spoken").textContent = this.at < 0 ? "No month has been run yet." : this.sentence();
  }

  draw() {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (this.hidden || !width || !height) return;
    const scale = Math.min(devicePixelRatio || 1, SHARPEST);
    for (const [side, size] of [["width", width], ["height", height]]) {
      const wanted = Math.round(size * scale);
      if (this.canvas[side] !== wanted) this.canvas[side] = wanted;
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.data = this.at < 0 ? {} : this.values();
    this.note(this.spec.id, this.data);
    for (const [part, words] of [["h2", this.title()], [".head p", this.unit()]]) {
      const place = this.box.querySelector(part);
      if (place.textContent !== words) Object.assign(place, { textContent: words, title: words });
    }
    this.hits = this.at < 0 ? [] : this.paint(pen, width, height);
  }

  emphasise(code) {
    this.hovered = code;
    this.draw();
  }

  build() { this.draw(); }

  resize() { this.draw(); }

  // --- Painting ------------------------------------------------------------------------------------

  font(pen, size = 11, weight = "") {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily.replaceAll('"', "'")}`.trim();
  }

  write(pen, words, x, y, { colour = this.colours.muted, align = "left", base = "middle" } = {}) {
    Object.assign(pen, { fillStyle: colour, textAlign: align, textBaseline: base });
    pen.fillText(words, x, y);
  }

  // Words that lie over lines, on a piece of paper of their own.
  backed(pen, words, x, y, colour = this.colours.ink) {
    pen.fillStyle = this.colours.paper;
    pen.globalAlpha = 0.8;
    pen.fillRect(x - 1, y - 6, pen.measureText(words).width + 2, 12);
    pen.globalAlpha = 1;
    this.write(pen, words, x, y, { colour });
  }

  // As much of the words as there is room for.
  cut(pen, words, room) {
    let shown = words;
    while (shown.length > 2 && pen.measureText(shown).width > room) shown = `${shown.slice(0, -2).trimEnd()}…`;
    return shown;
  }

  rule(pen, x, y, far, low, { colour = this.colours.grid, dash = [] } = {}) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(far, low);
    pen.stroke();
    pen.setLineDash([]);
  }

  // How strongly a provider is drawn while another one is lit up.
  strength(code) {
    return this.hovered === null || this.hovered === code ? 1 : 0.22;
  }

  // --- The pointer ---------------------------------------------------------------------------------

  hit(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    return this.hits.find((each) => x >= each.x && x < each.x + each.wide && y >= each.y && y < each.y + each.tall) ?? null;
  }

  point(event) {
    const hit = this.hit(event);
    const { left, top } = this.canvas.getBoundingClientRect();
    this.hover(hit?.code ?? null);
    this.tip(event.clientX - left, event.clientY - top, hit?.words ?? "");
  }

  tip(x, y, words) {
    showTip(this.stage, `tip-${this.spec.id}`, x, y, words);
  }

  takeaway() {
    const chart = this;
    return {
      id: this.spec.id, size: this.spec.size ?? [640, 400], when: this.spec.when ?? "month", store: this.store, colours: this.colours,
      get title() { return chart.title(); },
      get unit() { return chart.unit(); },
      paint: (pen, width, height) => { if (chart.at >= 0) chart.paint(pen, width, height); },
      table: () => chart.table(),
    };
  }
}

// Round levels of an axis from 0 to at least `most`.
export function levels(most, count = 3) {
  const rough = Math.max(most, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => +(at * step).toPrecision(12));
}
