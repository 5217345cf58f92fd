/** A few buttons at the end of a selection that was made with mouse or finger. */
export class Toolbar {
  #isPressed = false;
  #wait = 0;

  constructor(element, { spanOf, codes, code, choose }) {
    Object.assign(this, { element, spanOf, codes });
    this.recent = element.querySelector("[data-recent]");
    element.addEventListener("pointerdown", (event) => event.preventDefault());
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.dataset.code) code(button.dataset.code);
      else if (button) choose();
    });
    document.addEventListener("pointerdown", ({ target }) => { this.#isPressed = !element.contains(target); });
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { this.#isPressed = false; this.#soon(); });
    document.addEventListener("selectionchange", () => this.#soon());
    document.addEventListener("scroll", () => this.#place(), { capture: true, passive: true });
  }

  hide() { this.element.hidden = true; }

  #soon() {
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => { if (!this.#isPressed) this.#update(); }, 120);
  }

  #update() {
    if (this.element.contains(document.activeElement)) return;
    const isWanted = Boolean(this.spanOf());
    this.element.hidden = !isWanted;
    if (!isWanted) return;
    this.recent.replaceChildren(...this.codes().map(button));
    this.#place();
  }

  /** Below the end of the selection; narrow screens hold it at the foot of the page instead. */
  #place() {
    if (this.element.hidden) return;
    const boxes = getSelection().rangeCount ? [...getSelection().getRangeAt(0).getClientRects()] : [];
    const last = boxes.at(-1);
    if (!last) return;
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(8, Math.min(last.right - width / 2, innerWidth - width - 8));
    const below = last.bottom + 8;
    const top = below + height > innerHeight - 8 ? boxes[0].top - height - 8 : below;
    this.element.style.setProperty("--left", `${Math.round(left)}px`);
    this.element.style.setProperty("--top", `${Math.round(Math.max(8, top))}px`);
  }
}

function button(code) {
  const item = document.createElement("button");
  item.type = "button";
  item.className = "button button-small";
  item.dataset.code = code.id;
  item.title = code.name;
  item.setAttribute("aria-label", code.name);
  item.append(code.tag.cloneNode(true));
  return item;
}
