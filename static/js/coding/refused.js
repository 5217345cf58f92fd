/** Lists what the server did not take, with its reason, and what to do with it. */
export function showRefused(region, changes, { words, retry, drop }) {
  const shape = region.querySelector("template").content.firstElementChild;
  region.hidden = !changes.length;
  region.querySelector("ul").replaceChildren(...changes.map((change) => {
    const item = shape.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    part("what").textContent = words(change);
    part("reason").textContent = change.refused;
    part("retry").addEventListener("click", () => retry(change));
    part("drop").addEventListener("click", () => drop(change));
    return item;
  }));
}
