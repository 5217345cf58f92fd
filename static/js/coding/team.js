import { get, swap } from "./server.js";
import { asSpan } from "./text.js";

/** What colleagues have coded on the same text: listed beside it, underlined in it, and never mixed with one's own. */
export class Team {
  constructor(box, transcript) {
    Object.assign(this, { box, transcript });
    box.addEventListener("click", (event) => {
      const link = event.target.closest("[data-start]");
      if (!link) return;
      event.preventDefault();
      const span = asSpan(link.dataset);
      transcript.turnAt(span.start).scrollIntoView({ block: "center" });
      transcript.paint("search", [span]);
    });
    this.paint();
  }

  paint() { this.transcript.paint("team", [...this.box.querySelectorAll("[data-start]")].map(({ dataset }) => asSpan(dataset))); }

  async news(print) {
    const { dataset } = this.box.firstElementChild;
    if (print === dataset.print) return;
    const answer = await get(this.box.dataset.team);
    if (!answer.ok) return;
    swap(await answer.text());
    dataset.print = print;
    this.paint();
  }
}
