/** Lists what the server did not take, with its reason, and what to do with it. */
export function showRefused(region, changes, { words, retry, drop }) {
  const shape = region.querySelector("template").content.firstElementChild;
  region.hidden = !changes.length;
  region.querySelector("ul").replaceChildren(...changes.map((change) => {
    const item = shape.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    part("what").textContent = words(change);
    part("reason").textContent = change.refused;
    part("retry")?.addEventListener("click", () => retry(change));
    part("drop").addEventListener("click", () => drop(change));
    return item;
  }));
}

/** The code and the words that a change is about. */
export function wordsOf({ kind, fields, span }, { transcript, codebook }) {
  const place = kind === "add" ? fields : span;
  const said = place && `“${transcript.textIn(place).slice(0, 80)}”`;
  const { title } = document.querySelector(`#undoing #${kind}`) ?? {};
  return [title, codebook.find(fields.code)?.label, said].filter(Boolean).join(" ");
}
