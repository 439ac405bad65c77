// A chart of lines as a picture of its own, with the names of the lines at their ends.

import { dateOf } from "./store.js";
import { short } from "./scale.js";
import { monthly } from "./take.js";

const LEFT = 54;
const RIGHT = 128;
const BOTTOM = 24;
const LETTERS = 11;
const APART = 14;
const TICKS = 5;

export function lineTakeaway(chart) {
  return {
    id: chart.spec.id,
    title: chart.spec.title,
    unit: chart.log ? `${chart.spec.unit}, logarithmic` : chart.spec.unit,
    size: [760, 400],
    store: chart.store,
    colours: chart.colours,
    paint: (pen, width, height) => paintLines(pen, chart, width, height),
    table: () => tableOf(chart),
  };
}

// Lines that hold a number, as they are seen: without the months in which there is none.
function linesOf(chart) {
  const { plot, colours } = chart;
  const ink = (series, at) => (typeof series.stroke === "function" ? series.stroke(plot, at) : series.stroke);
  return chart.data().slice(1).map((values, at) => {
    const series = plot.series[at + 1];
    const letters = chart.spec.of ? colours.letters[colours.providers.findIndex(({ name }) => name === series.label)] : null;
    return { name: series.label, values, stroke: ink(series, at + 1), dash: series.dash ?? [], letters: letters ?? colours.ink };
  }).filter(({ values }) => values.some((value) => Number.isFinite(value)));
}

function tableOf(chart) {
  const plain = Object.assign(Object.create(chart), { log: false });
  const values = plain.data().slice(1);
  const { unit } = chart.spec;
  const columns = values.map((line, at) => [`${chart.plot.series[at + 1].label} (${unit})`, line]);
  return monthly(chart.store, columns.filter(([, line]) => line.some((value) => Number.isFinite(value))));
}

function paintLines(pen, chart, width, height) {
  const lines = linesOf(chart);
  const every = lines.flatMap(({ values }) => values.filter((value) => Number.isFinite(value)));
  const [low, high] = every.length ? chart.range(Math.min(...every), Math.max(...every)) : chart.range(null, null);
  const level = (value) => (chart.log ? Math.log10(value) : value);
  const part = (value) => (level(value) - level(low)) / (level(high) - level(low) || 1);
  const place = {
    x: (month) => LEFT + ((width - LEFT - RIGHT) * month) / Math.max(chart.store.months - 1, 1),
    y: (value) => (height - BOTTOM) * (1 - Math.max(0, Math.min(1, part(value)))),
  };
  const font = `${LETTERS}px ${getComputedStyle(document.body).fontFamily.replaceAll('"', "'")}`;
  Object.assign(pen, { font, textBaseline: "middle", lineWidth: 1 });
  paintLevels(pen, chart, chart.log ? decades(low, high) : steps(low, high), [place, width]);
  paintYears(pen, chart, place, height);
  for (const line of lines) paintLine(pen, line, place);
  chart.over?.(pen, place);
  paintNames(pen, lines, place, height);
}

function paintLevels(pen, { colours }, values, [place, width]) {
  for (const value of values) {
    pen.strokeStyle = colours.grid;
    pen.beginPath();
    pen.moveTo(LEFT, place.y(value));
    pen.lineTo(width - RIGHT, place.y(value));
    pen.stroke();
    Object.assign(pen, { fillStyle: colours.muted, textAlign: "right" });
    pen.fillText(value < 0 ? `-${short(-value)}` : short(value), LEFT - 6, place.y(value));
  }
}

function paintYears(pen, chart, place, height) {
  Object.assign(pen, { fillStyle: chart.colours.muted, textAlign: "center" });
  for (const month of chart.years()) pen.fillText(dateOf(chart.store.init.run.start, month).year, place.x(month), height - BOTTOM / 2 + 2);
}

function paintLine(pen, { name, values, stroke, dash }, place) {
  pen.save();
  Object.assign(pen, { strokeStyle: stroke, lineWidth: 1.8, label: name });
  pen.setLineDash(dash);
  pen.beginPath();
  let isOn = false;
  values.forEach((value, month) => {
    const isThere = Number.isFinite(value);
    if (isThere && isOn) pen.lineTo(place.x(month), place.y(value));
    else if (isThere) pen.moveTo(place.x(month), place.y(value));
    isOn = isThere;
  });
  pen.stroke();
  pen.restore();
}

// Names at the ends of lines, spread so that none overlaps.
function paintNames(pen, lines, place, height) {
  const found = lines.map((line) => {
    const last = line.values.findLastIndex((value) => Number.isFinite(value));
    return { ...line, x: place.x(last), y: place.y(line.values[last]) };
  }).sort((a, b) => a.y - b.y);
  found.forEach((name, i) => { if (i) name.y = Math.max(name.y, found[i - 1].y + APART); });
  for (let i = found.length - 1; i >= 0; i -= 1) found[i].y = Math.min(found[i].y, i < found.length - 1 ? found[i + 1].y - APART : height - BOTTOM);
  pen.textAlign = "left";
  for (const { name, x, y, letters } of found) {
    pen.fillStyle = letters;
    pen.fillText(name, x + 7, y);
  }
}

function decades(low, high) {
  const found = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power += 1) found.push(10 ** power);
  return found;
}

function steps(low, high) {
  const rough = (high - low || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const found = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) found.push(+value.toPrecision(12));
  return found;
}
