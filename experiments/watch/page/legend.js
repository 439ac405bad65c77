// Names with the part of the drawn agents that each has; they light a provider up and ask for its story.

export class Legend {
  // actions: hover a provider (its code, or null), and ask for its story (by its name).
  constructor(holder, actions) {
    Object.assign(this, { holder, actions, built: null });
  }

  // Count the drawn agents of each provider; names are built anew where others are there.
  draw(store, colours) {
    const counts = new Array(store.providers.length).fill(0);
    for (const code of store.state ?? []) if (code < counts.length) counts[code] += 1;
    const there = store.providers.map((_, code) => code).filter((code) => store.ever.has(code) || counts[code]);
    const built = there.map((code) => `${code} ${store.providers[code].name}`).join() + colours.dark;
    if (this.built !== built) {
      this.built = built;
      this.holder.replaceChildren(...there.map((code) => this.button(code, store.providers[code].name, colours.fill[code])));
    }
    for (const button of this.holder.children) {
      const part = store.state ? counts[button.dataset.code] / store.state.length : 0;
      button.querySelector(".numbers").textContent = `${Math.round(part * 100)}%`;
    }
  }

  button(code, name, colour) {
    const button = document.createElement("button");
    button.innerHTML = '<i></i><span></span><span class="numbers"></span>';
    button.dataset.code = code;
    button.querySelector("i").style.background = colour;
    button.querySelector("span").textContent = name;
    button.title = "Its story";
    button.addEventListener("click", () => this.actions.tell(name));
    for (const entry of ["pointerenter", "focus"]) button.addEventListener(entry, () => this.actions.hover(code));
    for (const leave of ["pointerleave", "blur"]) button.addEventListener(leave, () => this.actions.hover(null));
    return button;
  }

  emphasise(code) {
    for (const button of this.holder.children) button.classList.toggle("dimmed", code !== null && Number(button.dataset.code) !== code);
  }

  forget() {
    this.built = null;
  }
}
