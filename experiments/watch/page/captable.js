// Who owns providers: a treemap of the holders of one, or of all, each as large as its value.

import { money, percent } from "./amounts.js";
import { contrasting, lifted, mixed } from "./colours.js";
import { Picture } from "./picture.js";
import { squarified } from "./treemap.js";

const KEY = 16;
const HEADING = 14;
const LEAST = 1e-9;
const DEEPEST = 0.12;
const SOFTENED = 0.3;

export class CapTable extends Picture {
  title() {
    return this.chosen() === null ? "Owners" : `Owners of ${this.store.providers[this.chosen()].name}`;
  }

  unit() {
    if (this.chosen() === null) return "area: value of a share";
    const worth = this.store.value("valuation", Math.max(this.at, 0), this.chosen());
    return `area: share${this.at >= 0 && worth > 0 ? ` of ${money(worth)}` : ""}`;
  }

  // Providers with owners, the most valuable first, each with holders, the largest first.
  values() {
    const { store } = this;
    const chosen = this.chosen();
    const found = store.providers.map((_, code) => code).filter((code) => chosen === null || code === chosen).map((code) => ({
      code, name: store.providers[code].name, value: store.value("valuation", this.at, code) || 0,
      holders: store.news.stakes(code, this.at).filter(([, share]) => share > LEAST).map(([holder, share]) => ({ holder, name: this.holder(code, holder), share })).sort((a, b) => b.share - a.share),
    })).filter(({ holders, value }) => holders.length && (chosen !== null || value > 0));
    return { providers: found.sort((a, b) => b.value - a.value) };
  }

  holder(code, at) {
    const { holders, backed } = this.store.init.money;
    const { name, kind } = holders[at];
    return kind === "founders" && backed.includes(code) ? "parent" : name;
  }

  paint(pen, width, height) {
    const { providers } = this.data;
    this.font(pen, 11);
    if (!providers.length) {
      this.write(pen, "nobody owns it in this month", 4, 12);
      return [];
    }
    const room = { x: 0, y: 0, wide: width, tall: height - KEY };
    const places = squarified(providers.map(({ value }) => (providers.length > 1 ? value : 1)), room);
    const hits = providers.flatMap((provider, at) => this.paintProvider(pen, provider, places[at]));
    this.paintKey(pen, height - KEY / 2 + 1, width);
    return hits;
  }

  paintProvider(pen, { code, name, value, holders }, place) {
    const alone = this.data.providers.length === 1 && this.chosen() !== null;
    const headed = !alone && place.tall > 2.2 * HEADING && place.wide > 34;
    const inner = { x: place.x + 1, y: place.y + 1 + (headed ? HEADING : 0), wide: Math.max(0, place.wide - 2), tall: Math.max(0, place.tall - 2 - (headed ? HEADING : 0)) };
    pen.globalAlpha = this.strength(code);
    pen.fillStyle = this.colours.fill[code];
    if (!alone) pen.fillRect(place.x + 0.5, place.y + 0.5, Math.max(0, place.wide - 1), Math.max(0, place.tall - 1));
    if (headed) {
      this.font(pen, 11, "600");
      const words = `${name} ${money(value)}`;
      const shown = pen.measureText(words).width < place.wide - 8 ? words : name;
      if (pen.measureText(shown).width < place.wide - 8) this.write(pen, shown, place.x + 4, place.y + 8, { colour: contrasting(this.colours.fill[code]) });
    }
    const cells = squarified(holders.map(({ share }) => share), inner);
    const hits = holders.map((holder, at) => this.paintHolder(pen, holder, cells[at], { code, name, value }));
    pen.globalAlpha = 1;
    return hits;
  }

  paintHolder(pen, { holder, name, share }, { x, y, wide, tall }, of) {
    const fill = this.fill(holder);
    pen.fillStyle = fill;
    pen.fillRect(x, y, wide, tall);
    pen.strokeStyle = this.colours.paper;
    pen.lineWidth = 0.8;
    pen.strokeRect(x, y, wide, tall);
    this.font(pen, 10.5);
    const colour = contrasting(fill);
    const shown = this.cut(pen, name, wide - 6);
    const isNamed = tall > 15 && shown.length > Math.min(4, name.length - 1) && pen.measureText(shown).width < wide - 5;
    const part = percent(share);
    if (isNamed) this.write(pen, shown, x + 4, y + 9, { colour });
    if (tall > (isNamed ? 28 : 14) && pen.measureText(part).width < wide - 5) this.write(pen, part, x + 4, y + (isNamed ? 22 : 9), { colour });
    const worth = of.value > 0 ? `, worth ${money(share * of.value)}` : "";
    return { x, y, wide, tall, code: of.code, words: `${name}: ${percent(share)} of ${of.name}${worth}` };
  }

  // In the dark, deep colours are lifted off the ground, and light ones do not glare.
  fill(holder) {
    const { colour } = this.store.init.money.holders[holder];
    return this.colours.dark ? mixed(lifted(colour, DEEPEST), this.colours.paper, SOFTENED) : colour;
  }

  // What the colours are, of those kinds that hold anything.
  paintKey(pen, y, width) {
    const { holders } = this.store.init.money;
    const kinds = new Map();
    for (const { holders: own } of this.data.providers) for (const { holder } of own) kinds.set(holders[holder].kind, holder);
    this.font(pen, 10.5);
    let x = 1;
    for (const [kind, holder] of kinds) {
      const words = kind === "other investors" ? "others" : kind;
      const wide = pen.measureText(words).width + 22;
      if (x + wide > width + 8) return;
      pen.fillStyle = this.fill(holder);
      pen.fillRect(x, y - 4, 8, 8);
      this.write(pen, words, x + 11, y);
      x += wide;
    }
  }

  sentence() {
    const told = this.values().providers.map(({ name, value, holders }) => `${name}${value > 0 ? `, worth ${money(value)}` : ""}: ${holders.map((each) => `${each.name} ${percent(each.share)}`).join(", ")}`);
    return `${this.title()}. ${told.join(". ") || "Nobody owns it in this month"}.`;
  }

  table() {
    return { head: ["provider", "holder", "share", "worth (M$)"], rows: this.data.providers.flatMap(({ name, value, holders }) => holders.map((each) => [name, each.name, each.share, each.share * value])) };
  }
}

export const OWNERS = { id: "owners", title: "Owners", unit: "area: value of a share", size: [640, 420] };
