/** Errors stay until they are closed; of the others the last is shown. */
export function toast(text, { kind = "info" } = {}) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  region.querySelector(".toast:not(.toast-error)")?.remove();
  const box = Object.assign(document.createElement("div"), { className: `toast toast-${kind}` });
  const sentence = Object.assign(document.createElement("span"), { textContent: text });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button button-icon", ariaLabel: region.dataset.close, textContent: "×" });
  close.addEventListener("click", () => box.remove());
  box.append(sentence, close);
  region.append(box);
  if (kind !== "error") setTimeout(() => box.remove(), 8000);
}

export const fail = (why) => toast(document.getElementById("toasts")?.dataset[why], { kind: "error" });
