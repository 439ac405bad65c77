// The drawer that puts another market beside this one, says in what the two differ, or takes it away.

import { dateOf } from "./store.js";

const el = (tag, words = "", className = "") => Object.assign(document.createElement(tag), { textContent: words, className });

export class Compare {
  constructor(drawer, send) {
    Object.assign(this, { drawer, send });
  }

  // What there is to compare with is the first market's.
  begin(init) {
    this.init = init;
    this.show(null, 0);
  }

  show(told, month) {
    this.told = told;
    const head = el("div", "", "head");
    const close = el("button", "×", "close");
    close.setAttribute("aria-label", "Close");
    head.append(el("h2", told ? "A beside B" : "Compare"), close);
    this.drawer.replaceChildren(head, ...(told ? this.paired(told) : this.choices(month)));
  }

  choices(month) {
    const parts = [el("p", "Another market beside this one, on the same clock and with the same luck: both step together, and a third chart shows B minus A.", "quiet")];
    const date = month ? `after ${dateOf(this.init.run.start, month - 1).words}` : "at the start";
    parts.push(this.choice(`Fork here, ${date}`, this.init.live ? "B is this market up to now; from here on the sliders and events are B's, and A goes its way." : "B is the stored run up to now; from here on its sliders and events are yours.", "fork"));
    parts.push(this.choice(this.init.live ? "The config without your changes" : "The same config, free to change", this.init.live ? "What have the sliders and events that you have set done so far?" : "B begins as the stored run did, with sliders.", "base"));
    if (this.init.scenarios.length) parts.push(this.list("scenario", "A scenario", this.init.scenarios));
    if (this.init.runs?.length) parts.push(this.list("run", "A stored run", this.init.runs));
    return parts;
  }

  choice(title, words, against) {
    const box = el("section");
    const button = el("button", title);
    button.dataset.against = against;
    button.addEventListener("click", () => this.send("compare", { against }));
    const row = el("div", "", "row");
    row.append(button);
    box.append(row, el("p", words, "quiet"));
    return box;
  }

  list(against, title, names) {
    const box = el("section");
    const select = el("select");
    select.id = `compare-${against}`;
    for (const name of names) select.append(new Option(name.replaceAll("_", " "), name));
    const label = el("label", title);
    label.htmlFor = select.id;
    const button = el("button", "Compare");
    button.dataset.against = against;
    button.setAttribute("aria-label", `Compare with ${title.toLowerCase()}`);
    button.addEventListener("click", () => this.send("compare", { against, name: select.value }));
    const row = el("div", "", "row");
    row.append(select, button);
    box.append(el("h3", ""), row);
    box.firstChild.append(label);
    return box;
  }

  paired(told) {
    const table = el("table", "", "differs");
    const head = table.insertRow();
    for (const words of ["", "A", "B"]) head.append(el("th", words));
    const rows = [["name", ...told.names], ["identity", ...told.identities], ["seed", ...told.seeds], ...told.differs.filter(({ key }) => key !== "seed").map(({ key, a, b }) => [key, a, b])];
    for (const cells of rows) {
      const row = table.insertRow();
      for (const words of cells) row.insertCell().textContent = String(words).replace(/[._]/g, "$&\u200b"); // may break there
    }
    const luck = el("p", told.same_seed ? "Both have the same seed: every agent has the same luck in A and in B, and what differs is the change." : "The seeds differ: what you see is the change and other luck together. Give both one seed with --seed.", told.same_seed ? "quiet" : "warning");
    const end = el("button", "End the comparison");
    end.dataset.against = "nothing";
    end.addEventListener("click", () => this.send("compare", { against: "nothing" }));
    const row = el("div", "", "row");
    row.append(end);
    const more = told.count > told.differs.length ? [el("p", `and ${told.count - told.differs.length} more`, "quiet")] : [];
    return [luck, row, table, ...more];
  }
}
