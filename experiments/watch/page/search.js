// `/`: a field that finds a provider, an agent by its number, a parameter, an event or a month, and goes there.

import { inMoney } from "./amounts.js";
import { isShortcut } from "./shortcut.js";
import { dateOf } from "./store.js";

const MOST = 12;
const KEYS = [["Space", "play or pause"], ["→ ←", "a month on or back"], ["Home End", "first or last month seen"], ["[ ]", "slower, faster"], ["R", "begin anew"], ["B", "look at the other market of two"], ["/", "search"], ["Esc", "close what is open"]];
const MONTH = /^(\d{4})-(\d{1,2})$|^([a-z]{3})[a-z]* (\d{4})$|^month (\d{1,3})$/;
const NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const el = (tag, words = "", className = "") => Object.assign(document.createElement(tag), { textContent: words, className });

export class Search {
  // look() tells what there is now; go holds what can be gone to.
  constructor(dialog, look, go) {
    Object.assign(this, { dialog, look, go, found: [], at: 0 });
    dialog.setAttribute("aria-label", "Search");
    this.field = Object.assign(document.createElement("input"), { type: "text", id: "search-field", autocomplete: "off", spellcheck: false });
    for (const [name, value] of [["role", "combobox"], ["aria-label", "Search"], ["aria-expanded", "true"], ["aria-controls", "search-list"], ["aria-autocomplete", "list"], ["aria-describedby", "search-hint"]]) this.field.setAttribute(name, value);
    this.list = Object.assign(el("ul", "", "found"), { id: "search-list" });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Found");
    const hint = Object.assign(el("p", "OpenAI, developer 123, weight of price, incident, Mar 2027 …", "quiet"), { id: "search-hint" });
    this.keys = el("p", "", "quiet keys");
    for (const [key, words] of KEYS) this.keys.append(el("kbd", key), ` ${words}  `);
    dialog.append(this.field, hint, this.list, this.keys);
    this.field.addEventListener("input", () => this.show());
    this.field.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    window.addEventListener("keydown", (event) => {
      if (event.key !== "/" || !isShortcut(event)) return;
      event.preventDefault();
      this.open();
    });
  }

  open() {
    if (!this.look() || this.dialog.open) return;
    this.field.value = "";
    this.dialog.showModal();
    this.field.focus();
    this.show();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      this.mark((this.at + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && this.found[this.at]) {
      this.take(this.found[this.at]);
    } else return;
    event.preventDefault();
  }

  take(entry) {
    this.dialog.close();
    entry.act();
  }

  show() {
    this.found = this.find(this.field.value.trim().toLowerCase()).slice(0, MOST);
    this.list.replaceChildren(...this.found.map((entry, at) => {
      const item = el("li");
      item.id = `found-${at}`;
      item.setAttribute("role", "option");
      item.append(el("span", entry.kind, "quiet"), el("span", entry.words), el("span", entry.hint ?? "", "quiet"));
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => this.take(entry));
      return item;
    }));
    if (!this.found.length) this.list.append(el("li", "nothing of that name", "quiet"));
    this.keys.hidden = Boolean(this.field.value);
    this.mark(0);
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((item, place) => { if (item.id) item.setAttribute("aria-selected", place === at); });
    if (this.found.length) this.field.setAttribute("aria-activedescendant", `found-${at}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  find(text) {
    const entries = [...this.agents(text), ...this.months(text), ...this.providers(), ...this.parameters(), ...this.kinds(), ...this.events(), ...this.comparisons()];
    if (!text) return entries.filter(({ kind }) => kind === "provider");
    const words = text.split(/\s+/);
    const rank = (entry) => (entry.exact || entry.words.toLowerCase().startsWith(text) ? 0 : entry.words.toLowerCase().includes(text) ? 1 : 2);
    return entries.filter((entry) => entry.exact || words.every((word) => `${entry.kind} ${entry.words} ${entry.more ?? ""}`.toLowerCase().includes(word)))
      .map((entry, place) => ({ entry, place, rank: rank(entry) })).sort((a, b) => a.rank - b.rank || a.place - b.place).map(({ entry }) => entry);
  }

  // "developer 123", "ent 7", or only a number.
  agents(text) {
    const asked = /^(?:(d|dev|developers?|e|ent|enterprises?|firm)\s*)?#?(\d{1,9})$/.exec(text);
    if (!asked) return [];
    const kinds = asked[1] ? [asked[1][0] === "d" ? "developer" : "enterprise"] : ["developer", "enterprise"];
    return kinds.map((kind) => ({ kind: "agent", words: `${kind} ${Number(asked[2])}`, hint: "its story", exact: true, act: () => this.go.agent(kind, Number(asked[2])) }));
  }

  months(text) {
    const asked = MONTH.exec(text);
    if (!asked) return [];
    const { start, months } = this.look().init.run;
    const [year, first] = start.split("-").map(Number);
    const [named, number] = asked[3] ? [asked[4], NAMES.indexOf(asked[3]) + 1] : [asked[1], Number(asked[2])];
    const done = asked[5] ? Number(asked[5]) : (Number(named) - year) * 12 + number - first + 1;
    if (done < 1 || done > months) return [];
    return [{ kind: "month", words: dateOf(start, done - 1).words, hint: `month ${done}`, exact: true, act: () => this.go.month(done) }];
  }

  providers() {
    const store = this.look();
    return store.providers.map((provider, code) => ({ provider, code })).filter(({ provider, code }) => store.ever.has(code) || !provider.entrant)
      .map(({ provider: { name } }) => ({ kind: "provider", words: name, hint: "its story", act: () => this.go.provider(name) }));
  }

  parameters() {
    return this.look().init.sliders.map(({ key, group, title, doc }) => ({ kind: "parameter", words: `${group}: ${title.toLowerCase()}`, hint: key, more: `${key} ${doc}`, act: () => this.go.parameter(key) }));
  }

  kinds() {
    return this.look().init.kinds.map(({ kind, title }) => ({ kind: "drop", words: kind.replaceAll("_", " "), hint: title, more: "event", act: () => this.go.kind(kind) }));
  }

  events() {
    const store = this.look();
    const { start } = store.init.run;
    return store.events.map((event) => ({
      kind: "event",
      words: `${event.provider === null ? "" : `${store.providers[event.provider].name}: `}${event.kind.replaceAll("_", " ")}`,
      hint: dateOf(start, event.month).words,
      more: `${inMoney(event.detail)} ${dateOf(start, event.month).words}`,
      act: () => this.go.month(event.month + 1),
    }));
  }

  comparisons() {
    return this.look().first.scenarios.map((name) => ({ kind: "compare with", words: name.replaceAll("_", " "), more: "scenario", act: () => this.go.scenario(name) }));
  }
}
