// The metrics to watch: who keeps developers, who signs and renews, what compute earns.

import { percent } from "./amounts.js";
import { Chart } from "./charts.js";
import { Cohorts, COHORTS } from "./cohorts.js";
import { Contracts, CONTRACTS } from "./contracts.js";

const LINES = {
  retention: { id: "retention", title: "Developers kept for a year", unit: "of 10 or more; dashed: all", of: "retention", all: "retention_all", low: 0, high: 1, say: percent, linear: true },
  renewal: { id: "renewal", title: "Enterprise renewal rate", unit: "of 10 or more; dashed: all", of: "renewal_rate", all: "renewal_rate_all", low: 0, high: 1, say: percent, linear: true },
  compute: { id: "per_compute", title: "Revenue per compute", unit: "$/PFLOP-hour; dashed: all", of: "per_compute", all: "per_compute_all", log: true },
};

export function metricCharts(holder, context) {
  const { store, colours, hover } = context;
  const lines = (spec) => new Chart(holder, spec, store, colours, hover);
  const found = [new Cohorts(holder, COHORTS, context), lines(LINES.retention), new Contracts(holder, CONTRACTS, context), lines(LINES.renewal)];
  return store.columns.has(LINES.compute.of) ? [...found, lines(LINES.compute)] : found;
}
