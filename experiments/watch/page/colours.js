// One fixed colour for each provider; in the dark, those that would sink into the ground are lifted.

const LEAST = { light: 0, dark: 0.16 };

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// The colour, moved by a part of the way to another one.
export function mixed(colour, other, part) {
  const [from, to] = [channels(colour), channels(other)];
  return `#${from.map((value, at) => Math.round(value + (to[at] - value) * part).toString(16).padStart(2, "0")).join("")}`;
}

export function lifted(colour, least) {
  let rgb = channels(colour);
  for (let step = 0; step < 20 && luminance(rgb) < least; step += 1) rgb = rgb.map((value) => value + (255 - value) * 0.08);
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

// Letters on a colour: dark ones on what is light, and the other way round.
export function contrasting(colour) {
  const own = luminance(channels(colour));
  return (own + 0.05) / 0.058 > 1.05 / (own + 0.05) ? "#0f1218" : "#ffffff";
}

// Readable letters: the colour moved towards ink until it stands out against the paper.
function lettering(colour, dark) {
  let rgb = channels(colour);
  const paper = dark ? 0.012 : 1;
  const aim = dark ? [232, 235, 241] : [29, 35, 48];
  for (let step = 0; step < 30; step += 1) {
    const own = luminance(rgb);
    if ((Math.max(own, paper) + 0.05) / (Math.min(own, paper) + 0.05) >= 4.5) break;
    rgb = rgb.map((value, at) => value + (aim[at] - value) * 0.1);
  }
  return `rgb(${rgb.map(Math.round).join(",")})`;
}

export class Colours {
  constructor(providers) {
    this.providers = providers;
    this.dark = false;
    this.refresh();
  }

  refresh() {
    this.dark = document.documentElement.dataset.theme === "dark";
    const least = this.dark ? LEAST.dark : LEAST.light;
    this.fill = this.providers.map((provider) => lifted(provider.colour, least));
    this.letters = this.providers.map((provider) => lettering(provider.colour, this.dark));
    const style = getComputedStyle(document.documentElement);
    for (const name of ["paper", "ink", "muted", "rule", "grid", "link", "accent", "warn", "oldest", "newest"]) {
      this[name] = style.getPropertyValue(`--${name}`).trim();
    }
    this.nobody = this.dark ? "#3a4250" : "#dfe3e9";
  }
}
