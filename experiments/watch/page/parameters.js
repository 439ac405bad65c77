// The drawer of sliders: the baseline is marked, what differs says so, one or all can be restored.

const STEPS = 200;

export class Parameters {
  constructor(drawer, init, send) {
    Object.assign(this, { drawer, send });
    this.rows = new Map();
    drawer.innerHTML = '<div class="head"><h2>Parameters</h2><button class="close" aria-label="Close">×</button></div><p class="quiet">A change holds from the month that comes next. The grey mark is the value of the config.</p><div class="row"><button class="all">Restore all</button><button class="save">Save as YAML</button></div>';
    drawer.querySelector(".all").addEventListener("click", () => send("restore"));
    drawer.querySelector(".save").addEventListener("click", () => send("save"));
    let group = "";
    for (const slider of init.sliders) {
      if (slider.group !== group) {
        group = slider.group;
        drawer.append(Object.assign(document.createElement("h3"), { textContent: group }));
      }
      this.add(slider);
    }
  }

  add(slider) {
    const row = document.createElement("div");
    row.className = "slider";
    row.title = `${slider.key}: ${slider.doc}`;
    const id = `slider-${slider.key}`;
    row.innerHTML = '<label></label><output class="numbers"></output><button class="restore">↺</button><div class="track"><span class="mark"></span><input type="range"></div>';
    const [label, output, restore, input] = ["label", "output", ".restore", "input"].map((name) => row.querySelector(name));
    label.textContent = slider.title;
    label.htmlFor = id;
    restore.setAttribute("aria-label", `Restore ${slider.group}: ${slider.title}`);
    Object.assign(input, { id, min: slider.low, max: slider.high, step: (slider.high - slider.low) / STEPS });
    const part = (slider.value - slider.low) / (slider.high - slider.low);
    row.querySelector(".mark").style.left = `calc(8px + ${part} * (100% - 16px) - 1px)`;
    const show = (value) => { output.textContent = `${+value.toPrecision(3)} ${slider.unit === "-" ? "" : slider.unit}`; };
    const say = (value) => { input.value = value; show(value); row.classList.toggle("changed", value !== slider.value); };
    input.addEventListener("input", () => show(Number(input.value)));
    input.addEventListener("change", () => this.send("set", { key: slider.key, value: Number(input.value) }));
    restore.addEventListener("click", () => this.send("restore", { key: slider.key }));
    say(slider.value);
    this.rows.set(slider.key, { say, base: slider.value });
    this.drawer.append(row);
  }

  // Put the keyboard on a slider.
  focus(key) {
    const input = document.getElementById(`slider-${key}`);
    input.scrollIntoView({ block: "center" });
    input.focus();
  }

  // What holds now, as the session tells it.
  show(values) {
    for (const [key, { say, base }] of this.rows) say(values[key] ?? base);
  }
}
