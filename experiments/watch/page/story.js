// The drawer that tells the story of an agent or a provider.

import { dateOf } from "./store.js";
import { short } from "./river.js";

const LEAST_TERM = 0.005; // util; what rounds to nothing is not told
const el = (tag, words = "", className = "") => Object.assign(document.createElement(tag), { textContent: words, className });

export class Story {
  constructor(drawer, store, colours, actions) {
    Object.assign(this, { drawer, store, colours, actions });
  }

  date(month) {
    return month < 0 ? "before the start" : dateOf(this.store.init.run.start, month).words;
  }

  name(code) {
    return code === null || code === undefined ? "nobody" : this.store.providers[code].name;
  }

  chip(code) {
    const chip = el("span", "", "chip");
    const dot = el("i");
    dot.style.background = code === null || code === undefined ? this.colours.nobody : this.colours.fill[code];
    chip.append(dot, el("span", this.name(code)));
    return chip;
  }

  show(story) {
    this.story = story;
    const titles = { developer: `Developer ${story.row}`, enterprise: `Enterprise ${story.row}`, provider: story.name };
    const head = el("div", "", "head");
    const close = el("button", "×", "close");
    close.setAttribute("aria-label", "Close");
    head.append(el("h2", titles[story.who]), close);
    this.drawer.replaceChildren(head);
    if (story.who === "provider") this.provider(story);
    else this.agent(story);
  }

  section(title) {
    const box = el("section");
    box.append(el("h3", title));
    this.drawer.append(box);
    return box;
  }

  agent(story) {
    const last = story.history.at(-1);
    const now = el("p");
    now.append("Now with ", this.chip(last.code), last.month < 0 ? "" : ` since ${this.date(last.month)}`);
    this.drawer.append(now);
    if (story.who === "developer") this.developer(story);
    else this.enterprise(story);
    const path = this.section("History of choices");
    const list = el("ol", "", "past");
    for (const { month, code } of story.history) {
      const item = el("li", `${this.date(month)}: `);
      item.append(this.chip(code));
      list.append(item);
    }
    path.append(list);
    this.known(story);
  }

  developer(story) {
    const { decision } = story;
    if (decision) {
      const box = this.section("Why it moved last");
      const told = el("p", "", "sentence");
      told.textContent = `${decision.from === null ? "Chose" : `Moved from ${this.name(decision.from)} to`} ${this.name(decision.to)} in ${this.date(decision.month)}${decision.terms ? `: ${termsInWords(decision.terms)}` : ", with the sale or end of the provider before: that was not its decision"}`;
      box.append(told);
      if (decision.terms) box.append(bars(decision.terms, this.store.init.terms, decision.utility));
    }
    const work = this.section("Employer");
    if (story.employer === null) work.append(el("p", "works for nobody"));
    else if (story.employer_node === null) work.append(el("p", `enterprise ${story.employer}, which is not drawn`));
    else work.append(this.link(`Enterprise ${story.employer}`, story.employer_node));
  }

  enterprise(story) {
    const facts = this.section("Firm");
    facts.append(el("p", `${short(story.seats * 1e6)} seats, industry ${story.industry + 1}${story.regulated ? ", regulated" : ""}`));
    const box = this.section("Contracts and tenders");
    if (!story.tenders.length) box.append(el("p", "none yet", "quiet"));
    for (const tender of story.tenders.slice().reverse()) {
      const part = document.createElement("details");
      const head = el("summary", `${this.date(tender.month)}, ${tender.kind.replaceAll("_", " ")}: `);
      head.append(this.chip(tender.from), " → ", this.chip(tender.to));
      part.append(head, el("p", `${tender.term} months${tender.price === null ? "" : ` at ${short(tender.price)} $/Mtok`}; what the winner's score was made of:`, "quiet"), bars(tender.terms, this.store.init.terms));
      box.append(part);
    }
    box.querySelector("details")?.setAttribute("open", "");
  }

  known({ neighbours, node }) {
    const box = this.section(`Neighbours: ${neighbours.count}`);
    const row = el("p");
    for (const [code, count] of neighbours.by_provider) row.append(this.chip(code), ` ${count}  `);
    box.append(row);
    const list = el("p", "", "nodes");
    for (const other of neighbours.nodes.slice(0, 24)) list.append(this.link(String(other), other));
    box.append(list);
    this.actions.select(node);
  }

  link(words, node) {
    const button = el("button", words, "link");
    button.addEventListener("click", () => this.actions.inspect(node));
    return button;
  }

  provider(story) {
    const facts = el("p", `${(story.status ?? "before the start").replaceAll("_", " ")}${story.strategy ? `, plays “${story.strategy.name.replaceAll("_", " ")}”` : ""}`);
    this.drawer.append(facts);
    if (story.strategy?.doc) this.drawer.append(el("p", story.strategy.doc, "quiet"));
    if (story.plan) {
      const table = el("table");
      for (const { key, value, unit } of story.plan) {
        const row = table.insertRow();
        row.insertCell().textContent = key.replaceAll("_", " ");
        row.insertCell().textContent = value === null ? "–" : `${value < 0 ? "-" : ""}${short(Math.abs(value))} ${unit === "-" ? "" : unit}`;
      }
      this.section("Plan and means").append(table);
    }
    this.events(`This month, ${story.month ? this.date(story.month - 1) : "before the start"}`, story.now, "nothing on record");
    this.events("What happened before", story.events.slice().reverse(), "nothing yet");
  }

  events(title, events, none) {
    const list = el("ul", "", "past");
    for (const { month, kind, detail, segment } of events) list.append(el("li", `${this.date(month)}: ${kind.replaceAll("_", " ")}${segment ? `, ${segment}` : ""}${detail ? `: ${detail}` : ""}`));
    this.section(title).append(events.length ? list : el("p", none, "quiet"));
  }
}

export function termsInWords(terms) {
  return Object.entries(terms).filter(([, value]) => Math.abs(value) >= LEAST_TERM).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([name, value]) => `${name.replaceAll("_", " ")} ${value > 0 ? "+" : ""}${value.toFixed(2)}`).join(", ");
}

// Terms as bars left and right of zero, with their numbers.
export function bars(terms, meanings, whole) {
  const table = el("table", "", "bars");
  const shown = Object.entries(terms).filter(([, value]) => value !== null && Math.abs(value) >= LEAST_TERM).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const most = Math.max(...shown.map(([, value]) => Math.abs(value)), 1e-9);
  for (const [name, value] of shown) {
    const row = table.insertRow();
    row.title = meanings[name] ?? name;
    row.insertCell().textContent = name.replaceAll("_", " ");
    const bar = el("i", "", value < 0 ? "minus" : "plus");
    bar.style.width = `${(Math.abs(value) / most) * 50}%`;
    row.insertCell().append(bar);
    row.insertCell().textContent = `${value > 0 ? "+" : ""}${value.toFixed(2)}`;
  }
  if (whole !== undefined && whole !== null) {
    const row = table.insertRow();
    row.className = "whole";
    row.insertCell().textContent = "together, util";
    row.insertCell();
    row.insertCell().textContent = `${whole > 0 ? "+" : ""}${whole.toFixed(2)}`;
  }
  return table;
}
