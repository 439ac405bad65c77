// What a test measures of the page: boxes of words and controls, and the words on canvases.
// Runs before the page's own scripts, so that it sees each word that a canvas is given.

(() => {
  const OVER = ".drawer, #search"; // what lies over the page on purpose, each a layer of its own
  const written = new WeakMap();
  const pens = CanvasRenderingContext2D.prototype;
  const { fillText, clearRect, putImageData } = pens;

  // A picture begins with a cleared canvas: what was written before is no longer there.
  pens.clearRect = function begin(...box) {
    written.set(this.canvas, []);
    return clearRect.apply(this, box);
  };
  pens.putImageData = function begin(...words) {
    written.set(this.canvas, []);
    return putImageData.apply(this, words);
  };
  pens.fillText = function write(words, x, y, ...rest) {
    const size = this.measureText(words);
    const at = this.getTransform();
    const left = (x - size.actualBoundingBoxLeft) * at.a + at.e;
    const right = (x + size.actualBoundingBoxRight) * at.a + at.e;
    const [top, bottom] = [y - size.actualBoundingBoxAscent, y + size.actualBoundingBoxDescent].map((each) => each * at.d + at.f);
    if (!written.has(this.canvas)) written.set(this.canvas, []);
    if (this.globalAlpha > 0.99 && at.b === 0) written.get(this.canvas).push({ words: `${words}`, left, right, top, bottom, colour: this.fillStyle });
    return fillText.call(this, words, x, y, ...rest);
  };

  const overlap = (one, other) => Math.min(Math.min(one.right, other.right) - Math.max(one.left, other.left), Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));
  const name = (element) => `${element.id ? `#${element.id}` : element.tagName.toLowerCase()}${element.className ? `.${`${element.className}`.split(" ")[0]}` : ""} '${(element.textContent || element.getAttribute("aria-label") || "").trim().slice(0, 30)}'`;

  // The part of an element that can be seen: its box within all that scrolls or hides around it.
  function seen(element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const box = { left, right, top, bottom };
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflow === "visible") continue;
      const hole = around.getBoundingClientRect();
      for (const side of ["left", "top"]) box[side] = Math.max(box[side], hole[side]);
      for (const side of ["right", "bottom"]) box[side] = Math.min(box[side], hole[side]);
    }
    return box;
  }

  // Words and controls of a layer: what lies in a drawer lies over the rest on purpose.
  function pieces(layer) {
    const found = [];
    for (const element of layer.querySelectorAll("*")) {
      if (element.closest(`[aria-hidden=true], .spoken, .tip, svg, .notice, ${OVER}`) !== (layer.matches(OVER) ? layer : null)) continue;
      const control = element.matches("button, input, select");
      const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!(control || words) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (element.parentElement.closest("button, select")) continue;
      if (element.matches("input") && element.closest("label") && element.type === "checkbox") continue;
      const box = seen(element);
      if (box.right - box.left > 1 && box.bottom - box.top > 1) found.push({ element, ...box });
    }
    return found;
  }

  function crossings(found, say, most = 1.5) {
    const wrong = [];
    found.forEach((one, at) => found.slice(at + 1).forEach((other) => {
      if (one.element?.contains(other.element)) return;
      if (overlap(one, other) > most) wrong.push(`${say(one)} lies over ${say(other)}`);
    }));
    return wrong;
  }

  function cut({ element, left, right }) {
    const box = element.getBoundingClientRect();
    if (left - box.left > 1 || box.right - right > 1 || box.right > innerWidth + 1 || box.left < -1) return true;
    const hides = getComputedStyle(element).overflowX === "hidden" || element.matches("button");
    return hides && element.scrollWidth > element.clientWidth + 1;
  }

  window.__measured = () => {
    const layers = [document.body, ...document.querySelectorAll(OVER)].filter((layer) => !layer.hidden);
    const wrong = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
    for (const layer of layers) {
      const found = pieces(layer);
      wrong.push(...crossings(found, ({ element }) => name(element)));
      wrong.push(...found.filter(cut).map(({ element }) => `${name(element)} is cut`));
      const bars = !layer.matches(".drawer") ? [] : [...document.querySelectorAll("header, .scrub")];
      wrong.push(...bars.filter((bar) => overlap(bar.getBoundingClientRect(), layer.getBoundingClientRect()) > 1).map((bar) => `${name(layer)} lies over ${name(bar)}`));
      if (layer !== document.body && layer.scrollWidth > layer.clientWidth) wrong.push(`${name(layer)} scrolls sideways`);
    }
    for (const canvas of document.querySelectorAll("canvas")) {
      const words = (written.get(canvas) ?? []).filter((each) => each.words.trim().length > 1);
      wrong.push(...crossings(words, (each) => `on canvas '${each.words}'`, -1));
      wrong.push(...words.filter(({ left, right, top, bottom }) => left < -1 || top < -1 || right > canvas.width + 1 || bottom > canvas.height + 1).map((each) => `on canvas '${each.words}' is cut`));
    }
    return wrong;
  };
  window.__written = () => [...document.querySelectorAll("canvas")].flatMap((canvas) => written.get(canvas) ?? []);
})();
