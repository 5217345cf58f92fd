import { layer } from "./layers.js";

/** Lights up codings in the text: one whose stripe is under the mouse, or all of some codes. */
export class Backlight {
  #labels = [];

  constructor(list, codebook) {
    Object.assign(this, { list, codebook });
    document.addEventListener("pointerover", ({ target }) => {
      const { coding } = target.closest(".stripe")?.dataset ?? {};
      layer("extent-shown", coding ? this.#marks(coding).map(inside) : []);
    });
    codebook.isolated = (ids) => {
      this.#labels = ids.map((id) => codebook.find(id)?.label);
      list.classList.toggle("is-backlit", ids.length > 0);
      this.show([list]);
    };
  }

  /** Dims what is not asked for, in turns that were just drawn. */
  show(parts) {
    const shown = this.#shown();
    for (const part of parts) {
      for (const each of part.querySelectorAll("mark, .stripe")) {
        const ids = (each.dataset.codings ?? each.dataset.coding).split(" ");
        each.classList.toggle("is-dimmed", Boolean(shown) && !ids.some((id) => shown.has(id)));
      }
    }
  }

  #shown() {
    if (!this.#labels.length) return null;
    const starts = this.#labels.flatMap((label) => [...this.list.querySelectorAll(`[data-tag="${CSS.escape(label)}"]`)]);
    return new Set(starts.map(({ dataset }) => dataset.coding));
  }

  #marks(coding) { return [...this.list.querySelectorAll(`mark[data-codings~="${coding}"]`)]; }
}

function inside(mark) {
  const range = document.createRange();
  range.selectNodeContents(mark);
  return range;
}
