import { toast } from "../toasts.js";
import { paint } from "./layers.js";
import { swap } from "./swap.js";

/** The panel of one coding: shows it, marks its place in the text, and hands its forms to `save`. */
export class Passage {
  constructor(panel, transcript, { base, empty, save, shown = () => {} }) {
    Object.assign(this, { panel, transcript, base, empty, save, shown });
    panel.addEventListener("click", (event) => this.#follow(event));
    panel.addEventListener("submit", (event) => this.#submit(event, event.target));
    panel.addEventListener("change", (event) => this.#submit(event, event.target.form));
    this.#read();
    this.refresh();
  }

  /** What the keys are about: {coding, code, start, end, influence, discuss}, as text; null where there is none. */
  current = null;

  get span() {
    const { current } = this;
    return current && { start: Number(current.start), end: Number(current.end) };
  }

  /** How often somebody has asked for another coding: an answer on the way must not replace what they see. */
  asked = 0;

  /** Asks the server for a coding and shows it. */
  async show(id, { isAsked = true } = {}) {
    this.asked += 1;
    this.#isBehind = false;
    if (!await this.#fetch(`${this.base}${id}/`)) return toast(document.getElementById("toasts")?.dataset.offline, { kind: "error" });
    if (isAsked) this.panel.closest("details").open = true;
    return this.refresh();
  }

  /** Takes over what was just saved; the panel follows by `load`. */
  saved(facts) {
    this.current = facts?.standing ? { ...facts } : null;
    this.#isBehind = true;
    this.panel.ariaBusy = "true";
    this.refresh();
  }

  /** Brings the panel up to what was saved last; done when it shows that, also if it is on its way already. */
  load() {
    if (this.#isBehind && !this.isBeingWritten(this.panel)) this.#loaded = this.#catchUp();
    return this.#loaded;
  }

  #loaded = Promise.resolve();

  async #catchUp() {
    this.#isBehind = false;
    const { current } = this;
    await this.#fetch(current ? `${this.base}${current.coding}/` : this.empty);
    this.refresh();
  }

  async #fetch(url) {
    const { asked } = this;
    this.panel.ariaBusy = "true";
    try {
      const response = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!response.ok) throw new Error(response.statusText);
      const html = await response.text();
      if (asked !== this.asked || this.#isBehind) return true;
      swap(`<div id="passage">${html}</div>`);
      this.#read();
      return true;
    } catch {
      return false;
    } finally {
      this.panel.ariaBusy = this.#isBehind ? "true" : null;
    }
  }

  #isBehind = false;

  #read() { this.current = this.panel.querySelector("[data-coding]")?.dataset ?? null; }

  /** Whether somebody is just writing in the panel: it must not be replaced. */
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
    else swap(html);
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
