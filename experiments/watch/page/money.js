// Money: who can pay, what is owed and owned, and what providers are worth.

import { Solvency, SOLVENCY } from "./bars.js";
import { CapTable, OWNERS } from "./captable.js";
import { Valuations, VALUATIONS } from "./valuations.js";
import { Waterfall, WATERFALL } from "./waterfall.js";

// Nobody decides about money on recorded supply, and nothing is shown of it.
export function moneyCharts(holder, context) {
  const { store, colours, hover } = context;
  if (!store.init.money) return [];
  return [
    new Solvency(holder, SOLVENCY, context),
    new Waterfall(holder, WATERFALL, context),
    new CapTable(holder, OWNERS, context),
    new Valuations(holder, VALUATIONS, store, colours, hover),
  ];
}
