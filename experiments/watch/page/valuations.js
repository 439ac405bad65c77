// What providers are worth, month by month, with a dot for each round at its value after money.

import { money } from "./amounts.js";
import { Chart } from "./charts.js";
import { dateOf } from "./store.js";
import { showTip } from "./river.js";

const DOT = 3.2;
const NEAR = 7;

export const VALUATIONS = { id: "valuations", title: "Valuations", unit: "$; dots: rounds, after money", of: "valuation", log: true, say: money, axis: 48 };

export class Valuations extends Chart {
  range(low, high) {
    const paid = this.store.news.rounds.map((each) => each.post_money);
    return low === null ? super.range(low, high) : super.range(Math.min(low, ...paid), Math.max(high, ...paid));
  }

  mark(plot) {
    super.mark(plot);
    const place = { x: (month) => plot.valToPos(month, "x", true), y: (value) => plot.valToPos(value, "y", true) };
    this.over(plot.ctx, place, devicePixelRatio);
  }

  // A dot for each round, over the lines.
  over(pen, place, scale = 1) {
    pen.save();
    pen.strokeStyle = this.colours.paper;
    pen.lineWidth = scale;
    pen.setLineDash([]);
    for (const { month, provider, post_money: worth } of this.store.news.rounds) {
      pen.globalAlpha = this.hovered === null || this.hovered === provider ? 1 : 0.15;
      pen.fillStyle = this.colours.fill[provider];
      pen.beginPath();
      pen.arc(place.x(month), place.y(worth), DOT * scale, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
    pen.restore();
  }

  // A round under the pointer is told before the line behind it.
  point(plot) {
    const { left, top } = plot.cursor;
    const found = left < 0 ? null : this.store.news.rounds.find((each) => Math.hypot(plot.valToPos(each.month, "x") - left, plot.valToPos(each.post_money, "y") - top) < NEAR);
    if (!found || !this.stage.matches(":hover")) {
      super.point(plot);
      return;
    }
    const { holders } = this.store.init.money;
    const words = `${this.store.providers[found.provider].name}, ${dateOf(this.store.init.run.start, found.month).words}: ${found.kind.replaceAll("_", " ")} of ${money(found.amount)} at ${money(found.post_money)} after money, led by ${holders[found.lead].name}`;
    showTip(this.stage, `tip-${this.spec.id}`, left + this.spec.axis, top, words);
    this.hover(found.provider);
  }
}
