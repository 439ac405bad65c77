// A pen with the calls of a canvas that writes SVG: what can be painted can be taken as vectors.

const KEPT = ["fillStyle", "strokeStyle", "lineWidth", "lineCap", "globalAlpha", "font", "textAlign", "textBaseline", "label", "dash"];
const ANCHORS = { left: "start", center: "middle", right: "end" };
const SHIFTS = { middle: 0.35, top: 0.8, alphabetic: 0 }; // of the size of the letters
const FONT = /^(?:(\S+) )?([\d.]+)px (.*)$/;
const ruler = document.createElement("canvas").getContext("2d");

const round = (value) => +value.toFixed(2);
const escaped = (words) => String(words).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);

export class VectorPen {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: "", open: [0], states: [] });
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineCap: "butt", globalAlpha: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic", label: "", dash: [] });
  }

  // --- State ------------------------------------------------------------------------------------

  save() {
    this.states.push(Object.fromEntries(KEPT.map((key) => [key, this[key]])));
    this.open.push(0);
  }

  restore() {
    this.parts.push("</g>".repeat(this.open.pop()));
    Object.assign(this, this.states.pop());
  }

  translate(x, y) {
    this.group(`translate(${round(x)} ${round(y)})`);
  }

  scale(across, down) {
    this.group(`scale(${round(across)} ${round(down)})`);
  }

  group(transform) {
    this.parts.push(`<g transform="${transform}">`);
    this.open[this.open.length - 1] += 1;
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  measureText(words) {
    ruler.font = this.font;
    return ruler.measureText(words);
  }

  // --- Paths ------------------------------------------------------------------------------------

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${round(x)} ${round(y)}`;
  }

  lineTo(x, y) {
    this.path += `${this.path ? "L" : "M"}${round(x)} ${round(y)}`;
  }

  bezierCurveTo(...points) {
    this.path += `C${points.map(round).join(" ")}`;
  }

  closePath() {
    this.path += "Z";
  }

  rect(x, y, wide, tall) {
    this.path += `M${round(x)} ${round(y)}h${round(wide)}v${round(tall)}h${round(-wide)}Z`;
  }

  // Whole circles only: no picture here has another arc.
  arc(x, y, radius) {
    const [r, far] = [round(radius), round(2 * radius)];
    this.path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${far} 0a${r} ${r} 0 1 0 ${-far} 0Z`;
  }

  fill() {
    this.put("path", { d: this.path, fill: this.fillStyle });
  }

  stroke() {
    this.put("path", { d: this.path, fill: "none", ...this.line() });
  }

  line() {
    const cap = this.lineCap === "butt" ? {} : { "stroke-linecap": this.lineCap };
    const dash = this.dash.length ? { "stroke-dasharray": this.dash.join(" ") } : {};
    return { stroke: this.strokeStyle, "stroke-width": round(this.lineWidth), ...cap, ...dash };
  }

  fillRect(x, y, width, height) {
    this.put("rect", { ...box(x, y, width, height), fill: this.fillStyle });
  }

  strokeRect(x, y, width, height) {
    this.put("rect", { ...box(x, y, width, height), fill: "none", ...this.line() });
  }

  // A path that is written in SVG's own words.
  fillWritten(d) {
    this.put("path", { d, fill: this.fillStyle });
  }

  fillText(words, x, y) {
    const [, weight, size, family] = FONT.exec(this.font) ?? [null, "", 12, "sans-serif"];
    const heavy = weight ? { "font-weight": weight } : {};
    const place = { x: round(x), y: round(y + SHIFTS[this.textBaseline] * size), "text-anchor": ANCHORS[this.textAlign] };
    this.put("text", { ...place, "font-family": family, "font-size": size, ...heavy, fill: this.fillStyle }, words);
  }

  put(tag, attributes, words = "") {
    const told = { ...attributes, ...(this.globalAlpha < 1 ? { opacity: round(this.globalAlpha) } : {}), ...(this.label ? { "data-name": this.label } : {}) };
    const written = Object.entries(told).map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
    this.parts.push(`<${tag}${written}${words ? `>${escaped(words)}</${tag}>` : "/>"}`);
  }

  // The whole file.
  text(title) {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<title>${escaped(title)}</title>\n${this.parts.filter(Boolean).join("\n")}\n</svg>\n`;
  }
}

function box(x, y, width, height) {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

// Fill a path in SVG's words with either pen.
export function fillWritten(pen, d) {
  if (pen.fillWritten) pen.fillWritten(d);
  else pen.fill(new Path2D(d));
}

// Paint a picture that stands on the page as SVG: its paths, boxes and words.
export function paintElement(pen, svg, ink) {
  for (const node of svg.children) {
    const at = (name) => Number(node.getAttribute(name) ?? 0);
    pen.save();
    pen.globalAlpha = Number(node.getAttribute("opacity") ?? 1);
    pen.fillStyle = node.getAttribute("fill") ?? ink;
    pen.label = node.dataset.name ?? "";
    if (node.tagName === "path") fillWritten(pen, node.getAttribute("d"));
    if (node.tagName === "rect") pen.fillRect(at("x"), at("y"), at("width"), at("height"));
    if (node.tagName === "text") paintWords(pen, node);
    pen.restore();
  }
}

function paintWords(pen, node) {
  const style = getComputedStyle(node);
  pen.font = `${node.getAttribute("font-weight") ?? ""} ${node.getAttribute("font-size") ?? 12}px ${style.fontFamily}`.trim();
  pen.textAlign = { start: "left", middle: "center", end: "right" }[node.getAttribute("text-anchor") ?? "start"];
  pen.fillText(node.textContent, Number(node.getAttribute("x")), Number(node.getAttribute("y")));
}
