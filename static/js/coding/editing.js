import { bindKeys } from "../keys.js";
import { paint } from "./layers.js";
import { Outbox } from "./outbox.js";
import { memoFields, memoSaved } from "./passage.js";
import { Picker } from "./picker.js";
import { swap } from "./swap.js";
import { Toolbar } from "./toolbar.js";
import { Undo, redoing, undoing } from "./undo.js";

/** Everything that changes codings: applying, removing, influence, memo, undo and redo. */
export class Editing {
  #pending = [];
  #choosing = null;

  constructor({ list, transcript, codebook, caret }) {
    Object.assign(this, { list, transcript, codebook, caret });
    this.url = list.dataset.codings;
    this.outbox = new Outbox(document.getElementById("saves"));
    this.picker = new Picker(document.getElementById("picker"), codebook.codes, { recent: () => codebook.recent });
    this.toolbar = new Toolbar(document.getElementById("selection-tools"), {
      spanOf: () => (this.picker.isOpen ? null : caret.span),
      codes: () => codebook.recent.slice(0, 4).map((id) => codebook.find(id)),
      code: (id) => this.#codeSelection(id),
      choose: () => this.choose(),
    });
    this.saves = {
      remove: (form, current) => this.remove(current),
      change: (form, current) => this.change(current, new FormData(form)),
      memo: (form) => this.#saveMemo(form),
    };
  }

  attach(passage) {
    this.passage = passage;
    this.undo = new Undo(this.list.dataset.assignment, { changed: (undo) => this.#offerUndo(undo) });
    document.getElementById("undo").addEventListener("click", () => this.#back());
    document.getElementById("redo").addEventListener("click", () => this.#again());
    this.codebook.chosen = (id) => this.#codeSelection(id);
    this.#bind();
  }

  /** Opens the picker on the selection, or on the sentence at the caret. */
  choose() {
    if (!this.caret.span) this.caret.sentence();
    const { span } = this.caret;
    if (!span) return;
    this.toolbar.hide();
    this.#choosing = span;
    this.#show([...this.#pending, span]);
    const words = this.transcript.textIn(span).trim().split(/\s+/u).length;
    const { picker } = this;
    picker.open(this.transcript.turnAt(span.end - 1), noteOn(picker.element, words), {
      picked: (code) => this.apply(code.id, span),
      closed: (why) => {
        this.#show(this.#pending);
        if (why === "picked") this.caret.put(span.end);
        else if (why === "escaped") this.caret.select(span);
      },
    });
  }

  /** Codes a span; it is painted at once and drawn when the server has it. */
  apply(code, span) {
    const client = crypto.randomUUID?.() ?? uuid();
    this.codebook.used(code);
    this.#show([...this.#pending, span], true);
    const settle = () => this.#show(this.#pending.filter((each) => each !== span), true);
    const { asked } = this.passage;
    this.outbox.push({
      url: this.url,
      fields: () => ({ client_id: client, code, ...span }),
      refused: settle,
      done: (html) => {
        settle();
        this.#drawn(html, asked);
        this.undo.did({ kind: "add", id: factsIn(html).coding });
      },
    });
  }

  remove({ coding: id }) {
    this.#change(id, "remove", {}, { kind: "remove", id });
  }

  change({ coding: id, influence, discuss }, fields) {
    const before = { influence, is_to_discuss: discuss };
    const after = { influence: fields.get("influence") ?? "", is_to_discuss: fields.get("is_to_discuss") ?? "" };
    this.#change(id, "change", after, { kind: "change", id, before, after });
  }

  #change(id, verb, fields, undone) {
    const { asked, span } = this.passage;
    this.outbox.push({
      url: `${this.url}${id}/${verb}/`,
      fields: () => filled(fields),
      done: (html) => {
        this.#drawn(html, asked);
        // A change that joined two codings cannot be undone by changing it back.
        const isJoined = undone?.kind === "change" && !isSame(factsIn(html), span);
        if (undone && !isJoined) this.undo.did(undone);
      },
    });
  }

  #saveMemo(form) {
    const text = form.elements.text.value;
    if (text === form.elements.text.defaultValue && !("conflict" in form.dataset)) return;
    form.elements.text.defaultValue = text;
    const { id } = form.parentElement;
    const { panel } = this.passage;
    this.outbox.push({
      url: form.action,
      fields: memoFields(form),
      done: (html, status) => memoSaved(html, { id, sent: text, panel, isConflict: status === 409 }),
    });
  }

  async #back() {
    await this.outbox.idle();
    const change = this.undo.back();
    if (change) this.#repeat(change, undoing);
  }

  async #again() {
    await this.outbox.idle();
    const change = this.undo.again();
    if (change) this.#repeat(change, redoing);
  }

  #repeat(change, verbs) {
    const [verb, fields = {}] = verbs[change.kind](change);
    this.#change(change.id, verb, fields, null);
  }

  /** Codes what is selected; false where nothing is. */
  #codeSelection(code) {
    const { span } = this.caret;
    if (!span) return false;
    this.toolbar.hide();
    this.apply(code, span);
    this.caret.put(span.end);
    return true;
  }

  /** Takes over an answer; caret and selection stay where they were. The panel follows when all is sent. */
  #drawn(html, asked) {
    const restore = this.picker.isOpen ? () => {} : this.caret.keep();
    const swapped = swap(html);
    restore();
    this.#show(this.picker.isOpen ? [...this.#pending, this.#choosing] : this.#pending);
    const isPanelTaken = this.passage.asked !== asked || this.passage.isBeingWritten(this.passage.panel);
    if (isPanelTaken) this.passage.refresh();
    else this.passage.saved(factsIn(html));
    this.outbox.idle().then(() => this.passage.load());
    this.#reached(swapped);
  }

  #reached(swapped) {
    const bar = document.getElementById("reached");
    const furthest = swapped.filter((each) => each.querySelector?.("mark")).map((each) => this.transcript.turns.indexOf(each) + 1);
    bar.value = Math.max(bar.value, ...furthest);
    document.getElementById("reached-turn").textContent = String(bar.value);
  }

  #show(spans, isKept = false) {
    if (isKept) this.#pending = spans;
    paint("pending", this.transcript, spans);
  }

  #offerUndo({ done, undone }) {
    document.getElementById("undo").disabled = !done.length;
    document.getElementById("redo").disabled = !undone.length;
  }

  /** Keys about the coding in the panel wait until the panel shows what was coded last. */
  #bind() {
    const current = (act) => async () => {
      await this.outbox.idle();
      await this.passage.load();
      if (this.passage.current) act(this.passage.current);
    };
    bindKeys({
      c: () => this.choose(),
      ".": () => this.codebook.recent[0] && this.#codeSelection(this.codebook.recent[0]),
      x: current((coding) => this.remove(coding)),
      d: current((coding) => this.change(coding, toggled(coding))),
      v: current(() => this.passage.enter("[name=influence]:checked")),
      m: async () => { await this.outbox.idle(); await this.passage.load(); this.passage.enter("[name=text]"); },
      u: () => this.#back(),
      U: () => this.#again(),
    });
    bindKeys({ Enter: () => this.choose() }, this.list);
    this.passage.panel.addEventListener("keydown", ({ key, ctrlKey, target }) => {
      if (key === "Escape" || (key === "Enter" && ctrlKey)) { target.blur(); this.caret.focus(); }
    });
  }
}

function toggled({ influence, discuss }) {
  const fields = new FormData();
  fields.set("influence", influence);
  if (!discuss) fields.set("is_to_discuss", "on");
  return fields;
}

/** What an answer says of the coding that was saved: its id, place and marks. */
function factsIn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return { ...holder.content.getElementById("saved")?.dataset };
}

function isSame(one, other) {
  return Number(one.start) === other?.start && Number(one.end) === other?.end;
}

/** An empty box is not sent at all, as in a form. */
function filled(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function noteOn(element, words) {
  return words === 1 ? element.dataset.one : element.dataset.several.replace("%", String(words));
}

/** crypto.randomUUID exists only on secure origins; a server in the same house may have none. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
