// The river on a logarithmic axis: a line for each provider, as bands that are stacked have no logarithm.

import { LEFT, short } from "./scale.js";

const DECADES = 4; // at most, below the largest
const NEAR = 12; // pixels

// Amounts of a lane month by month, and the powers of ten between which they lie.
function amounts(river, key) {
  const { store, measure } = river;
  const name = `log ${key}`;
  const held = river.held.get(name);
  const isSame = held && held.epoch === store.epoch && held.measure === measure && held.months.length <= store.seen;
  const found = isSame ? held : { epoch: store.epoch, measure, months: [], most: 0, least: Infinity };
  river.held.set(name, found);
  for (let month = found.months.length; month < store.seen; month += 1) {
    const line = measure === "share" ? store.shares(key, month) : store.providers.map((_, code) => store.value(key, month, code) || 0);
    found.months.push(line);
    for (const value of line) if (value > 0) [found.most, found.least] = [Math.max(found.most, value), Math.min(found.least, value)];
  }
  return found;
}

function scale(river, key) {
  const { months, most, least } = amounts(river, key);
  const beside = river.beside ? amounts(river.beside, key) : { most: 0, least: Infinity };
  const largest = Math.max(most, beside.most);
  const high = largest > 0 ? Math.ceil(Math.log10(largest) - 1e-9) : 0;
  const low = largest > 0 ? Math.max(Math.floor(Math.log10(Math.min(least, beside.least))), high - DECADES) : -2;
  return { months, high, low: Math.min(low, high - 1) };
}

export function drawLogLane(river, pen, key, top) {
  const { colours, store, measure, lane, hovered } = river;
  const { months, high, low } = scale(river, key);
  const y = (value) => top + lane * (1 - (Math.log10(value) - low) / (high - low));
  pen.textAlign = "right";
  pen.lineWidth = 1;
  pen.strokeStyle = colours.grid;
  for (let power = low; power <= high; power += 1) {
    const value = 10 ** power;
    pen.fillText(measure === "share" ? `${short(value * 100).replace("0.", ".")}%` : short(value), LEFT - 5, y(value));
    pen.beginPath();
    pen.moveTo(LEFT, y(value));
    pen.lineTo(river.x(store.months - 1), y(value));
    pen.stroke();
  }
  store.providers.forEach((_, code) => {
    if (!store.ever.has(code)) return;
    pen.globalAlpha = hovered === null || hovered === code ? 1 : 0.15;
    pen.strokeStyle = colours.fill[code];
    pen.lineWidth = hovered === code ? 2.6 : 1.6;
    pen.beginPath();
    let isDown = false;
    months.forEach((month, at) => {
      const there = month[code] >= 10 ** low;
      if (there && isDown) pen.lineTo(river.x(at), y(month[code]));
      else if (there) pen.moveTo(river.x(at), y(month[code]));
      isDown = there;
    });
    pen.stroke();
  });
  pen.globalAlpha = 1;
  pen.lineWidth = 0.6;
  const ends = (part) => top + lane * (1 - part);
  if (months.length) river.drawNames(pen, key, months.length - 1, (at) => months[at].map((value) => y(Math.max(value, 10 ** low))), ends);
}

// The provider whose line is nearest to a height in the lane; null where none is near.
export function nearestInLog(river, key, month, height) {
  const { months, high, low } = scale(river, key);
  let [best, least] = [null, NEAR];
  months[month].forEach((value, code) => {
    if (!(value >= 10 ** low)) return;
    const away = Math.abs(river.lane * (1 - (Math.log10(value) - low) / (high - low)) - height);
    if (away < least) [best, least] = [code, away];
  });
  return best;
}
