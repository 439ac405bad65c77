// What the page knows of the run: the rows of all months seen, and the state that is shown.

import { News } from "./news.js";

export const NOBODY = 255;

export class Store {
  constructor(init) {
    this.init = init;
    this.providers = init.providers;
    this.months = init.run.months;
    this.columns = new Map();
    let at = 0;
    for (const series of init.series) {
      this.columns.set(series.key, { ...series, at });
      at += series.by_provider ? init.providers.length : 1;
    }
    this.width = at;
    this.values = new Float64Array(this.months * at);
    this.news = new News();
    this.forget();
  }

  forget() {
    this.seen = 0;
    this.month = 0;
    this.events = [];
    this.news.forget();
    this.ever = new Set();
    this.state = null;
  }

  // Take a frame in; returns whether there are new months.
  take(frame) {
    if (frame.first === 0 && frame.epoch !== this.epoch) this.forget();
    this.epoch = frame.epoch;
    this.values.set(frame.rows, frame.first * this.width);
    const isNew = frame.seen > this.seen;
    if (isNew) {
      this.events.push(...frame.events);
      this.news.take(frame.news, frame.first);
      this.noteWhoIsThere(frame.first, frame.seen);
    }
    Object.assign(this, { seen: frame.seen, month: frame.month, state: frame.state, movers: frame.movers, left: frame.left });
    return isNew;
  }

  noteWhoIsThere(first, last) {
    for (const key of ["coding", "enterprise", "consumer", "capability"]) {
      for (let month = first; month < last; month += 1) {
        this.providers.forEach((_, code) => {
          if (this.value(key, month, code) > 0) this.ever.add(code);
        });
      }
    }
  }

  value(key, month, code = 0) {
    return this.values[month * this.width + this.columns.get(key).at + code];
  }

  // Values of a series month by month, null where there is none.
  line(key, code = 0) {
    const { at } = this.columns.get(key);
    const found = new Array(this.seen);
    for (let month = 0; month < this.seen; month += 1) {
      const value = this.values[month * this.width + at + code];
      found[month] = Number.isFinite(value) ? value : null;
    }
    return found;
  }

  shares(key, month) {
    const amounts = this.providers.map((_, code) => this.value(key, month, code) || 0);
    const whole = amounts.reduce((sum, amount) => sum + amount, 0);
    return amounts.map((amount) => (whole > 0 ? amount / whole : 0));
  }
}

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// Calendar month of the month with this number, 0 for the first one of the run.
export function dateOf(start, month) {
  const [year, first] = start.split("-").map(Number);
  const count = year * 12 + first - 1 + month;
  return { year: Math.floor(count / 12), month: count % 12, words: `${NAMES[count % 12]} ${Math.floor(count / 12)}` };
}
