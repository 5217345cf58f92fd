import { toast } from "../toasts.js";
import { paint } from "./layers.js";
import { swap } from "./swap.js";

/** The panel of one coding: shows it, marks its place in the text, and hands its forms to `save`. */
export class Passage {
  constructor(panel, transcript, { base, save, shown = () => {} }) {
    Object.assign(this, { panel, transcript, base, save, shown });
    panel.addEventListener("click", (event) => this.#follow(event));
    panel.addEventListener("submit", (event) => this.#submit(event, event.target));
    panel.addEventListener("change", (event) => this.#submit(event, event.target.form));
    this.refresh();
  }

  /** The coding in the panel: {coding, start, end, influence, discuss}, as text; null where there is none. */
  get current() { return this.panel.querySelector("[data-coding]")?.dataset ?? null; }

  get span() {
    const { current } = this;
    return current && { start: Number(current.start), end: Number(current.end) };
  }

  /** How often somebody has asked for another coding: an answer on the way must not replace what they see. */
  asked = 0;

  /** Asks the server for a coding and shows it. */
  async show(id, { isAsked = true } = {}) {
    this.asked += 1;
    try {
      const response = await fetch(`${this.base}${id}/`, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!response.ok) throw new Error(response.statusText);
      this.panel.innerHTML = await response.text();
    } catch {
      return toast(document.getElementById("toasts")?.dataset.offline, { kind: "error" });
    }
    if (isAsked) this.panel.closest("details").open = true;
    return this.refresh();
  }

  /** Takes over the panel of an answer, unless somebody is just writing in it. */
  isBeingWritten(element) {
    const memo = element.querySelector("textarea");
    return Boolean(memo) && document.activeElement === memo && memo.value !== memo.defaultValue;
  }

  /** Marks the coding in the text: after it was shown, and after its turn was drawn again. */
  refresh() {
    const { current, span } = this;
    for (const mark of this.transcript.list.querySelectorAll("mark.is-current")) mark.classList.remove("is-current");
    if (current) {
      const own = this.transcript.list.querySelectorAll(`mark[data-codings~="${current.coding}"]`);
      for (const mark of own) mark.classList.add("is-current");
    }
    paint("extent", this.transcript, span ? [span] : []);
    this.shown(current);
  }

  /** A control of the panel, such as [name=text], where it has the keyboard. */
  enter(selector) {
    this.panel.closest("details").open = true;
    this.panel.querySelector(selector)?.focus();
  }

  #follow(event) {
    const link = event.target.closest("[data-shows]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.show(link.dataset.shows).then(() => this.scroll());
  }

  /** Brings the coding into view. */
  scroll() {
    if (this.span) this.transcript.turnAt(this.span.start).scrollIntoView({ block: "nearest" });
  }

  #submit(event, form) {
    const kind = form?.dataset.saves;
    if (!kind || !this.save) return;
    event.preventDefault();
    this.save[kind](form, this.current);
  }
}

/** What a memo form sends: its text as it is now, and the version that the page knows when it is sent. */
export function memoFields(form) {
  const text = form.elements.text.value;
  const { id } = form.parentElement;
  return () => ({ text, version: document.querySelector(`[id="${id}"] [name=version]`)?.value ?? form.elements.version.value });
}

/** Shows a saved memo, or after a conflict both texts; what somebody is writing meanwhile stays. */
export function memoSaved(html, { id, sent, panel, isConflict }) {
  if (!document.getElementById(id)) {
    if (isConflict) panel.innerHTML = html;
    return;
  }
  const textarea = document.getElementById("memo-text");
  const writing = textarea && textarea.value !== sent ? textarea.value : null;
  const isFocused = document.activeElement === textarea;
  swap(html);
  const fresh = document.getElementById("memo-text");
  if (fresh && writing !== null) fresh.value = writing;
  if (fresh && isFocused) fresh.focus({ preventScroll: true });
}
