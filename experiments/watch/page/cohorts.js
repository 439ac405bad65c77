// How long developers stay, by when they chose: one curve for each stretch of time, dark if old.

import { percent } from "./amounts.js";
import { Picture } from "./picture.js";
import { dateOf } from "./store.js";

const LEFT = 36;
const TOP = 6;
const AXIS = 20;
const WIDTHS = [3, 12, 24, 60, 120, 240]; // months in a stretch
const MOST = 14;
const FEWEST = 10; // agents of a cohort that is drawn
const APART = 12;
const NEAR = 9;

// Share still there by months since, of pooled cohorts (Kaplan-Meier).  left : by cohort, agents by
// age; nothing is known of a cohort beyond its last age.
export function survival(left) {
  const ages = Math.max(...left.map((line) => line.length));
  const found = [1];
  for (let age = 1; age < ages; age += 1) {
    const seen = left.filter((line) => line.length > age);
    const begun = seen.reduce((sum, line) => sum + line[age - 1], 0);
    if (!(begun > 0)) break;
    found.push(found[age - 1] * (seen.reduce((sum, line) => sum + line[age], 0) / begun));
  }
  return found;
}

export class Cohorts extends Picture {
  // Cohorts as they are known in the month shown, oldest first.
  values() {
    const { news, init, months } = this.store;
    const { year, month } = dateOf(init.run.start, 0);
    const width = WIDTHS.find((each) => months / each <= MOST) ?? WIDTHS.at(-1);
    const found = new Map();
    for (let start = 0; start <= this.at; start += 1) {
      const stretch = Math.floor((12 * year + month + start) / width);
      if (!found.has(stretch)) found.set(stretch, []);
      found.get(stretch).push(Array.from({ length: this.at - start + 1 }, (_, age) => news.cohorts[start + age][start] ?? 0));
    }
    const all = [...found].map(([stretch, left]) => ({ words: stretchName(stretch, width), size: left.reduce((sum, line) => sum + line[0], 0), left }));
    return { cohorts: all.filter(({ size }) => size >= FEWEST).map(({ words, size, left }) => ({ words, size, survival: survival(left) })) };
  }

  shade(place, count) {
    const [from, to] = [this.colours.oldest, this.colours.newest].map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    const part = count > 1 ? place / (count - 1) : 0;
    return `rgb(${from.map((value, at) => Math.round(value + (to[at] - value) * part)).join(",")})`;
  }

  paint(pen, width, height) {
    const { cohorts } = this.data;
    this.font(pen);
    const right = 10 + Math.max(20, ...cohorts.map(({ words }) => pen.measureText(words).width)); // for names at tips
    const ages = Math.max(12, ...cohorts.map(({ survival: line }) => line.length - 1));
    const x = (age) => LEFT + ((width - LEFT - right) * age) / ages;
    const least = Math.min(0.75, ...cohorts.flatMap(({ survival: line }) => line));
    const low = Math.floor(4 * least + 1e-9) / 4;
    const y = (part) => TOP + (height - AXIS - TOP) * ((1 - part) / (1 - low));
    for (let part = low; part <= 1; part += 0.25) {
      this.rule(pen, LEFT, y(part), width - right, y(part));
      this.write(pen, percent(part), LEFT - 5, y(part), { align: "right" });
    }
    const every = ages > 72 ? 24 : ages > 36 ? 12 : 6;
    for (let age = 0; age <= ages; age += every) this.write(pen, `${age}`, x(age), height - 7, { align: "center" });
    if (!cohorts.length) this.write(pen, "too few have chosen yet", LEFT + 8, y((1 + low) / 2) - 10);
    cohorts.forEach(({ survival: line }, place) => this.paintCurve(pen, line, [x, y], this.shade(place, cohorts.length)));
    this.paintNames(pen, [x, y]);
    return this.spots(x, y);
  }

  paintCurve(pen, line, [x, y], colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    pen.beginPath();
    line.forEach((part, age) => (age ? pen.lineTo(x(age), y(part)) : pen.moveTo(x(0), y(part))));
    if (line.length === 1) pen.arc(x(0), y(line[0]), 1.5, 0, 2 * Math.PI);
    pen.stroke();
  }

  // The oldest and the newest are named first, then whoever finds room beside the tips.
  paintNames(pen, [x, y]) {
    const { cohorts } = this.data;
    const order = [0, cohorts.length - 1, ...cohorts.keys()].filter((at, place, all) => at >= 0 && all.indexOf(at) === place);
    const taken = [];
    for (const at of order) {
      const line = cohorts[at].survival;
      const [left, middle] = [x(line.length - 1) + 4, y(line.at(-1))];
      const wide = pen.measureText(cohorts[at].words).width;
      if (taken.some((each) => Math.abs(each.y - middle) < APART && left < each.x + each.wide + 3 && each.x < left + wide + 3)) continue;
      taken.push({ x: left, y: middle, wide });
      this.backed(pen, cohorts[at].words, left, middle);
    }
  }

  spots(x, y) {
    const { cohorts } = this.data;
    return cohorts.flatMap(({ words, size, survival: line }) => line.map((part, age) => ({
      x: x(age) - NEAR / 2, y: y(part) - NEAR / 2, wide: NEAR, tall: NEAR, code: null, words: `chose in ${words} (${Math.round(size).toLocaleString("en")}): ${percent(part)} still there after ${age} months`,
    })));
  }

  sentence() {
    const told = this.values().cohorts.map(({ words, survival: line }) => `${words} ${percent(line.at(-1))} after ${line.length - 1} months`);
    return `${this.title()}, share still with the provider that they chose: ${told.join(", ") || "too few have chosen yet"}.`;
  }

  table() {
    return { head: ["chose in", "developers who chose", "months since", "share still there"], rows: this.data.cohorts.flatMap(({ words, size, survival: line }) => line.map((part, age) => [words, size, age, part])) };
  }
}

function stretchName(stretch, width) {
  const year = Math.floor((stretch * width) / 12);
  if (width === WIDTHS[0]) return `${year} Q${Math.floor(((stretch * width) % 12) / 3) + 1}`;
  return width === 12 ? `${year}` : `${year}–${String((year + width / 12 - 1) % 100).padStart(2, "0")}`;
}

export const COHORTS = { id: "cohorts", title: "Developers kept, by cohort", unit: "share, months since choice", size: [640, 400] };
