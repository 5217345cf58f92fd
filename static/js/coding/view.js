import { stored, store } from "../stored.js";

/** How the text is shown, kept in this browser: each choice of the form becomes a data attribute of the transcript. */
export function offerView(form, list, changed) {
  const kept = new URLSearchParams(stored("view") ?? "");
  for (const field of form.elements) if (kept.has(field.name)) field.checked = kept.get(field.name) === field.value;
  const show = () => Object.assign(list.dataset, Object.fromEntries(new FormData(form)));
  form.addEventListener("change", () => {
    store("view", String(new URLSearchParams(new FormData(form))));
    show();
    changed();
  });
  show();
}
