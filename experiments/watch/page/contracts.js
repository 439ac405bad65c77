// Enterprise contracts month by month: first ones signed upwards, those that ended downwards.

import { Picture, levels } from "./picture.js";
import { dateOf } from "./store.js";

const LEFT = 36;
const RIGHT = 10;
const TOP = 6;
const AXIS = 20;

export class Contracts extends Picture {
  // By month: contracts signed by provider, and of those that ended the renewed and the lost ones.
  values() {
    const { store } = this;
    const sum = (amounts) => amounts.reduce((all, amount) => all + amount, 0);
    const of = (key, month) => store.providers.map((_, code) => store.value(key, month, code) || 0);
    const months = Array.from({ length: store.seen }, (_, month) => {
      const signed = of("signings", month);
      const [held, won] = [of("renewals_held", month), of("renewals_won", month)];
      return { signed, held, won, sums: { signed: sum(signed), renewed: sum(won), lost: sum(held) - sum(won) } };
    });
    return { months, shown: months[this.at].sums, rate: store.value("renewal_rate_all", this.at) };
  }

  unit() {
    return this.share ? "share of the month's" : "a month";
  }

  paint(pen, width, height) {
    const { months } = this.data;
    const most = (of) => (this.share ? 1 : Math.max(1, ...months.map(of)));
    const [up, down] = [most(({ sums }) => sums.signed), most(({ sums }) => sums.renewed + sums.lost)];
    const scale = (height - AXIS - TOP) / (up + down);
    const zero = TOP + up * scale;
    const room = (width - LEFT - RIGHT) / this.store.months;
    this.font(pen);
    this.paintLevels(pen, [up, down], [zero, scale, width]);
    this.paintYears(pen, room, height);
    const place = { x: (month) => LEFT + month * room, y: (amount) => zero - amount * scale, wide: Math.max(1, room * 0.86) };
    this.store.providers.forEach((_, code) => this.paintSigned(pen, code, place));
    this.paintEnded(pen, place);
    this.rule(pen, LEFT, zero, width - RIGHT, zero, { colour: this.colours.muted });
    this.paintWords(pen, zero, height);
    const at = place.x(this.at) + place.wide / 2;
    this.rule(pen, at, TOP, at, height - AXIS, { colour: this.colours.muted });
    return months.map((month, index) => ({ x: place.x(index), y: TOP, wide: room, tall: height - AXIS - TOP, code: null, words: this.told(month.sums, index) }));
  }

  told({ signed, renewed, lost }, month) {
    return `${dateOf(this.store.init.run.start, month).words}: ${signed} signed, ${renewed} renewed, ${lost} lost`;
  }

  paintLevels(pen, [up, down], [zero, scale, width]) {
    const marks = [...levels(up, 2).slice(1).map((mark) => [mark, 1]), [0, 1], ...levels(down, 2).slice(1).map((mark) => [mark, -1])];
    for (const [mark, sign] of marks) {
      const y = zero - sign * mark * scale;
      if (mark > (sign > 0 ? up : down) || (mark && Math.abs(y - zero) < 12)) continue;
      this.rule(pen, LEFT, y, width - RIGHT, y);
      this.write(pen, this.share ? `${100 * mark}%` : mark.toLocaleString("en"), LEFT - 5, y, { align: "right" });
    }
  }

  paintYears(pen, room, height) {
    const first = dateOf(this.store.init.run.start, 0);
    for (let month = (12 - first.month) % 12; month < this.store.months; month += this.store.months > 60 ? 24 : 12) {
      this.write(pen, `${dateOf(this.store.init.run.start, month).year}`, LEFT + month * room, height - 7, { align: "center" });
    }
  }

  // What lies above and below is named where hardly any contract is yet.
  paintWords(pen, zero, height) {
    this.backed(pen, "signed", LEFT + 4, TOP + 6);
    if (!this.data.months.some(({ sums }) => sums.renewed + sums.lost)) return;
    const low = height - AXIS - 7;
    this.backed(pen, "renewed", LEFT + 4, low, this.colours.muted);
    this.backed(pen, "lost", LEFT + 10 + pen.measureText("renewed").width, low, this.colours.warn);
  }

  // One shape for all months of a provider, on top of those before it.
  paintSigned(pen, code, { x, y, wide }) {
    pen.globalAlpha = this.strength(code);
    pen.fillStyle = this.colours.fill[code];
    pen.beginPath();
    this.data.months.forEach(({ signed, sums }, month) => {
      if (!signed[code]) return;
      const whole = this.share ? sums.signed : 1;
      const below = signed.slice(0, code).reduce((sum, amount) => sum + amount, 0) / whole;
      const top = y(below + signed[code] / whole);
      pen.rect(x(month), top, wide, y(below) - top);
    });
    pen.fill();
    pen.globalAlpha = 1;
  }

  paintEnded(pen, { x, y, wide }) {
    const parts = [["muted", ({ renewed }) => [0, renewed]], ["warn", ({ renewed, lost }) => [renewed, renewed + lost]]];
    for (const [colour, ends] of parts) {
      pen.fillStyle = this.colours[colour];
      pen.globalAlpha = colour === "warn" ? 0.75 : 0.55;
      pen.beginPath();
      this.data.months.forEach(({ sums }, month) => {
        const whole = this.share ? sums.renewed + sums.lost || 1 : 1;
        const [from, to] = ends(sums).map((amount) => -amount / whole);
        if (to < from) pen.rect(x(month), y(from), wide, y(to) - y(from));
      });
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  sentence() {
    return `${this.title()}, ${this.told(this.values().shown, this.at)}. Last twelve months: ${Math.round(100 * (this.values().rate || 0))} % of the contracts that ended were renewed.`;
  }

  table() {
    const { start } = this.store.init.run;
    const names = this.store.providers.map(({ name }) => name);
    return { head: ["month", "date", ...names.map((name) => `signed with ${name}`), "ended", "renewed"], rows: this.data.months.map(({ signed, sums }, month) => [month, dateOf(start, month).words, ...signed, sums.renewed + sums.lost, sums.renewed]) };
  }
}

export const CONTRACTS = { id: "contracts", title: "Enterprise contracts", unit: "a month", when: "months", size: [640, 400], toggles: [{ key: "share", word: "share", label: "share of the month's contracts" }] };
