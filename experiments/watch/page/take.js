// Taking a picture away: as PNG at twice its size, as SVG of real vectors, and its numbers as CSV.

import { dateOf } from "./store.js";
import { VectorPen } from "./vector.js";

const SHARP = 2;
const MARGIN = 24;
const HEAD = 62;
const FOOT = 34;
const KEPT_FOR = 2000; // ms that a browser gets to fetch what it saves
const KINDS = [["PNG", "picture, twice as sharp"], ["SVG", "vectors"], ["CSV", "numbers"]];

// Give the head of a panel a menu that hands the chart out.  A chart has an `id` (of the file), a
// `title`, a `unit`, the `size` of its picture, `store`, `colours`, and two functions:
//   paint(pen, width, height)   draws it with the calls of a canvas
//   table()                     -> { head: words with units, rows: one for each month or agent }
// and says in `when` "month" if it shows one month only, or in `dates` which ones if not all seen.
export function takeable(head, chart) {
  head.querySelector(".take")?.remove();
  const holder = Object.assign(document.createElement("span"), { className: "take" });
  holder.innerHTML = '<button aria-expanded="false" title="Take it away">⤓</button><span class="menu" role="group" hidden></span>';
  const [opener, menu] = holder.children;
  const open = (shown) => { menu.hidden = !shown; opener.setAttribute("aria-expanded", shown); };
  opener.setAttribute("aria-label", `Take away: ${chart.title}`);
  opener.addEventListener("click", () => open(menu.hidden));
  for (const [kind, words] of KINDS) {
    const item = Object.assign(document.createElement("button"), { textContent: kind, title: words });
    item.dataset.kind = kind.toLowerCase();
    item.addEventListener("click", () => { open(false); opener.focus(); takeAway(chart, kind.toLowerCase()); });
    menu.append(item);
  }
  holder.addEventListener("focusout", ({ relatedTarget }) => { if (!holder.contains(relatedTarget)) open(false); });
  holder.addEventListener("keydown", (event) => { if (event.key === "Escape" && !menu.hidden) { event.stopPropagation(); open(false); opener.focus(); } });
  head.insertBefore(holder, head.querySelector(".close"));
}

export async function takeAway(chart, kind) {
  const content = await { png, svg, csv }[kind](chart);
  const { name, seed, identity } = chart.store.init.run;
  const month = chart.when === "month" && kind !== "csv" ? `-month${chart.store.month}` : "";
  const words = `${name}-seed${seed}-${identity}-${chart.id}${month}`;
  save(`${words.replace(/[^\w.-]+/g, "_")}.${kind}`, content);
}

export function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_FOR);
}

// --- Pictures ------------------------------------------------------------------------------------

function png(chart) {
  const [width, height] = sheetSize(chart);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SHARP, height: height * SHARP });
  const pen = canvas.getContext("2d");
  pen.scale(SHARP, SHARP);
  paintSheet(pen, chart);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

function svg(chart) {
  const pen = new VectorPen(...sheetSize(chart));
  paintSheet(pen, chart);
  return new Blob([pen.text(`${chart.title}, ${aboutRun(chart.store)}`)], { type: "image/svg+xml" });
}

function sheetSize({ size: [width, height] }) {
  return [width + 2 * MARGIN, height + HEAD + FOOT];
}

// A picture on its own says what it shows, in which unit, and of which run.
function paintSheet(pen, chart) {
  const { colours, store } = chart;
  const [width, height] = sheetSize(chart);
  const family = getComputedStyle(document.body).fontFamily.replaceAll('"', "'");
  const write = (words, font, colour, x, y, align = "left") => {
    Object.assign(pen, { font: `${font} ${family}`.trim(), fillStyle: colour, textAlign: align, textBaseline: "alphabetic" });
    pen.fillText(words, x, y);
  };
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, width, height);
  write(chart.title, "600 17px", colours.ink, MARGIN, 30);
  write(chart.unit, "12px", colours.muted, MARGIN, 48);
  const shown = chart.dates ?? (chart.when === "month" ? monthShown(store) : monthsSeen(store));
  write(shown, "600 13px", colours.ink, width - MARGIN, 30, "right");
  write(aboutRun(store), "11px", colours.muted, MARGIN, height - 14);
  write("Shareshift", "11px", colours.muted, width - MARGIN, height - 14, "right");
  pen.save();
  pen.translate(MARGIN, HEAD);
  chart.paint(pen, ...chart.size);
  pen.restore();
}

function aboutRun(store) {
  const { name, seed, identity } = store.init.run;
  return [name, `seed ${seed}`, identity, store.changes].filter(Boolean).join(" · ");
}

const monthShown = (store) => (store.month ? dateOf(store.init.run.start, store.month - 1).words : "before the first month");

function monthsSeen(store) {
  if (!store.seen) return "no month yet";
  return `${dateOf(store.init.run.start, 0).words} – ${dateOf(store.init.run.start, store.seen - 1).words}`;
}

// --- Numbers -------------------------------------------------------------------------------------

function csv(chart) {
  const { head, rows } = chart.table();
  const lines = [head, ...rows].map((row) => row.map(cell).join(","));
  return new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

// A name may hold what divides cells; a number is written so that it can be read back as it was.
function cell(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  const words = String(value);
  return /[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
}

// Month by month: its number, its date, then columns of [words of the head, numbers].
export function monthly(store, columns) {
  const iso = (month) => { const date = dateOf(store.init.run.start, month); return `${date.year}-${String(date.month + 1).padStart(2, "0")}`; };
  const rows = Array.from({ length: store.seen }, (_, month) => [month, iso(month), ...columns.map(([, values]) => values[month])]);
  return { head: ["month", "date", ...columns.map(([words]) => words)], rows };
}
