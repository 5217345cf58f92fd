import { stored, store } from "../stored.js";
import { ranked } from "./search.js";

const KEPT = 9;

/** The codebook pane: its filter, the definition of the line in use, pinned and recent codes. */
export class Codebook {
  constructor(pane, { assignment, version }) {
    this.pane = pane;
    this.lines = [...pane.querySelectorAll("#codes [data-code]")];
    this.codes = this.lines.map((line) => code(line, pane));
    this.names = { recent: `codes.${assignment}`, pinned: `pins.${version}` };
    for (const kind of ["recent", "pinned"]) this[kind] = (stored(this.names[kind]) ?? "").split(" ").filter((id) => this.find(id));
    this.quickList = pane.querySelector("#quick");
    this.box = pane.querySelector("#defined");
    this.#offerFilter();
    pane.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-code]")) event.preventDefault(); });
    pane.addEventListener("click", ({ target }) => this.#click(target));
    pane.addEventListener("focusin", ({ target }) => { if (this.lines.includes(target)) this.#define(target); });
    this.#showQuick();
  }

  /** Applies a code to the selection; false where nothing is selected, and then its definition is shown. */
  chosen = () => false;

  /** Shows only the marks of these codes; of all where there are none. */
  isolated = () => {};

  find(id) { return this.codes.find((each) => each.id === id); }

  /** The codes of the digits: pinned, then recent. */
  get quick() { return [...new Set([...this.pinned, ...this.recent])].slice(0, KEPT).map((id) => this.find(id)); }

  /** Remembers the last codes, in this browser. */
  used(id) { this.#keep("recent", [id, ...this.recent.filter((each) => each !== id)].slice(0, KEPT)); }

  /** Shows which code the passage panel is about. */
  mark(id) { for (const line of this.lines) line.classList.toggle("is-current", line.dataset.code === id); }

  /** Shows the marks of one code or construct only; the same again shows all. */
  isolate(name, ids) {
    this.only = this.only === name || !ids?.length ? null : name;
    for (const button of this.pane.querySelectorAll("[data-only]")) button.ariaPressed = String(Boolean(this.only) && this.#named(button) === this.only);
    this.isolated(this.only ? ids : []);
  }

  #keep(kind, ids) {
    this[kind] = ids;
    store(this.names[kind], ids.join(" "));
    this.#showQuick();
  }

  #named({ dataset }) { return dataset.only || this.box.dataset.of; }

  #click(target) {
    const button = target.closest("button");
    if (!button) return;
    const { dataset } = button;
    const { of: id } = this.box.dataset;
    if (dataset.code) { if (!this.chosen(dataset.code)) this.#define(this.lines.find((line) => line.dataset.code === dataset.code)); }
    else if ("pin" in dataset) {
      const { pinned } = this;
      this.#keep("pinned", pinned.includes(id) ? pinned.filter((each) => each !== id) : [...pinned, id]);
      button.ariaPressed = String(this.pinned.includes(id));
    } else if ("only" in dataset) {
      const group = dataset.only && button.closest(".code-group");
      this.isolate(this.#named(button), group ? [...group.querySelectorAll("[data-code]")].map((line) => line.dataset.code) : [id]);
    }
  }

  #define(line) {
    const { box } = this;
    const id = line.dataset.code;
    box.dataset.of = id;
    box.hidden = false;
    box.firstElementChild.replaceChildren(...this.find(id).definition.cloneNode(true).childNodes);
    box.querySelector("[data-pin]").ariaPressed = String(this.pinned.includes(id));
    box.querySelector("[data-only]").ariaPressed = String(this.only === id);
    line.after(box);
  }

  #showQuick() {
    this.quickList.parentElement.hidden = !this.quick.length;
    this.quickList.replaceChildren(...this.quick.map((each, at) => {
      const line = this.lines.find(({ dataset }) => dataset.code === each.id).cloneNode(true);
      const key = document.createElement("kbd");
      key.textContent = String(at + 1);
      line.classList.remove("is-current");
      line.querySelector(".code-count").replaceWith(key);
      return line;
    }));
  }

  #offerFilter() {
    const input = this.pane.querySelector("#code-filter");
    if (!input) return;
    input.parentElement.hidden = false;
    input.addEventListener("input", () => {
      const found = new Set(ranked(this.codes, input.value).map(({ code: each }) => each.id));
      for (const line of this.lines) line.hidden = !found.has(line.dataset.code);
      for (const group of this.pane.querySelectorAll("#codes .code-group")) group.hidden = !group.querySelector("[data-code]:not([hidden])");
    });
  }
}

function code(line, pane) {
  const { code: id, label, name, path, aliases } = line.dataset;
  const definition = pane.querySelector(`[data-defines="${id}"]`);
  const fields = [...definition.querySelectorAll("[data-field]")].map((field) => ({ name: field.dataset.field, text: field.textContent }));
  return { id, label, name, path, definition, fields, aliases: aliases ? aliases.split(", ") : [], tag: line.querySelector(".code-tag") };
}
