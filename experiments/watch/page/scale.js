// What pictures of shares have in common: the room left of them, the pixels of their canvas, and numbers in few letters.

export const LEFT = 38;

export function short(value) {
  if (value >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  if (value >= 1e3) return `${+(value / 1e3).toPrecision(3)}k`;
  return `${+value.toPrecision(3)}`;
}

// Give a canvas the pixels of its holder on this screen; its width and height on the page, and pixels for each unit.
export function fitted(canvas, holder) {
  const { width, height } = holder.getBoundingClientRect();
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  return { width, height, scale };
}
