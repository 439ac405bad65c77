// The charts at the right, in three tabs; only those of the tab that is open are painted.

import { Chart, CHARTS } from "./charts.js";
import { metricCharts } from "./metrics.js";
import { moneyCharts } from "./money.js";

const TABS = [["market", "Market"], ["money", "Money"], ["metrics", "Metrics"]];

export class Board {
  constructor(holder, store, colours, hover) {
    Object.assign(this, { holder, store, open: window.__state.tab ?? TABS[0][0], provider: null });
    const note = (id, data) => { (window.__state.pictures ??= {})[id] = data; };
    const context = { store, colours, hover, note, chosen: () => this.provider, choose: (code) => this.choose(code) };
    holder.replaceChildren(this.bar());
    this.panels = new Map(TABS.map(([id]) => [id, this.panel(id)]));
    this.groups = new Map([
      ["market", CHARTS.filter((spec) => (spec.lines ?? [spec.of]).every((key) => store.columns.has(key))).map((spec) => new Chart(this.panels.get("market"), spec, store, colours, hover))],
      ["money", moneyCharts(this.panels.get("money"), context)],
      ["metrics", metricCharts(this.panels.get("metrics"), context)],
    ]);
    if (!this.groups.get("money").length) this.panels.get("money").append(Object.assign(document.createElement("p"), { className: "quiet", textContent: "Supply is on record in this run: nobody decides about money." }));
    this.charts = [...this.groups.values()].flat();
    this.select(this.open);
  }

  // --- The bar of tabs -----------------------------------------------------------------------------

  bar() {
    const bar = Object.assign(document.createElement("div"), { className: "tabs" });
    const list = document.createElement("div");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Charts");
    this.tabs = new Map(TABS.map(([id, words]) => [id, this.tab(id, words)]));
    list.append(...this.tabs.values());
    list.addEventListener("keydown", (event) => this.key(event));
    bar.append(list, this.chooser());
    return bar;
  }

  tab(id, words) {
    const tab = Object.assign(document.createElement("button"), { id: `tab-${id}`, textContent: words });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `board-${id}`);
    tab.addEventListener("click", () => this.select(id));
    return tab;
  }

  // Whose commitments and owners are shown.
  chooser() {
    this.menu = Object.assign(document.createElement("select"), { id: "provider-shown" });
    this.menu.setAttribute("aria-label", "Provider whose commitments and owners are shown");
    this.menu.append(new Option("all providers", ""), ...this.store.providers.map(({ name }, code) => new Option(name, code)));
    this.menu.addEventListener("change", () => this.show(this.menu.value === "" ? null : Number(this.menu.value)));
    return this.menu;
  }

  panel(id) {
    const panel = Object.assign(document.createElement("div"), { id: `board-${id}`, className: `board ${id}` });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${id}`);
    this.holder.append(panel);
    return panel;
  }

  // Arrows walk through the tabs, and not through the months.
  key(event) {
    const at = TABS.findIndex(([id]) => id === this.open);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const [id] = TABS[(next + TABS.length) % TABS.length];
    this.select(id);
    this.tabs.get(id).focus();
  }

  select(open) {
    this.open = open;
    window.__state.tab = open;
    for (const [id, tab] of this.tabs) {
      tab.setAttribute("aria-selected", id === open);
      tab.tabIndex = id === open ? 0 : -1;
      this.panels.get(id).hidden = id !== open;
      for (const chart of this.groups.get(id)) chart.hidden = id !== open;
    }
    this.menu.hidden = open !== "money" || !this.groups.get("money").length;
    for (const chart of this.groups.get(open)) {
      chart.resize();
      chart.refresh(true, false);
    }
  }

  // A second click on the provider that is shown gives all of them again.
  choose(code) {
    this.show(code === this.provider ? null : code);
  }

  show(code) {
    this.provider = code;
    this.menu.value = code ?? "";
    for (const chart of this.groups.get("money")) chart.refresh(false, false);
  }
}
