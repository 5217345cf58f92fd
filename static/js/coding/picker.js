import { ranked } from "./codebook.js";

const hold = (event) => event.preventDefault();

/** The list of codes below the selected words; it lies over what follows, so that nothing moves. */
export class Picker {
  #chosen = 0;
  #found = [];

  constructor(element, codebook) {
    Object.assign(this, { element, codebook });
    this.input = element.querySelector("input");
    this.list = element.querySelector("[role=listbox]");
    this.definition = element.querySelector("[data-definition]");
    this.input.addEventListener("input", () => this.#type());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.goesOn = element.querySelector("[data-go-on]");
    element.addEventListener("pointerdown", (event) => { if (event.target !== this.input) hold(event); });
    element.addEventListener("click", ({ target, shiftKey, ctrlKey }) => {
      const at = this.#at(target);
      if (at >= 0) this.#pick(this.#found[at], shiftKey || ctrlKey);
      else if (target.closest("[data-close]")) this.#end();
    });
    this.list.addEventListener("pointermove", ({ target, movementY }) => {
      const at = this.#at(target);
      // The list may have come to lie under a mouse that rests.
      if (movementY && at >= 0) this.#choose(at);
    });
    document.addEventListener("click", ({ target }) => { if (!element.contains(target)) this.close("left"); }, true);
  }

  #at(target) { return [...this.list.children].indexOf(target.closest("[role=option]")); }

  get isOpen() { return !this.element.hidden; }

  /** `typed` begins a chord; `picked(code)` is called for each code, `closed(why)` once: "picked", "escaped" or "left". */
  open({ turn, box, around }, words, { picked, closed, typed = "" }) {
    const { element, input } = this;
    Object.assign(this, { picked, closed, isChord: Boolean(typed), applied: new Set() });
    element.style.cssText = `--top: ${(box ?? around).bottom - around.top}px`;
    turn.append(element);
    element.hidden = false;
    element.querySelector("[data-note]").textContent = words === 1 ? element.dataset.one : element.dataset.several.replace("%", words);
    input.value = typed;
    this.goesOn.checked = false;
    this.#fill();
    input.focus();
    element.scrollIntoView({ block: "nearest" });
  }

  close(why) {
    if (!this.isOpen) return;
    this.element.hidden = true;
    document.body.append(this.element);
    this.closed(why);
  }

  /** A whole label that was begun on the selection applies at once, if no other begins so. */
  #type() {
    const { value } = this.input;
    const [own, ...others] = this.isChord ? this.codebook.codes.filter(({ label }) => label.startsWith(value)) : [];
    if (own?.label === value && !others.length) this.#pick({ code: own });
    else this.#fill();
  }

  #fill() {
    this.#found = ranked(this.codebook.codes, this.input.value, this.codebook.recent);
    this.list.replaceChildren(...this.#found.map(({ code, why }, place) => {
      const option = copy(this.element, { id: `option-${place}`, ariaChecked: this.applied.has(code) || null }, code.tag.cloneNode(true), code.name);
      option.lastChild.textContent = why;
      return option;
    }));
    this.#choose(0);
  }

  #press(event) {
    const { key, shiftKey } = event;
    const digit = !this.input.value && this.codebook.quick[key - 1];
    const acts = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      Enter: () => (event.ctrlKey ? this.input.form?.requestSubmit() : this.#pick(this.#found[this.#chosen], shiftKey)),
      Escape: () => this.#end(),
      Tab: () => this.#end(),
    };
    if (event.isComposing || !(digit || acts[key])) return;
    event.preventDefault();
    if (digit) this.#pick({ code: digit });
    else acts[key]();
  }

  #choose(place) {
    this.#chosen = Math.max(0, Math.min(place, this.#found.length - 1));
    const options = [...this.list.children];
    const current = options[this.#chosen];
    for (const each of options) each.ariaSelected = each === current;
    this.input.setAttribute("aria-activedescendant", current?.id ?? "");
    current?.scrollIntoView({ block: "nearest" });
    const defined = this.#found[this.#chosen]?.code.definition;
    this.definition.replaceChildren(...(defined?.cloneNode(true).childNodes ?? []));
  }

  #pick(found, isOneOfSeveral) {
    if (!found) return;
    this.applied.add(found.code);
    this.picked(found.code);
    if (!isOneOfSeveral && !this.goesOn.checked) return this.#end();
    this.input.value = "";
    this.#fill();
  }

  #end() { this.close(this.applied.size ? "picked" : "escaped"); }
}

/** A copy of the shape that something holds, with properties, and with parts before its own. */
function copy({ lastElementChild: { content } }, properties, ...parts) {
  const element = Object.assign(content.firstElementChild.cloneNode(true), properties);
  element.prepend(...parts);
  return element;
}

/** Buttons at a selection. */
export class Toolbar {
  #isPressed = false;
  #wait = 0;

  constructor(element, editing) {
    Object.assign(this, { element, editing });
    element.addEventListener("pointerdown", hold);
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.value) editing.codeSelection(button.value);
      else if (button) editing.choose();
    });
    document.addEventListener("pointerdown", ({ target }) => { this.#isPressed = !element.contains(target); });
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { this.#isPressed = false; this.#soon(); });
    document.addEventListener("selectionchange", () => this.#soon());
    document.addEventListener("scroll", () => this.#place(), true);
  }

  hide() { this.element.hidden = true; }

  #soon() {
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => {
      const { element, editing: { caret, codebook, picker } } = this;
      if (this.#isPressed || element.contains(document.activeElement)) return;
      element.hidden = picker.isOpen || !caret.span;
      if (element.hidden) return;
      // The last code is at hand also where all others are pinned.
      const near = [...new Set([codebook.find(codebook.recent[0]) ?? [], codebook.quick].flat())].slice(0, 4);
      element.querySelector("[data-recent]").replaceChildren(...near.map(({ id, name, tag }) => copy(element, { value: id, title: name, ariaLabel: name }, tag.cloneNode(true))));
      this.#place();
    }, 120);
  }

  #place() {
    const { element } = this;
    const boxes = element.hidden || !getSelection().rangeCount ? [] : [...getSelection().getRangeAt(0).getClientRects()];
    if (!boxes.length) return;
    const { right, bottom } = boxes.at(-1);
    const { width, height } = element.getBoundingClientRect();
    const top = bottom + height + 16 > innerHeight ? boxes[0].top - height - 8 : bottom + 8;
    element.style.cssText = `--left: ${Math.max(8, Math.min(right - width / 2, innerWidth - width - 8))}px; --top: ${Math.max(8, top)}px`;
  }
}
