// Money and parts as a person would write them.

const UNITS = [[1e6, "tn"], [1e3, "bn"], [1, "m"]];

const threeDigits = (value) => (value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value).toLocaleString("en"));

// An amount in M$: $1.2tn, $216bn, $4.5bn, $370m, $0.3m.
export function money(millions) {
  if (!Number.isFinite(millions)) return "no data";
  const size = Math.abs(millions);
  const sign = millions < 0 ? "−" : "";
  const unit = UNITS.find(([least]) => size >= 0.9995 * least);
  if (unit) return `${sign}$${threeDigits(size / unit[0])}${unit[1]}`;
  return size >= 0.05 ? `${sign}$${size.toFixed(1)}m` : "$0";
}

// Words of a table, in which amounts stand as "1.747e+04 M$", with each as a person would write it.
export function inMoney(words) {
  return words.replace(/(\d[\d.]*(?:e[+-]?\d+)?) M\$/g, (_, millions) => money(Number(millions)));
}

export function percent(part) {
  if (!Number.isFinite(part)) return "no data";
  return part > 0 && part < 0.0995 ? `${(100 * part).toFixed(1).replace(/\.0$/, "")}%` : `${Math.round(100 * part)}%`;
}

// A number of at least so many digits that count: 0.04, 1.3, 12, 250.
export function plain(value) {
  if (!Number.isFinite(value)) return "no data";
  if (value >= 1e6) return value.toExponential(0);
  return value >= 9.95 ? Math.round(value).toLocaleString("en") : `${+value.toPrecision(2)}`;
}
