// The drawer of dated events: choose one, say how large, and it happens next month.

export class Events {
  constructor(drawer, init, send) {
    Object.assign(this, { drawer, init, send });
    drawer.innerHTML = '<div class="head"><h2>Drop an event</h2><button class="close" aria-label="Close">×</button></div><p class="quiet">It happens in the month that comes next.</p><div class="field"><label for="event-kind">What</label><select id="event-kind"></select></div><p class="quiet about"></p><form></form><h3>Dropped so far</h3><ol class="dropped"></ol>';
    this.choice = drawer.querySelector("select");
    for (const kind of init.kinds) this.choice.append(new Option(kind.kind.replaceAll("_", " "), kind.kind));
    this.choice.addEventListener("change", () => this.ask());
    this.form = drawer.querySelector("form");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.drop(); });
    if (init.kinds.some(({ kind }) => kind === "price_war")) this.choice.value = "price_war";
    this.ask();
    this.show([]);
  }

  get kind() {
    return this.init.kinds.find(({ kind }) => kind === this.choice.value);
  }

  // Put the keyboard on the settings of a kind.
  choose(kind) {
    this.choice.value = kind;
    this.ask();
    (this.form.querySelector("input, select") ?? this.choice).focus();
  }

  ask() {
    this.drawer.querySelector(".about").textContent = this.kind.title;
    this.form.replaceChildren(...this.kind.settings.map((setting) => this.field(setting)), Object.assign(document.createElement("button"), { className: "main", textContent: "Drop it" }));
  }

  field(setting) {
    const row = document.createElement("div");
    row.className = "field";
    const label = Object.assign(document.createElement("label"), { textContent: `${setting.doc}${setting.unit && setting.unit !== "-" ? `, ${setting.unit}` : ""}`, htmlFor: `event-${setting.key}` });
    const input = this.input(setting);
    input.id = `event-${setting.key}`;
    input.name = setting.key;
    row.append(label, input);
    return row;
  }

  input(setting) {
    if (setting.form === "provider" || setting.form === "choice" || setting.form === "flag") {
      const choices = { provider: this.init.providers.filter(({ entrant, name }) => !entrant && name !== "OPEN").map(({ name }) => name), choice: setting.choices, flag: ["true", "false"] }[setting.form];
      const select = document.createElement("select");
      for (const choice of choices) select.append(new Option(choice, choice));
      if (setting.value !== undefined) select.value = setting.value;
      return select;
    }
    const input = document.createElement("input");
    if (setting.form === "word") return Object.assign(input, { type: "text", required: true });
    const whole = setting.form === "whole";
    const { low = 0, high = 1 } = setting;
    const middle = whole ? 6 : +(low + (high - low) / 4).toPrecision(2);
    return Object.assign(input, { type: "number", step: whole ? 1 : "any", required: true, value: setting.value ?? middle });
  }

  drop() {
    const settings = {};
    for (const { key, form } of this.kind.settings) {
      const { value } = this.form.elements[key];
      settings[key] = { number: Number(value), whole: Number(value), flag: value === "true" }[form] ?? value;
    }
    this.send("event", { kind: this.kind.kind, settings });
  }

  show(dropped) {
    const list = this.drawer.querySelector(".dropped");
    list.replaceChildren(...dropped.map(({ month, kind, name }) => Object.assign(document.createElement("li"), { textContent: `month ${month + 1}: ${kind === "set" ? "sliders" : kind.replaceAll("_", " ")} (${name})` })));
    if (!dropped.length) list.append(Object.assign(document.createElement("li"), { textContent: "nothing", className: "quiet" }));
  }
}
