import { stored, store } from "../stored.js";
import { ranked } from "./search.js";

const KEPT = 5;

/** The codes that stand in the codebook pane; what is typed into its filter hides the others. */
export class Codebook {
  constructor(pane, name) {
    this.name = `codes.${name}`;
    this.lines = [...pane.querySelectorAll("[data-code]")];
    this.codes = this.lines.map((line) => code(line, pane));
    this.recent = (stored(this.name) ?? "").split(" ").filter((id) => this.find(id));
    this.#offerFilter(pane);
    for (const line of this.lines) {
      line.addEventListener("pointerdown", (event) => event.preventDefault());
      line.addEventListener("click", () => this.chosen(line.dataset.code) || this.#define(line));
    }
  }

  /** Applies a code to the selection; false where nothing is selected, and then its definition is shown. */
  chosen = () => false;

  find(id) { return this.codes.find((each) => each.id === id); }

  /** Remembers the last codes of this coder on this transcript, in this browser. */
  used(id) {
    this.recent = [id, ...this.recent.filter((each) => each !== id)].slice(0, KEPT);
    store(this.name, this.recent.join(" "));
  }

  /** Shows which code the passage panel is about. */
  mark(id) {
    for (const line of this.lines) line.classList.toggle("is-current", line.dataset.code === id);
  }

  #define(line) {
    const shown = line.nextElementSibling;
    if (shown?.classList.contains("definition")) return shown.remove();
    const { definition } = this.find(line.dataset.code);
    const box = document.createElement("div");
    box.className = "definition";
    box.append(...definition.cloneNode(true).childNodes);
    return line.after(box);
  }

  #offerFilter(pane) {
    const box = pane.querySelector(".coding-filter");
    const input = box?.querySelector("input");
    if (!input) return;
    box.hidden = false;
    input.addEventListener("input", () => {
      const found = new Set(ranked(this.codes, input.value).map(({ code: each }) => each.id));
      for (const line of this.lines) line.hidden = !found.has(line.dataset.code);
      for (const group of pane.querySelectorAll(".code-group")) {
        group.hidden = !group.querySelector("[data-code]:not([hidden])");
      }
    });
  }
}

function code(line, pane) {
  const { code: id, label, name, path, aliases } = line.dataset;
  const definition = pane.querySelector(`[data-defines="${id}"]`);
  const fields = [...(definition?.querySelectorAll("[data-field]") ?? [])];
  return {
    id, label, name, path, definition,
    aliases: aliases ? aliases.split(", ") : [],
    tag: line.querySelector(".code-tag"),
    fields: fields.map((field) => ({ name: field.dataset.field, text: field.textContent })),
  };
}
