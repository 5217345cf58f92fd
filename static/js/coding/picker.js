import { ranked } from "./search.js";

/** The list of codes below the current turn: typing filters, arrows choose, Enter applies, Shift+Enter applies one of several. */
export class Picker {
  #chosen = 0;
  #found = [];

  constructor(element, codes, { recent, quick }) {
    Object.assign(this, { element, codes, recent, quick });
    this.input = element.querySelector("input");
    this.list = element.querySelector("[role=listbox]");
    this.definition = element.querySelector("[data-definition]");
    this.input.addEventListener("input", () => this.#type());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target, shiftKey, ctrlKey }) => {
      const option = target.closest("[role=option]");
      if (option) this.#pick(this.#found[option.dataset.place]?.code, shiftKey || ctrlKey);
    });
    element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !element.contains(relatedTarget)) this.close("left");
    });
  }

  get isOpen() { return !this.element.hidden; }

  /** Opens below a turn; `typed` begins a chord. `picked(code)` is called for each code applied, `closed(why)` once. */
  open(turn, note, { picked, closed, typed = "" }) {
    Object.assign(this, { picked, closed, isChord: Boolean(typed) });
    turn.append(this.element);
    this.element.hidden = false;
    this.element.querySelector("[data-note]").textContent = note;
    this.input.value = typed;
    this.#fill();
    this.input.focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** `why` is "picked", "escaped", or "left" where the keyboard has gone elsewhere. */
  close(why) {
    if (!this.isOpen) return;
    this.element.hidden = true;
    document.body.append(this.element);
    this.closed(why);
  }

  /** A whole label that was begun on the selection applies at once, if no other begins so. */
  #type() {
    const { value } = this.input;
    const [own, ...others] = this.isChord ? this.codes.filter(({ label }) => label.startsWith(value)) : [];
    if (own?.label === value && !others.length) this.#pick(own);
    else this.#fill();
  }

  #fill() {
    this.#found = ranked(this.codes, this.input.value, this.recent());
    this.list.replaceChildren(...this.#found.map(option));
    this.#choose(0);
  }

  #press(event) {
    const { key, shiftKey } = event;
    const digit = !this.input.value && this.quick()[key - 1];
    const acts = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      Enter: () => this.#pick(this.#found[this.#chosen]?.code, shiftKey),
      Escape: () => this.close("escaped"),
      Tab: () => this.close("escaped"),
    };
    if (event.isComposing || !(digit || Object.hasOwn(acts, key))) return;
    event.preventDefault();
    if (digit) this.#pick(digit);
    else acts[key]();
  }

  #choose(place) {
    this.#chosen = Math.max(0, Math.min(place, this.#found.length - 1));
    [...this.list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === this.#chosen)));
    const current = this.list.children[this.#chosen];
    this.input.setAttribute("aria-activedescendant", current?.id ?? "");
    current?.scrollIntoView({ block: "nearest" });
    const defined = this.#found[this.#chosen]?.code.definition;
    this.definition.replaceChildren(...(defined?.cloneNode(true).childNodes ?? []));
    this.definition.hidden = !defined;
  }

  #pick(code, isOneOfSeveral) {
    if (!code) return;
    this.picked(code);
    if (!isOneOfSeveral) return this.close("picked");
    this.input.value = "";
    this.#fill();
  }
}

function option({ code, why }, place) {
  const item = document.createElement("li");
  Object.assign(item, { className: "picker-option", id: `option-${place}`, role: "option" });
  item.dataset.place = place;
  const [name, reason] = [code.name, why].map((text) => Object.assign(document.createElement("span"), { textContent: text }));
  reason.className = "picker-why";
  item.append(code.tag.cloneNode(true), name, reason);
  return item;
}
