// The drawer that tells the story of an agent or a provider.

import { dateOf } from "./store.js";
import { inMoney, money } from "./amounts.js";
import { short } from "./scale.js";

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
    path.append(this.timeline(story));
    const list = el("ol", "", "past");
    for (const { month, code } of story.history) {
      const item = el("li", `${this.date(month)}: `);
      item.append(this.chip(code));
      list.append(item);
    }
    path.append(list);
    this.known(story);
  }

  // Whom it was with, as a ribbon over the months done.
  timeline({ history, month }) {
    const ribbon = el("div", "", "ribbon");
    ribbon.setAttribute("aria-hidden", "true");
    history.forEach(({ month: since, code }, at) => {
      const until = history[at + 1]?.month ?? month;
      const part = el("i");
      part.style.flexGrow = Math.max(until - Math.max(since, 0), 0);
      part.style.background = code === null ? this.colours.nobody : this.colours.fill[code];
      part.title = `${this.name(code)}, ${this.date(since)}`;
      ribbon.append(part);
    });
    return ribbon;
  }

  developer(story) {
    const { decision } = story;
    if (!decision) this.section("Why it moved last").append(el("p", story.history.at(-1).code === null ? "It has never chosen a provider." : `It has not moved: ${this.name(story.history.at(-1).code)} was its provider before the first month.`));
    if (decision) {
      const box = this.section("Why it moved last");
      const told = el("p", "", "sentence");
      told.textContent = `${decision.from === null ? "Chose" : `Moved from ${this.name(decision.from)} to`} ${this.name(decision.to)} in ${this.date(decision.month)}${decision.terms ? `: ${termsInWords(decision.terms)}` : ", with the sale or end of the provider before: that was not its decision"}`;
      box.append(told);
      if (decision.terms) box.append(el("p", `utility of ${this.name(decision.to)} minus that of ${decision.from === null ? "having none" : this.name(decision.from)}, term by term`, "quiet"), bars(decision.terms, this.store.init.terms, decision.utility));
    }
    const work = this.section("Employer");
    if (story.employer === null) work.append(el("p", "works for nobody"));
    else if (story.employer_node === null) work.append(el("p", `enterprise ${story.employer}, which is not drawn`));
    else work.append(this.link(`Enterprise ${story.employer}`, story.employer_node));
  }

  enterprise(story) {
    const facts = this.section("Firm");
    facts.append(el("p", `${short(story.seats * 1e6)} seats, industry ${story.industry + 1}${story.regulated ? ", regulated: it buys only what the safety rule admits" : ""}`));
    const now = story.tenders.at(-1);
    if (now && now.to !== null) facts.append(el("p", `Its contract with ${this.name(now.to)} runs ${now.until > story.month ? `until ${this.date(now.until)}, ${now.until - story.month} more months` : "out now"}.`));
    if (story.people) this.people(story.people);
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

  people({ count, by_provider }) {
    const box = this.section(`Its developers: ${count}`);
    const row = el("p");
    for (const [code, number] of by_provider) row.append(this.chip(code), ` ${number}  `);
    box.append(count ? row : el("p", "none is drawn", "quiet"));
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
    const { strategy, month } = story;
    const plays = strategy ? `, plays “${strategy.name.replaceAll("_", " ")}”` : "";
    this.drawer.append(el("p", `${(story.status ?? "before the start").replaceAll("_", " ")}${plays}`, "sentence"));
    if (strategy?.doc) this.drawer.append(el("p", strategy.doc, "quiet"));
    for (const { doc, value } of strategy?.settings ?? []) this.drawer.append(el("p", `${doc}: ${short(value)}`, "quiet"));
    this.deeds(story);
    if (story.plan) {
      const table = el("table");
      for (const { key, value, unit } of story.plan) {
        const row = table.insertRow();
        row.insertCell().textContent = PLANS[key] ?? capital(key.replaceAll("_", " "));
        row.insertCell().textContent = value === null ? "–" : amount(value, unit);
      }
      this.section("Plan and means").append(table);
    }
    this.customers(story);
    this.table("Contracts for compute", story.compute, ["signed", "cloud", "H100e", "a month", "months"], (each) => [this.date(each.month), each.supplier, short(1000 * each.capacity), money(each.price), `${this.date(each.first)} – ${this.date(each.last - 1)}${each.running ? "" : each.first >= month ? ", to come" : ", over"}`], "none");
    this.rounds(story.rounds);
    this.events("What happened before", story.events.slice().reverse(), "nothing yet");
  }

  // What it did in the month shown, each with the numbers behind it, then what is on record of it.
  deeds({ deeds, now, month }) {
    const box = this.section(`What it did in ${month ? this.date(month - 1) : "no month yet"}, and why`);
    const list = el("ul", "", "past");
    for (const { what, why } of deeds) {
      const item = el("li", what);
      item.append(el("span", ` – ${why}`, "quiet"));
      list.append(item);
    }
    for (const { kind, detail, segment } of now.filter(({ kind: each }) => each !== "price_change")) list.append(el("li", capital(event({ kind, detail, segment }))));
    box.append(list.children.length ? list : el("p", "nothing on record", "quiet"));
  }

  customers({ customers, month }) {
    const { won, kept, lost, held, of } = customers;
    const box = this.section("Contracts with enterprises");
    box.append(el("p", `It holds ${held} of the ${of} enterprises drawn.`));
    if (month) box.append(el("p", `Tenders this month: ${won[0]} won, ${kept[0]} kept, ${lost[0]} lost; in the last twelve: ${won[1]} won, ${kept[1]} kept, ${lost[1]} lost.`));
  }

  // "Dec 2024: $7.5bn at $42bn before the money, for 15.0 % of it. Led by ..., with ...".
  rounds(rounds) {
    const box = this.section(`Rounds${rounds.length ? `: ${rounds.length}` : ""}`);
    const list = el("ul", "", "past");
    for (const { month, round, amount: raised, pre_money: before, sold, lead, investors, credits, commitment } of rounds) {
      const others = investors.filter(([name]) => name !== lead).sort((a, b) => b[1] - a[1]).map(([name, paid]) => `${name} ${money(paid)}`);
      const led = investors.find(([name]) => name === lead);
      const item = el("li", `${this.date(month)}, ${round.replaceAll("_", " ")}: ${money(raised)} at ${money(before)} before the money${sold ? `, for ${(sold * 100).toFixed(1)} % of it` : ""}.`);
      const strings = [credits ? `${money(credits)} came as compute credits` : "", commitment ? `${money(commitment)} of compute was promised in return` : ""].filter(Boolean).join("; ");
      item.append(el("span", ` ${led ? `Led by ${lead} (${money(led[1])})` : ""}${others.length ? `${led ? ", with" : "From"} ${others.join(", ")}` : ""}.${strings ? ` ${capital(strings)}.` : ""}`, "quiet"));
      list.append(item);
    }
    box.append(rounds.length ? list : el("p", "none yet", "quiet"));
  }

  table(title, entries, heads, cells, none) {
    const box = this.section(`${title}${entries.length ? `: ${entries.length}` : ""}`);
    if (!entries.length) { box.append(el("p", none, "quiet")); return; }
    const table = el("table", "", "numbers");
    const head = table.insertRow();
    for (const words of heads) head.append(el("th", words));
    for (const entry of entries) {
      const row = table.insertRow();
      for (const words of cells(entry)) row.insertCell().textContent = words;
    }
    box.append(table);
  }

  events(title, events, none) {
    const list = el("ul", "", "past");
    for (const { month, kind, detail, segment } of events) list.append(el("li", `${this.date(month)}: ${event({ kind, detail, segment })}`));
    this.section(title).append(events.length ? list : el("p", none, "quiet"));
  }
}

// What happened, in words; what it is about often begins with its kind.
function event({ kind, detail, segment }) {
  const name = `${kind.replaceAll("_", " ")}${segment ? `, ${segment}` : ""}`;
  const words = inMoney(detail ?? "");
  return words.startsWith(`${name}:`) ? words : `${name}${words ? `: ${words}` : ""}`;
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const PLANS = { spent_scale: "Spent on scale", spent_efficiency: "Spent on efficiency", spent_safety: "Spent on safety", spent_sales: "Spent on sales", markup: "Markup on unit cost", commitments: "Dues still to come", payment_pressure: "Dues over means" };
// Amounts as one reads them: money with its unit of size, thousands of H100-equivalents as a number of them.
function amount(value, unit) {
  if (unit.startsWith("M$")) return `${money(value)}${unit.slice(2)}`;
  const chips = unit === "kH100e";
  return `${value < 0 ? "−" : ""}${short(Math.abs(chips ? 1000 * value : value))}${unit === "-" ? "" : ` ${chips ? "H100e" : unit}`}`;
}

const WORDS = { lock_in: "lock-in" };
const signed = (value) => `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
const wordOf = (name) => WORDS[name] ?? name.replaceAll("_", " ");

export function termsInWords(terms) {
  return Object.entries(terms).filter(([, value]) => Math.abs(value) >= LEAST_TERM).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([name, value]) => `${wordOf(name)} ${signed(value)}`).join(", ");
}

// Terms as bars left and right of zero, with their numbers.
export function bars(terms, meanings, whole) {
  const table = el("table", "", "bars");
  const shown = Object.entries(terms).filter(([, value]) => value !== null && Math.abs(value) >= LEAST_TERM).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const most = Math.max(...shown.map(([, value]) => Math.abs(value)), 1e-9);
  for (const [name, value] of shown) {
    const row = table.insertRow();
    row.title = meanings[name] ?? name;
    row.insertCell().textContent = wordOf(name);
    const bar = el("i", "", value < 0 ? "minus" : "plus");
    bar.style.width = `${(Math.abs(value) / most) * 50}%`;
    row.insertCell().append(bar);
    row.insertCell().textContent = signed(value);
  }
  if (whole !== undefined && whole !== null) {
    const row = table.insertRow();
    row.className = "whole";
    row.insertCell().textContent = "together, util";
    row.insertCell();
    row.insertCell().textContent = signed(whole);
  }
  return table;
}
