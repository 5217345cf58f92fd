const LASTS = 8000;

/** Shows one sentence at the foot of the page. Errors stay until they are closed. */
export function toast(text, { kind = "info" } = {}) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const box = document.createElement("div");
  box.className = `toast toast-${kind}`;
  const sentence = document.createElement("span");
  sentence.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-icon";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(sentence, close);
  region.append(box);
  if (kind !== "error") setTimeout(() => box.remove(), LASTS);
}

/** Listens for the "toast" event of an HX-Trigger header ({"toast": "text"} or {"toast": {"text", "kind"}}) and for failed requests. */
export function listenForToasts() {
  const words = document.getElementById("toasts")?.dataset ?? {};
  document.body.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail));
  document.body.addEventListener("htmx:responseError", () => toast(words.failed, { kind: "error" }));
  document.body.addEventListener("htmx:sendError", () => toast(words.offline, { kind: "error" }));
}
