// In place of the websocket: a run that lies in the page itself, and answers as a session does.

import { decode } from "./decode.js";
import { Past } from "./past.js";

const FASTEST = 240; // months/s where no limit is set: a picture must be seen
const [SOONEST, LATEST] = [4, 250]; // ms between looks at the clock
const MEASURED = 500; // ms over which months a second are measured
const text = new TextDecoder();

export function connect(handlers) {
  const player = new Player(handlers);
  opened().then((parts) => player.begin(parts)).catch((failure) => handlers.notice({ text: `This file cannot be shown: ${failure.message}. A browser of 2023 or later is needed, and the whole file.`, level: "lost" }));
  return (type, entries = {}) => player.obey(type, entries);
}

// The parts of the archive, each as its own bytes.
async function opened() {
  const packed = Uint8Array.from(atob(document.getElementById("run").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return decode(await new Response(stream).arrayBuffer());
}

class Player {
  constructor(handlers) {
    Object.assign(this, { handlers, past: null, shown: 0, playing: false, pace: 0, isDrawn: true, isNews: false });
  }

  begin(parts) {
    const own = (part) => decode(part.slice().buffer);
    const init = JSON.parse(text.decode(parts.init));
    const graph = own(parts.graph);
    const later = (part) => { let found = null; return () => { found ??= JSON.parse(text.decode(part)); return found; }; };
    this.news = own(parts.frame);
    this.months = this.news.seen;
    this.past = new Past(init, graph, own(parts.states).states, this.months, { flows: later(parts.flows), agents: later(parts.agents), providers: later(parts.providers) });
    this.speed = this.news.speed;
    this.handlers.init(init);
    this.handlers.graph(graph);
    this.changed();
  }

  obey(type, entries) {
    if (!this.past) return;
    const act = this[`do_${type}`];
    if (!act) this.handlers.notice({ text: "A file that was taken away only shows; `shareshift watch` can do this.", level: "error" });
    else act.call(this, entries);
  }

  // --- Commands ---------------------------------------------------------------------------------

  do_ack() {
    this.isDrawn = true;
    if (this.isNews) this.changed();
  }

  do_play() {
    if (this.shown === this.months) this.shown = 0;
    this.playing = true;
    this.count();
    this.changed();
    this.wait();
  }

  do_pause() {
    this.playing = false;
    this.changed();
  }

  do_step() {
    this.show(this.shown + 1);
  }

  do_reset() {
    this.show(0);
  }

  do_seek({ month }) {
    this.shown = Math.max(0, Math.min(month, this.months));
    this.count();
    this.changed();
  }

  do_speed({ value }) {
    this.speed = value;
    this.count();
    this.changed();
  }

  do_inspect({ node, provider, ...named }) {
    const story = provider === undefined ? this.past.ofNode(node ?? this.past.nodeOf(named), this.shown) : this.past.ofProvider(provider, this.shown);
    if (story) this.handlers.story(story);
    else this.handlers.notice({ text: "This agent is not drawn, and not in this file.", level: "error" });
  }

  do_flows({ first, last }) {
    this.handlers.flows(this.past.moves(first, Math.min(last, this.months)));
  }

  // --- The clock --------------------------------------------------------------------------------

  show(month) {
    this.playing = false;
    this.shown = Math.min(month, this.months);
    this.changed();
  }

  count() {
    this.from = this.paced = { time: performance.now(), month: this.shown };
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), Math.max(SOONEST, Math.min(LATEST, 1000 / (this.speed || FASTEST) / 2)));
  }

  turn() {
    if (!this.playing) return;
    const now = performance.now();
    const due = this.from.month + Math.floor(((now - this.from.time) / 1000) * (this.speed || FASTEST));
    if (now - this.paced.time >= MEASURED) {
      this.pace = ((this.shown - this.paced.month) / (now - this.paced.time)) * 1000;
      this.paced = { time: now, month: this.shown };
    }
    if (due > this.shown) {
      this.shown = Math.min(due, this.months);
      this.playing = this.shown < this.months;
      this.changed();
    }
    if (this.playing) this.wait();
  }

  // The latest month goes out, and only when the one before has been drawn.
  changed() {
    this.isNews = !this.isDrawn;
    if (!this.isDrawn) return;
    this.isDrawn = false;
    const { shown, playing, speed } = this;
    this.handlers.frame({ ...this.news, month: shown, playing, speed, pace: playing ? Math.round(this.pace * 10) / 10 : 0, ...this.past.frame(shown) });
    Object.assign(this.news, { first: this.months, rows: new Float64Array(0), events: [] });
  }
}
