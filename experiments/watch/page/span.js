// Months from and to, for the keyboard: what a drag over the market shares chooses with the mouse.

import { dateOf } from "./store.js";

export class Span {
  // choose(first, last) : months from `first` up to, not including, `last`.
  constructor(drawer, store, choose) {
    Object.assign(this, { store });
    const box = Object.assign(document.createElement("div"), { className: "row span" });
    this.ends = ["from", "to"].map((word) => {
      const label = Object.assign(document.createElement("label"), { textContent: `${word} ` });
      const select = Object.assign(document.createElement("select"), { id: `flows-${word}` });
      select.addEventListener("change", () => {
        const [first, last] = this.ends.map((end) => Number(end.value));
        choose(Math.min(first, last), Math.max(first, last) + 1);
      });
      label.append(select);
      box.append(label);
      return select;
    });
    drawer.querySelector(".window").after(box);
  }

  // The window that is shown, among the months seen.
  show({ first, last }) {
    const { start } = this.store.init.run;
    this.ends.forEach((select, at) => {
      if (select.options.length !== this.store.seen) {
        select.replaceChildren(...Array.from({ length: this.store.seen }, (_, month) => new Option(dateOf(start, month).words, month)));
      }
      select.value = at ? Math.max(last - 1, first) : first;
    });
  }
}
