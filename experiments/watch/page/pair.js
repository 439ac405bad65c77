// One market or two on one clock: what the page knows of each, their rivers, and the difference.

import { Colours } from "./colours.js";
import { Difference } from "./difference.js";
import { River } from "./river.js";
import { Store, dateOf } from "./store.js";
import { offerRivers } from "./takeaways.js";

export const LETTERS = ["A", "B"];
const by = (id) => document.getElementById(id);

export class Pair {
  // actions: hover a provider (code of the side in focus), choose a window, look at a side.
  constructor(actions) {
    Object.assign(this, { actions, sides: [], focus: 0, told: null, difference: null, measure: "share", log: false, wanted: [] });
    for (const button of document.querySelectorAll("[data-side]")) {
      button.addEventListener("click", () => actions.look(Number(button.dataset.side)));
    }
  }

  get isPaired() { return this.sides.length > 1; }

  // A side has a market that is new; whether the page looks at it.
  enter(init) {
    const number = init.side ?? 0;
    const store = new Store(init);
    const colours = new Colours(init.providers);
    if (number === 0 && !this.told) this.leave();
    this.sides[number] = { init, store, colours };
    const holder = by(number ? "river-b" : "river");
    holder.replaceChildren();
    const code = (at) => this.codeInFocus(number, at);
    const choose = (first, last) => { if (number !== this.focus) this.actions.look(number); this.actions.choose(first, last); };
    this.sides[number].river = new River(holder, store, colours, (at) => this.actions.hover(code(at)), choose);
    this.arrange();
    return number === this.focus;
  }

  leave() {
    this.sides.length = Math.min(this.sides.length, 1);
    Object.assign(this, { focus: 0, told: null, difference: null });
    by("difference").querySelector("canvas")?.remove();
  }

  // What is said of the two; null where there is one again.
  tell(told) {
    this.told = told;
    if (!told) this.leave();
    this.arrange();
  }

  // The pictures of one market, or of two with their difference.
  arrange() {
    const paired = this.isPaired && Boolean(this.told);
    document.body.classList.toggle("paired", paired);
    for (const id of ["panel-b", "panel-difference", "sides"]) by(id).hidden = !paired;
    by("river-title").textContent = paired ? `A · ${this.title(0)}` : "Market shares";
    if (paired) {
      by("river-b-title").textContent = `B · ${this.title(1)}`;
      this.difference = new Difference(by("difference"), this.sides, { hover: (name) => this.actions.hover(this.codeOf(name)), cursor: (month) => this.point(month) });
      by("difference-note").replaceChildren(...this.words());
    } else this.difference = null;
    this.sides.forEach(({ river }, number) => { river.beside = paired ? this.sides[1 - number].river : null; });
    this.measured();
    offerRivers(this.sides, this.difference);
    this.actions.arranged();
    this.look(this.focus);
  }

  title(number) {
    const { names, fork, live } = this.told;
    const { start } = this.sides[0].init.run;
    if (number && fork !== null) return `forked ${fork ? `after ${dateOf(start, fork - 1).words}` : "at the start"}`;
    const twin = number && names[0] === names[1] && live[0] === live[1];
    return `${names[number]}${twin ? ", unchanged" : ""}${live[number] ? "" : ", stored"}`;
  }

  // Whether luck is shared, and what the configs do not share.
  words() {
    const { seeds, same_seed, differs, count } = this.told;
    const luck = Object.assign(document.createElement("strong"), {
      className: same_seed ? "same" : "warning",
      textContent: same_seed ? `Same seed ${seeds[0]}, same luck` : `Seeds differ (${seeds.join(" and ")}): the difference is luck too`,
    });
    const shown = differs.slice(0, 2).map(({ key, a, b }) => `${key} ${a} → ${b}`).join("; ");
    return [luck, ` · ${count ? `${shown}${count > 2 ? `; ${count - 2} more` : ""}` : "one config: B is A"}`];
  }

  look(number) {
    this.focus = Math.min(number, this.sides.length - 1);
    for (const button of document.querySelectorAll("[data-side]")) button.setAttribute("aria-pressed", Number(button.dataset.side) === this.focus);
  }

  // A provider of one side as the side in focus has it.
  codeInFocus(number, code) {
    return code === null ? null : this.codeOf(this.sides[number].store.providers[code].name);
  }

  codeOf(name) {
    const code = this.sides[this.focus].store.providers.findIndex((provider) => provider.name === name);
    return code < 0 ? null : code;
  }

  hover(name) {
    for (const { river, store } of this.sides) {
      const code = store.providers.findIndex((provider) => provider.name === name);
      river.hovered = name === null || code < 0 ? null : code;
      river.draw();
    }
    if (this.difference) { this.difference.hovered = name; this.difference.draw(); }
  }

  point(month) {
    if (month === this.difference?.cursor) return;
    for (const picture of [...this.sides.map(({ river }) => river), this.difference]) {
      if (picture) { picture.cursor = month; picture.draw(); }
    }
  }

  measured(measure = this.measure, log = this.log) {
    Object.assign(this, { measure, log });
    for (const { river } of this.sides) { Object.assign(river, { measure, log }); river.resize(); }
    if (this.difference) { this.difference.measure = measure; this.difference.resize(); }
  }

  // The frames of all sides of a month, once the last of them is there.
  collect(frame) {
    this.wanted[frame.side ?? 0] = frame;
    const sides = frame.sides ?? 1;
    if ((frame.side ?? 0) < sides - 1) return null;
    return this.wanted.slice(0, sides);
  }

  take(frames) {
    const isNew = frames.map((frame, number) => {
      const { store } = this.sides[number];
      const before = store.seen;
      return store.take(frame) || store.seen !== before;
    });
    return isNew[this.focus];
  }

  draw() {
    for (const { river } of this.sides) river.draw();
    this.difference?.draw();
  }

  speak() {
    by("river-text").textContent = this.sides[0]?.river.spoken() ?? "";
    if (!this.difference) return;
    by("river-b-text").textContent = this.sides[1].river.spoken();
    by("difference-text").textContent = this.difference.spoken();
  }

  // How many of the drawn are with another provider than in the other market.
  elsewhere() {
    const [a, b] = this.sides.map(({ store }) => store);
    if (!this.difference || !a.state || !b.state || a.state.length !== b.state.length || this.sides.some(({ init }) => init.drawn.edges !== this.sides[0].init.drawn.edges)) return null;
    const places = new Map(b.providers.map(({ name }, code) => [name, code]));
    const same = a.providers.map(({ name }) => places.get(name));
    let count = 0;
    for (let node = 0; node < a.state.length; node += 1) if ((same[a.state[node]] ?? a.state[node]) !== b.state[node]) count += 1;
    return count;
  }
}
