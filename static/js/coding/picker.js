import { ranked } from "./search.js";

/** The list of codes below the current turn: typing filters, arrows choose, Enter applies. */
export class Picker {
  #chosen = 0;
  #found = [];

  constructor(element, codes, { recent }) {
    this.element = element;
    this.codes = codes;
    this.recent = recent;
    this.input = element.querySelector("input");
    this.list = element.querySelector("[role=listbox]");
    this.definition = element.querySelector("[data-definition]");
    this.note = element.querySelector("[data-note]");
    this.input.addEventListener("input", () => this.#fill());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#pick(Number(option.dataset.place), false);
    });
    element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !element.contains(relatedTarget)) this.close("left");
    });
  }

  get isOpen() { return !this.element.hidden; }

  /** Opens below a turn; `picked(code)` is called for each code that is applied, `closed(why)` once. */
  open(turn, note, { picked, closed }) {
    Object.assign(this, { picked, closed });
    turn.append(this.element);
    this.element.hidden = false;
    this.note.textContent = note;
    this.input.value = "";
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

  #fill() {
    this.#found = ranked(this.codes, this.input.value, this.recent());
    this.list.replaceChildren(...this.#found.map((found, place) => option(found, place)));
    this.#choose(0);
  }

  #press(event) {
    const { key } = event;
    if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter", "Escape", "Tab"].includes(key)) return;
    event.preventDefault();
    if (key === "ArrowDown") this.#choose(this.#chosen + 1);
    else if (key === "ArrowUp") this.#choose(this.#chosen - 1);
    else if (key === "Enter") this.#pick(this.#chosen, event.shiftKey);
    else this.close("escaped");
  }

  #choose(place) {
    this.#chosen = Math.max(0, Math.min(place, this.#found.length - 1));
    [...this.list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === this.#chosen)));
    const current = this.list.children[this.#chosen];
    this.input.setAttribute("aria-activedescendant", current?.id ?? "");
    current?.scrollIntoView({ block: "nearest" });
    const defined = this.#found[this.#chosen]?.code.definition;
    this.definition.replaceChildren(...(defined ? defined.cloneNode(true).childNodes : []));
    this.definition.hidden = !defined;
  }

  #pick(place, isOneOfSeveral) {
    const found = this.#found[place];
    if (!found) return;
    this.picked(found.code);
    if (isOneOfSeveral) this.input.select();
    else this.close("picked");
  }
}

function option({ code, why }, place) {
  const item = document.createElement("li");
  item.className = "picker-option";
  item.id = `option-${place}`;
  item.dataset.place = place;
  item.setAttribute("role", "option");
  const tag = code.tag.cloneNode(true);
  const name = document.createElement("span");
  name.textContent = code.name;
  const reason = document.createElement("span");
  reason.className = "picker-why";
  reason.textContent = why;
  item.append(tag, name, reason);
  return item;
}
