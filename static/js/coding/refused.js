/** Lists what the server did not take, with its reason, and what to do with it. */
export function showRefused(region, { transcript, codebook, outbox }) {
  const shape = region.querySelector("template").content.firstElementChild;
  region.hidden = !outbox.refused.length;
  region.querySelector("ul").replaceChildren(...outbox.refused.map((change) => {
    const item = shape.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    const { kind, fields, span } = change;
    const place = kind === "add" ? fields : span;
    const said = place && `“${transcript.textIn(place).slice(0, 80)}”`;
    const what = [document.querySelector(`#undoing #${kind}`)?.title, codebook.find(fields.code)?.label, said];
    part("what").textContent = what.filter(Boolean).join(" ");
    part("reason").textContent = change.refused;
    part("retry")?.addEventListener("click", () => outbox.retry(change));
    part("drop").addEventListener("click", () => outbox.drop(change));
    return item;
  }));
}
