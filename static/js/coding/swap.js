/** Puts the parts of an answer into the elements with their ids; the elements themselves, and so the focus, stay. */
export function swap(html, { keep = () => false } = {}) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const swapped = [];
  for (const fresh of [...holder.content.children]) {
    const old = document.getElementById(fresh.id);
    if (!old || keep(old)) continue;
    const focused = addressOf(document.activeElement, old);
    // What somebody is just using stays where it is: moved, it would lose the keyboard.
    for (const child of [...old.childNodes]) if (!child.dataset || !("stays" in child.dataset)) child.remove();
    old.prepend(...fresh.childNodes);
    if (focused) old.querySelector(focused)?.focus({ preventScroll: true });
    swapped.push(old);
  }
  return swapped;
}

/** How to find a focused field again after its form was replaced. */
function addressOf(element, inside) {
  if (!element?.name || !inside.contains(element)) return "";
  const value = element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : "";
  return `[name="${element.name}"]${value}`;
}
