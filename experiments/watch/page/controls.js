// The top bar, the scrubber and the keyboard: what the user asks of the session.

import { isShortcut } from "./shortcut.js";
import { dateOf } from "./store.js";

export const SPEEDS = [1, 2, 4, 8, 15, 30, 60, 120, 0];
const DEFAULT = 3;
const by = (id) => document.getElementById(id);

export class Controls {
  constructor(send) {
    this.send = send;
    this.playing = false;
    this.month = 0;
    this.dragging = false;
    this.suffix = "";
    by("play").addEventListener("click", () => this.toggle());
    by("step").addEventListener("click", () => send("step"));
    by("reset").addEventListener("click", () => send("reset"));
    by("speed").addEventListener("input", () => this.setSpeed(Number(by("speed").value)));
    by("scrubber").addEventListener("input", () => this.seek(Number(by("scrubber").value)));
    by("scrubber").addEventListener("pointerdown", () => { this.dragging = true; });
    window.addEventListener("pointerup", () => { this.dragging = false; });
    window.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.fromAddress());
  }

  begin(init) {
    this.init = init;
    this.months = init.run.months;
    by("name").textContent = init.run.name;
    by("name").title = init.run.description;
    by("identity").textContent = `seed ${init.run.seed} · ${init.run.identity}${init.live ? "" : " · stored run"}`;
    document.title = `${init.run.name} · Shareshift`;
    by("scrubber").max = this.months;
    const first = dateOf(init.run.start, 0);
    by("years").replaceChildren();
    for (let month = (12 - first.month) % 12; month <= this.months; month += this.months > 240 ? 60 : 12) {
      const label = Object.assign(document.createElement("span"), { textContent: dateOf(init.run.start, month).year });
      label.style.left = `${(month / this.months) * 100}%`;
      by("years").append(label);
    }
    const place = SPEEDS.indexOf(init.speed);
    this.showSpeed(place < 0 ? DEFAULT : place);
  }

  // Two markets on one clock: both names, the longer run, and the comparison in the address.
  beside(told, pair) {
    this.suffix = told?.asked ? `&compare=${told.asked.split(":").map(encodeURIComponent).join(":")}` : "";
    if (told) {
      this.months = Math.max(...pair.sides.map(({ init }) => init.run.months));
      by("scrubber").max = this.months;
      by("name").textContent = told.names[0] === told.names[1] ? told.names[0] : told.names.join(" | ");
      by("identity").textContent = `${told.same_seed ? `seed ${told.seeds[0]}` : `seeds ${told.seeds.join(" and ")}`} · ${[...new Set(told.identities)].join(" | ")}`;
    } else this.begin(pair.sides[0].init);
    if (!this.playing) history.replaceState(null, "", `#${this.month}${this.suffix}`);
  }

  toggle() {
    this.send(this.playing ? "pause" : "play");
  }

  setSpeed(place) {
    const bounded = Math.max(0, Math.min(SPEEDS.length - 1, place));
    this.showSpeed(bounded);
    this.send("speed", { value: SPEEDS[bounded] });
  }

  showSpeed(place) {
    this.place = place;
    by("speed").value = place;
    const words = SPEEDS[place] ? `${SPEEDS[place]} months/s` : "no limit";
    by("speed-word").textContent = words;
    by("speed").setAttribute("aria-valuetext", words);
  }

  seek(month) {
    this.send("pause");
    this.send("seek", { month: Math.max(0, Math.min(this.months, month)) });
  }

  // The month after #, in the address; a page that is opened on a month runs there.
  fromAddress() {
    const month = Number(/^#t?=?(\d{1,3})(&|$)/.exec(location.hash)?.[1] ?? NaN);
    if (Number.isInteger(month) && month !== this.month && month <= this.months) this.seek(month);
  }

  key(event) {
    if (!isShortcut(event)) return;
    // Space is the button's own where the keyboard came to it, and plays where a pointer clicked it.
    const onButton = event.target.tagName === "BUTTON" && event.target.matches(":focus-visible");
    const actions = {
      " ": () => this.toggle(),
      ArrowRight: () => this.send("step"),
      ArrowLeft: () => this.seek(this.month - 1),
      r: () => this.send("reset"),
      R: () => this.send("reset"),
      "[": () => this.setSpeed(this.place - 1),
      "]": () => this.setSpeed(this.place + 1),
      Home: () => this.seek(0),
      End: () => this.seek(this.init?.live ? Math.max(this.seen, 0) : this.months),
    };
    const ofSlider = event.target.type === "range" && event.target.id !== "scrubber" && /^(Arrow|Home|End)/.test(event.key);
    if (!actions[event.key] || ofSlider || (onButton && event.key === " ")) return;
    event.preventDefault();
    if (event.key === " " && event.target.tagName === "BUTTON") event.target.blur();
    actions[event.key]();
  }

  show(frame, frames = [frame]) {
    const [month, seen] = ["month", "seen"].map((name) => Math.max(...frames.map((each) => each[name])));
    Object.assign(this, { playing: frame.playing, month, seen });
    by("play").classList.toggle("playing", frame.playing);
    by("play").querySelector(".word").textContent = frame.playing ? "Pause" : "Play";
    by("date").textContent = month ? dateOf(this.init.run.start, month - 1).words : "Start";
    by("month").textContent = `month ${month} of ${this.months}`;
    by("pace").textContent = `${Math.round(frame.pace)} months/s`;
    if (!this.dragging) by("scrubber").value = month;
    by("scrubber").setAttribute("aria-valuetext", by("date").textContent);
    by("seen").style.width = `calc((100% - 48px) * ${seen / this.months})`;
    if (!frame.playing) history.replaceState(null, "", `#${month}${this.suffix}`);
  }
}
