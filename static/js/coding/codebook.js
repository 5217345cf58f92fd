import { fail } from "../toasts.js";
import { post } from "./server.js";
import { codingsOf } from "./text.js";

/** The codebook pane: filter, definitions, pinned and recent codes; and which marks are lit up. */
export class Codebook {
  /** The labels that are lit up. */
  #lit = [];

  constructor(pane, list) {
    Object.assign(this, { pane, list });
    this.codes = [...pane.querySelectorAll("#codes [data-code]")].map((line) => codeOf(line, pane));
    for (const kind of ["recent", "pinned"]) this[kind] = list.dataset[kind].split(" ").filter((id) => this.find(id));
    this.box = pane.querySelector("#defined");
    if (!this.codes.length) return;
    this.#showQuick();
    pane.querySelector("#code-filter").addEventListener("input", ({ target }) => this.#filter(target.value));
    pane.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-code]")) event.preventDefault(); });
    pane.addEventListener("click", ({ target }) => this.#click(target.closest("button")));
    pane.addEventListener("focusin", ({ target }) => { if (target.matches("#codes [data-code]")) this.#define(this.find(target.dataset.code)); });
  }

  /** False where nothing is selected: then the definition is shown. */
  chosen = () => false;

  find(id) { return this.codes.find((each) => each.id === id); }

  /** The codes of the digits: pinned, then recent. */
  get quick() { return [...new Set([...this.pinned, ...this.recent])].slice(0, 9).map((id) => this.find(id)); }

  used(id) {
    if (id === this.recent[0]) return;
    this.recent = [...new Set([id, ...this.recent])];
    this.#showQuick();
  }

  mark(coded) { for (const { id, line } of this.codes) line.classList.toggle("is-current", id === coded); }

  /** The same again shows all. */
  isolate(name, isMeant) {
    const meant = this.only === name ? [] : this.codes.filter(isMeant);
    this.only = meant.length ? name : null;
    for (const button of this.pane.querySelectorAll("[data-only]")) button.ariaPressed = this.#named(button) === this.only;
    this.#lit = meant.map(({ label }) => label);
    this.list.classList.toggle("is-backlit", this.#lit.length);
    this.dim([this.list]);
  }

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
    const { of } = this.box.dataset;
    if (code) { if (!this.chosen(code)) this.#define(this.find(code)); }
    else if (pin !== undefined) this.#pin(of, button);
    else if (only) this.isolate(only, ({ line }) => button.closest(".code-group").contains(line));
    else if (only === "") this.isolate(of, ({ id }) => id === of);
  }

  #define({ id, line, definition }) {
    const { box } = this;
    box.dataset.of = id;
    box.hidden = false;
    box.firstElementChild.replaceChildren(...definition.cloneNode(true).childNodes);
    box.querySelector("[data-pin]").ariaPressed = this.pinned.includes(id);
    box.querySelector("[data-only]").ariaPressed = this.only === id;
    line.after(box);
    box.scrollIntoView({ block: "nearest" });
  }

  #showQuick() {
    this.pane.querySelector("#quick").replaceChildren(...this.quick.map(({ line }, at) => {
      const copy = line.cloneNode(true);
      copy.classList.remove("is-current");
      copy.querySelector(".code-count").outerHTML = `<kbd>${at + 1}</kbd>`;
      return copy;
    }));
  }

  #filter(query) {
    const found = ranked(this.codes, query).map(({ code }) => code);
    for (const code of this.codes) code.line.hidden = !found.includes(code);
  }
}

function codeOf(line, pane) {
  const { code: id, aliases } = line.dataset;
  const definition = pane.querySelector(`[data-defines="${id}"]`);
  const fields = [...definition.querySelectorAll("[data-field]")];
  return { ...line.dataset, id, line, definition, fields, aliases: aliases.split(", "), tag: line.querySelector(".code-tag") };
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The codes that hold every word, best first, each with where it was found; without words the recent ones lead. */
export function ranked(codes, query, recent = []) {
  const words = folded(query).split(/\s+/u).filter(Boolean);
  const age = ({ id }) => recent.indexOf(id) + 1 || 999;
  if (!words.length) return codes.toSorted((one, other) => age(one) - age(other)).map((code) => ({ code, why: "" }));
  const found = codes.map((code) => {
    const matches = words.map((word) => match(code, word)).sort((one, other) => one.score - other.score);
    const [{ why, score: least }] = matches;
    return { code, why, score: least && matches.reduce((sum, { score }) => sum + score, 0) };
  });
  return found.filter(({ score }) => score).sort((one, other) => other.score - one.score);
}

function match(code, word) {
  const [label, name] = [folded(code.label), folded(code.name)];
  const alias = code.aliases.find((each) => folded(each).includes(word));
  const field = code.fields.find(({ textContent }) => folded(textContent).includes(word));
  const ways = [
    [100, label === word],
    [80, name.startsWith(word)],
    [60, name.split(/[\s-]+/u).some((part) => part.startsWith(word))],
    [40, name.includes(word)],
    [35, label.startsWith(word)],
    [30, alias, alias],
    [20, folded(code.path).includes(word), code.path],
    [10, field, field && `${field.dataset.field}: “${around(field.textContent, word)}”`],
  ];
  const [score, , why = ""] = ways.find(([, isFound]) => isFound) ?? [0];
  return { score, why };
}

function around(text, word) {
  const at = Math.max(folded(text).indexOf(word) - 12, 0);
  const from = Math.max(0, text.lastIndexOf(" ", at));
  return `${from ? "…" : ""}${text.slice(from, from + 60).trim()}…`;
}
