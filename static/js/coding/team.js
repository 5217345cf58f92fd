import { paint } from "./layers.js";
import { swap } from "./swap.js";

/** What colleagues have coded on the same text: listed beside it, underlined in it, and never mixed with one's own. */
export class Team {
  constructor(box, transcript) {
    Object.assign(this, { box, transcript });
    box.addEventListener("click", (event) => {
      const link = event.target.closest("[data-start]");
      if (!link) return;
      event.preventDefault();
      transcript.turnAt(Number(link.dataset.start)).scrollIntoView({ block: "center" });
      paint("search", transcript, [spanOf(link)]);
    });
    this.paint();
  }

  paint() { paint("team", this.transcript, [...this.box.querySelectorAll("[data-start]")].map(spanOf)); }

  async news(print) {
    if (print === this.box.firstElementChild.dataset.print) return;
    const response = await fetch(this.box.dataset.team, { redirect: "error" }).catch(() => null);
    if (!response?.ok) return;
    const html = await response.text();
    swap(html);
    this.box.firstElementChild.dataset.print = print;
    this.paint();
  }
}

function spanOf({ dataset: { start, end } }) { return { start: Number(start), end: Number(end) }; }
