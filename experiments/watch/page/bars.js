// Who can pay: runway and payment pressure of each provider in the month shown, with the levels at
// which it is in distress.

import { plain } from "./amounts.js";
import { Picture } from "./picture.js";

const NAME = 66;
const VALUE = 38;
const HEAD = 15;
const AXIS = 17;
const TALLEST = 20;
const FONT = 11;
const TINTS = { cut: "#e9964a", short: "#c9574b" };
const LEAST = { runway: 1, pressure: 0.01 }; // of logarithmic axes

export class Solvency extends Picture {
  // The two measures: ends of the axis, shaded levels, marks with what they mean, and words.
  sides() {
    const { stressed, distressed, runway_limit: most, runway_short: short } = this.store.init.money;
    const [low, high] = [Math.min(stressed, distressed), Math.max(stressed, distressed)];
    return [
      {
        of: "runway", title: "runway, months of cash", most, bands: [[0, short, "short"]], marks: [[short, "below it, whose round fails asks for a down round"]],
        words: (value) => (value >= most ? `≥${plain(most)}` : plain(value)),
        tell: (value) => (value >= most ? `runway of ${plain(most)} months or more (backed, or burns nothing)` : `runway of ${plain(value)} months at the present burn${value < short ? ", in distress" : ""}`),
      },
      {
        of: "pressure", title: "pressure, dues / means", most: 2 * (high || 1), bands: [[low, high, "cut"], [high, Infinity, "short"]],
        marks: [[low, "spending is cut from here on"], [high, "and most from here on"]],
        words: (value) => (value >= 9.95 ? plain(value) : value.toFixed(2)),
        tell: (value) => `payment pressure ${value.toFixed(2)}: ${value >= high ? "spending is cut most" : value >= low ? "spending is cut" : "healthy"}`,
      },
    ];
  }

  // Providers who decide about money and are there, in their fixed order.
  codes() {
    return this.store.providers.map((_, code) => code).filter((code) => Number.isFinite(this.store.value("pressure", this.at, code)));
  }

  values() {
    const codes = this.codes();
    const of = (key) => Object.fromEntries(codes.map((code) => [this.store.providers[code].name, this.store.value(key, this.at, code)]));
    return { runway: of("runway"), pressure: of("pressure") };
  }

  // Part of the axis of a side up to a value.
  part({ of, most }, value) {
    const part = this.log ? Math.log10(Math.max(value, 1e-12) / LEAST[of]) / Math.log10(most / LEAST[of]) : value / most;
    return Math.max(0, Math.min(1, part));
  }

  paint(pen, width, height) {
    const codes = this.codes();
    const tall = Math.min(TALLEST, (height - HEAD - AXIS) / Math.max(codes.length, 1));
    const low = HEAD + tall * codes.length;
    const wide = (width - NAME) / 2;
    this.font(pen, FONT);
    if (!codes.length) this.write(pen, "nobody has entered yet", NAME, HEAD + 12);
    this.sides().forEach((side, place) => {
      const left = NAME + place * wide;
      const x = (value) => left + (wide - VALUE) * this.part(side, value);
      this.write(pen, side.title, left, 6);
      this.paintBands(pen, side, x, low);
      codes.forEach((code, row) => this.paintBar(pen, side, code, [x, HEAD + (row + 0.5) * tall, tall]));
      this.paintTicks(pen, side, x, low);
    });
    return codes.map((code, row) => this.paintName(pen, code, { x: 0, y: HEAD + row * tall, wide: width, tall }));
  }

  paintName(pen, code, place) {
    const { name } = this.store.providers[code];
    this.font(pen, FONT, this.hovered === code ? "600" : "");
    pen.globalAlpha = this.strength(code);
    this.write(pen, this.cut(pen, name, NAME - 8), NAME - 6, place.y + place.tall / 2, { colour: this.colours.letters[code], align: "right" });
    pen.globalAlpha = 1;
    const told = this.sides().map(({ of, tell }) => [this.store.value(of, this.at, code), tell]).filter(([value]) => Number.isFinite(value)).map(([value, tell]) => tell(value));
    return { ...place, code, words: `${name}: ${told.join("; ")}` };
  }

  paintBands(pen, { bands, marks, most }, x, low) {
    pen.globalAlpha = 0.17;
    for (const [from, to, tint] of bands) {
      pen.fillStyle = TINTS[tint];
      pen.fillRect(x(from), HEAD, x(Math.min(to, most)) - x(from), low - HEAD);
    }
    pen.globalAlpha = 1;
    for (const [value] of marks) this.rule(pen, x(value), HEAD, x(value), low + 3, { colour: this.colours.muted, dash: [2, 2] });
  }

  paintBar(pen, side, code, [x, middle, tall]) {
    const value = this.store.value(side.of, this.at, code);
    if (!Number.isFinite(value)) return;
    const thick = Math.max(4, Math.min(11, tall - 5));
    const zero = x(this.log ? LEAST[side.of] : 0);
    pen.globalAlpha = this.strength(code);
    pen.fillStyle = this.colours.fill[code];
    pen.fillRect(zero, middle - thick / 2, Math.max(x(value) - zero, 1), thick);
    this.font(pen, FONT);
    this.write(pen, side.words(value), x(value) + 4, middle, { colour: this.colours.ink });
    pen.globalAlpha = 1;
  }

  paintTicks(pen, side, x, low) {
    this.font(pen, 10.5);
    const zero = this.log ? LEAST[side.of] : 0;
    this.rule(pen, x(zero), HEAD, x(zero), low, { colour: this.colours.rule });
    let free = -Infinity;
    for (const value of [zero, ...side.marks.map(([mark]) => mark), side.most]) {
      const words = plain(value);
      const half = pen.measureText(words).width / 2;
      if (x(value) - half < free + 4) continue;
      this.write(pen, words, x(value), low + 9, { align: "center" });
      free = x(value) + half;
    }
  }

  sentence() {
    const values = this.values();
    const told = this.sides().map(({ of, title, words, marks }) => {
      const each = Object.entries(values[of]).filter(([, value]) => Number.isFinite(value)).map(([name, value]) => `${name} ${words(value)}`);
      return `${title}: ${each.join(", ") || "nobody"}; ${marks.map(([value, means]) => `${plain(value)}, ${means}`).join("; ")}`;
    });
    return `${told.join(". ")}.`;
  }

  table() {
    const { runway, pressure } = this.values();
    return { head: ["provider", "runway (months)", "payment pressure (dues of a year over means)"], rows: Object.keys(pressure).map((name) => [name, runway[name], pressure[name]]) };
  }
}

export const SOLVENCY = { id: "solvency", title: "Who can pay", unit: "shaded: in distress", size: [680, 340], toggles: [{ key: "log", word: "log", label: "log axes" }] };
