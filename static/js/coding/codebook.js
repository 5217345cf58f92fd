import { fail } from "../toasts.js";
import { post } from "./server.js";
import { codingsOf } from "./text.js";

/** The codebook pane: filter, definitions, pinned and recent codes; and which marks are lit up. */
export class Codebook {
  constructor(pane, list) {
    Object.assign(this, { pane, list });
    this.lines = [...pane.querySelectorAll("#codes [data-code]")];
    this.codes = this.lines.map((line) => codeOf(line, pane));
    for (const kind of ["recent", "pinned"]) this[kind] = list.dataset[kind].split(" ").filter((id) => this.find(id));
    this.quickList = pane.querySelector("#quick");
    this.box = pane.querySelector("#defined");
    this.#offerFilter(pane.querySelector("#code-filter"));
    pane.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-code]")) event.preventDefault(); });
    pane.addEventListener("click", ({ target }) => this.#click(target.closest("button")));
    pane.addEventListener("focusin", ({ target }) => { if (this.lines.includes(target)) this.#define(target); });
    if (this.box) this.#showQuick();
  }

  chosen = () => false; // false where nothing is selected: then the definition is shown

  find(id) { return this.codes.find((each) => each.id === id); }

  /** The codes of the digits: pinned, then recent. */
  get quick() { return [...new Set([...this.pinned, ...this.recent])].slice(0, 9).map((id) => this.find(id)); }

  used(id) {
    if (id === this.recent[0]) return;
    this.recent = [...new Set([id, ...this.recent])];
    this.#showQuick();
  }

  mark(id) { for (const { dataset, classList } of this.lines) classList.toggle("is-current", dataset.code === id); }

  /** The same again shows all. */
  isolate(name, ids) {
    this.only = this.only === name || !ids?.length ? null : name;
    for (const button of this.pane.querySelectorAll("[data-only]")) button.ariaPressed = this.#named(button) === this.only;
    this.#lit = this.only ? ids.map((id) => this.find(id)?.label) : [];
    this.list.classList.toggle("is-backlit", this.#lit.length);
    this.dim([this.list]);
  }

  #lit = [];

  /** For parts that were just drawn. */
  dim(parts) {
    const starts = this.#lit.flatMap((label) => [...this.list.querySelectorAll(`[data-tag="${CSS.escape(label)}"]`)]);
    const shown = new Set(starts.flatMap(codingsOf));
    for (const part of parts.flatMap((part) => [...part.querySelectorAll("mark, .stripe")])) {
      part.classList.toggle("is-dimmed", this.#lit.length && !codingsOf(part).some((id) => shown.has(id)));
    }
  }

  async #pin(id, button) {
    const others = this.pinned.filter((each) => each !== id);
    const isNew = !this.pinned.includes(id);
    const answer = await post(this.list.dataset.pins, { code: id, is_pinned: isNew }).catch(() => ({}));
    if (!answer.ok) return fail("offline");
    this.pinned = isNew ? [...others, id] : others;
    button.ariaPressed = isNew;
    this.#showQuick();
  }

  #named({ dataset }) { return dataset.only || this.box.dataset.of; }

  #click(button) {
    if (!button) return;
    const { code, pin, only } = button.dataset;
    const { of: id } = this.box.dataset;
    if (code) { if (!this.chosen(code)) this.#define(this.#line(code)); }
    else if (pin !== undefined) this.#pin(id, button);
    else if (only !== undefined) {
      const group = only && button.closest(".code-group");
      this.isolate(this.#named(button), group ? [...group.querySelectorAll("[data-code]")].map(({ dataset }) => dataset.code) : [id]);
    }
  }

  #line(id) { return this.lines.find(({ dataset }) => dataset.code === id); }

  #define(line) {
    const { box } = this;
    const id = line.dataset.code;
    box.dataset.of = id;
    box.hidden = false;
    box.firstElementChild.replaceChildren(...this.find(id).definition.cloneNode(true).childNodes);
    box.querySelector("[data-pin]").ariaPressed = this.pinned.includes(id);
    box.querySelector("[data-only]").ariaPressed = this.only === id;
    line.after(box);
  }

  #showQuick() {
    this.quickList.parentElement.hidden = !this.quick.length;
    this.quickList.replaceChildren(...this.quick.map(({ id }, at) => {
      const line = this.#line(id).cloneNode(true);
      line.classList.remove("is-current");
      line.querySelector(".code-count").outerHTML = `<kbd>${at + 1}</kbd>`;
      return line;
    }));
  }

  #offerFilter(input) {
    if (!input) return;
    input.parentElement.hidden = false;
    input.addEventListener("input", () => {
      const found = new Set(ranked(this.codes, input.value).map(({ code }) => code.id));
      for (const line of this.lines) line.hidden = !found.has(line.dataset.code);
      for (const group of this.pane.querySelectorAll("#codes .code-group")) group.hidden = !group.querySelector("[data-code]:not([hidden])");
    });
  }
}

function codeOf(line, pane) {
  const { code: id, label, name, path, aliases } = line.dataset;
  const definition = pane.querySelector(`[data-defines="${id}"]`);
  const fields = [...definition.querySelectorAll("[data-field]")].map(({ dataset, textContent }) => ({ name: dataset.field, text: textContent }));
  return { id, label, name, path, definition, fields, aliases: aliases.split(", "), tag: line.querySelector(".code-tag") };
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The codes that hold every word, best first, each with where it was found; without words the recent ones lead. */
export function ranked(codes, query, recent = []) {
  const words = folded(query).split(/\s+/u).filter(Boolean);
  const age = ({ id }) => recent.indexOf(id) + 1 || 999;
  if (!words.length) return codes.toSorted((one, other) => age(one) - age(other)).map((code) => ({ code, why: "" }));
  const found = codes.map((code) => {
    const [hardest, ...others] = words.map((word) => match(code, word)).sort((one, other) => one.score - other.score);
    return { code, why: hardest.why, score: hardest.score && others.reduce((sum, { score }) => sum + score, hardest.score) };
  });
  return found.filter(({ score }) => score).sort((one, other) => other.score - one.score);
}

function match(code, word) {
  const [label, name] = [folded(code.label), folded(code.name)];
  const alias = code.aliases.find((each) => folded(each).includes(word));
  const field = code.fields.find(({ text }) => folded(text).includes(word));
  const ways = [
    [100, label === word],
    [80, name.startsWith(word)],
    [60, name.split(/[\s-]+/u).some((part) => part.startsWith(word))],
    [40, name.includes(word)],
    [35, label.startsWith(word)],
    [30, alias, alias],
    [20, folded(code.path).includes(word), code.path],
    [10, field, field && `${field.name}: “${around(field.text, word)}”`],
  ];
  const [score, , why = ""] = ways.find(([, isFound]) => isFound) ?? [0];
  return { score, why };
}

function around(text, word) {
  const at = Math.max(folded(text).indexOf(word) - 12, 0);
  const from = Math.max(0, text.lastIndexOf(" ", at));
  return `${from ? "…" : ""}${text.slice(from, from + 60).trim()}…`;
}
