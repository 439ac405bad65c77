// What is still to be paid for compute: all dues, and how each coming year takes its part, beside revenue.

import { money, plain } from "./amounts.js";
import { Picture, levels } from "./picture.js";

const LEFT = 46;
const TOP = 16;
const AXIS = 18;
const YEAR = 12;

export class Waterfall extends Picture {
  title() {
    return this.chosen() === null ? "Commitments" : `Commitments of ${this.store.providers[this.chosen()].name}`;
  }

  unit() {
    return this.relative ? "dues, in years" : "dues, $";
  }

  codes() {
    const chosen = this.chosen();
    return this.store.providers.map((_, code) => code).filter((code) => (chosen === null || code === chosen) && Number.isFinite(this.store.value("due_0", this.at, code)));
  }

  // M$ by provider: a year of revenue at the rate of this month, and dues of each coming year.
  values() {
    const codes = this.codes();
    const of = (key, factor = 1) => codes.map((code) => factor * (this.store.value(key, this.at, code) || 0));
    const years = Array.from({ length: this.store.init.money.years }, (_, year) => of(`due_${year}`));
    const sum = (amounts) => amounts.reduce((all, amount) => all + amount, 0);
    const revenue = of("revenue", YEAR);
    const dues = codes.map((_, place) => sum(years.map((year) => year[place])));
    return { codes, revenue: sum(revenue), dues: sum(dues), years: years.map(sum), parts: { revenue, dues, years } };
  }

  columns() {
    const { revenue, dues, years, parts } = this.data;
    const last = years.length - 1;
    let left = dues;
    const steps = years.map((amount, year) => {
      const step = { words: year === last ? "later" : `year ${year + 1}`, amount, base: left - amount, parts: parts.years[year] };
      left -= amount;
      return step;
    });
    return [{ words: "revenue", amount: revenue, base: 0, parts: parts.revenue }, { words: "all dues", amount: dues, base: 0, parts: parts.dues }, ...steps];
  }

  say(amount) {
    if (!this.relative) return money(amount);
    return this.data.revenue > 0 ? `${plain(amount / this.data.revenue)}×` : "–";
  }

  paint(pen, width, height) {
    const { revenue, dues, codes } = this.data;
    this.font(pen, 11);
    if (!(dues > 0)) this.write(pen, "nothing is owed for compute", LEFT, TOP + 8);
    const most = Math.max(revenue, dues, 1e-9);
    const scale = this.relative && revenue > 0 ? revenue : 1;
    const marks = levels(most / scale).map((mark) => mark * scale);
    const y = (amount) => height - AXIS - ((height - AXIS - TOP) * amount) / marks.at(-1);
    for (const mark of marks) {
      this.rule(pen, LEFT, y(mark), width, y(mark));
      this.write(pen, mark ? this.say(mark) : "0", LEFT - 5, y(mark), { align: "right" });
    }
    const columns = this.columns();
    const room = (width - LEFT) / columns.length;
    this.paintSteps(pen, columns, room, y);
    const hits = columns.flatMap((column, at) => this.paintColumn(pen, column, [LEFT + at * room, room], y, height));
    this.rule(pen, LEFT, y(revenue), width, y(revenue), { colour: this.colours.ink, dash: [4, 3] });
    columns.forEach((column, at) => this.paintAmount(pen, column, LEFT + (at + 0.5) * room, y));
    return codes.length ? hits : [];
  }

  paintColumn(pen, { words, amount, base, parts }, [x, room], y, height) {
    const { codes } = this.data;
    const wide = Math.min(46, room * 0.68);
    const left = x + (room - wide) / 2;
    let top = base + amount;
    const hits = [];
    codes.forEach((code, place) => {
      const [high, low] = [y(top), y(top - parts[place])];
      pen.globalAlpha = this.strength(code);
      pen.fillStyle = this.colours.fill[code];
      pen.fillRect(left, high, wide, low - high);
      top -= parts[place];
      hits.push({ x: left, y: high, wide, tall: low - high, code, words: `${this.store.providers[code].name}, ${words === "revenue" ? "revenue, 12 times this month's" : words === "all dues" ? words : `dues of ${words}`}: ${money(parts[place])}` });
    });
    pen.globalAlpha = 1;
    this.write(pen, words, x + room / 2, height - 8, { align: "center" });
    return hits;
  }

  paintAmount(pen, { amount, base }, x, y) {
    if (!(amount > 0)) return;
    const said = this.say(amount);
    this.backed(pen, said, x - pen.measureText(said).width / 2, y(base + amount) - 8);
  }

  // Thin lines from the foot of each column to the head of the next one.
  paintSteps(pen, columns, room, y) {
    columns.slice(2).forEach((column, at) => {
      const from = LEFT + (at + 1.5) * room;
      this.rule(pen, from, y(column.base + column.amount), from + room, y(column.base + column.amount), { colour: this.colours.rule });
    });
  }

  sentence() {
    const { revenue, dues, years } = this.values();
    return `${this.title()}: ${money(dues)} still to pay for compute, against a yearly revenue of ${money(revenue)}. By year: ${years.map((amount) => money(amount)).join(", ")}; the last one is whatever comes later.`;
  }

  table() {
    const { codes, parts } = this.data;
    const names = codes.map((code) => this.store.providers[code].name);
    return {
      head: ["provider", "revenue a year (M$)", "all dues (M$)", ...parts.years.map((_, year) => (year === parts.years.length - 1 ? "dues later (M$)" : `dues of year ${year + 1} (M$)`))],
      rows: names.map((name, at) => [name, parts.revenue[at], parts.dues[at], ...parts.years.map((year) => year[at])]),
    };
  }
}

export const WATERFALL = { id: "commitments", title: "Commitments", unit: "dues, $", size: [640, 360], toggles: [{ key: "relative", word: "÷ revenue", label: "over revenue" }] };
