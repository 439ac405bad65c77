// One line at the foot of the page: what was done or refused, for a while; that the line is lost, for good.

const SHOWN = 9000; // ms
const by = (id) => document.getElementById(id);
let timer = 0;

export function notice({ text, level = "info" }) {
  window.__state.notice = text;
  by("notice").textContent = text;
  by("notice").dataset.level = level;
  by("notice").hidden = false;
  clearTimeout(timer);
  if (level !== "lost") timer = setTimeout(() => { by("notice").hidden = true; }, SHOWN);
}
