/** What the server did not take, with its reason, and what to do with it. */
export class Refused {
  constructor(region, { words, retry, drop }) {
    Object.assign(this, { region, words, retry, drop });
    this.list = region.querySelector("ul");
    this.shape = region.querySelector("template");
  }

  show(changes) {
    if (!changes.length && this.region.hidden) return;
    this.region.hidden = !changes.length;
    this.list.replaceChildren(...changes.map((change) => this.#item(change)));
  }

  #item(change) {
    const item = this.shape.content.firstElementChild.cloneNode(true);
    item.querySelector("[data-what]").textContent = this.words(change);
    item.querySelector("[data-reason]").textContent = change.refused;
    item.querySelector("[data-retry]").addEventListener("click", () => this.retry(change));
    item.querySelector("[data-drop]").addEventListener("click", () => this.drop(change));
    return item;
  }
}
