import { bindKeys } from "../keys.js";
import { toast } from "../toasts.js";
import { Edges } from "./edges.js";
import { paint } from "./layers.js";
import { follow } from "./live.js";
import { Outbox } from "./outbox.js";
import { memoFields, memoSaved } from "./passage.js";
import { Picker } from "./picker.js";
import { Refused } from "./refused.js";
import { swap } from "./swap.js";
import { Team } from "./team.js";
import { Toolbar } from "./toolbar.js";
import { Undo, standing } from "./undo.js";
import { uuid } from "./waiting.js";

/** With words selected these letters begin a code; the others keep their meaning. */
const BEGINNINGS = "abcdefghiloqrtwxyz";

/** Everything that changes codings: applying, removing, influence, memo, undo and redo. */
export class Editing {
  #choosing = null;

  constructor({ list, transcript, codebook, caret, drawn }) {
    Object.assign(this, { list, transcript, codebook, caret, drawn });
    this.url = list.dataset.codings;
    const { coder, assignment } = list.dataset;
    this.outbox = new Outbox(document.getElementById("saves"), `${coder}.${assignment}`, {
      done: (change, html, live) => this.#saved(change, html, live),
      changed: () => this.#changed(),
      more: ({ kind }) => ({ since: this.undo.known, ...(kind === "undo" || kind === "redo" ? this.undo.of(kind) : {}) }),
    });
    this.undo = new Undo(document.getElementById("undoing"), this.outbox);
    this.refused = new Refused(document.getElementById("refused"), {
      words: (change) => this.#wordsOf(change),
      retry: (change) => this.outbox.retry(change),
      drop: (change) => this.outbox.drop(change),
    });
    this.picker = new Picker(document.getElementById("picker"), codebook.codes, { recent: () => codebook.recent, quick: () => codebook.quick });
    this.toolbar = new Toolbar(document.getElementById("selection-tools"), {
      spanOf: () => (this.picker.isOpen ? null : caret.span),
      codes: () => codebook.quick.slice(0, 4),
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
    this.edges = new Edges(document.getElementById("edge"), {
      transcript: this.transcript, passage, caret: this.caret, moved: (coding, span) => this.move(coding, span),
    });
    this.codebook.chosen = (id) => this.#codeSelection(id);
    this.#bind();
    this.outbox.resume();
    const box = document.getElementById("team");
    this.team = box && new Team(box, this.transcript);
    follow(this.list.dataset.live, { known: () => this.undo.known, news: () => this.#catchUp(), team: this.team });
  }

  /** Draws what was done in other windows. What this one has not sent yet comes first: its answers may bring it all. */
  async #catchUp() {
    await this.outbox.idle();
    const { known } = this.undo;
    const coding = this.passage.current?.coding ?? "";
    const asked = `${this.list.dataset.changes}?${new URLSearchParams({ since: known, coding, transcript_version: this.list.dataset.text })}`;
    const response = await fetch(asked, { redirect: "error" }).catch(() => null);
    if (response?.status === 205) return location.reload();
    const html = response?.ok ? await response.text() : "";
    // An answer that came meanwhile is newer than this one.
    if (html && known === this.undo.known) this.#drawn(html, factsIn(html), this.passage.asked);
  }

  /** Opens the picker on the selection, or on the sentence at the caret; `typed` begins the label of a code. */
  choose(typed) {
    if (!this.caret.span) this.caret.sentence();
    const { span } = this.caret;
    if (!span) return;
    this.toolbar.hide();
    this.#choosing = span;
    this.#show();
    const words = this.transcript.textIn(span).trim().split(/\s+/u).length;
    const { picker } = this;
    picker.open(this.transcript.turnAt(span.end - 1), noteOn(picker.element, words), {
      typed,
      picked: (code) => this.apply(code.id, span),
      closed: (why) => {
        this.#choosing = null;
        this.#show();
        if (why === "picked") this.caret.put(span.end);
        else if (why === "escaped") this.caret.select(span);
      },
    });
  }

  /** Codes a span; it is painted at once and drawn when the server has it. */
  apply(code, span) {
    this.codebook.used(code);
    const fields = { client_id: uuid(), code, ...span };
    this.outbox.push({ kind: "add", url: this.url, fields }, { asked: this.passage.asked });
  }

  remove({ coding }) {
    this.#change(coding, "remove");
  }

  change({ coding, version }, fields) {
    this.#change(coding, "change", { influence: fields.get("influence"), is_to_discuss: fields.get("is_to_discuss"), version });
  }

  /** Moves the edges of a coding; `version` is the one that the person sees. */
  move({ coding, version }, span) {
    this.#change(coding, "move", { ...span, version });
  }

  #change(coding, kind, fields = {}) {
    const { asked, span } = this.passage;
    this.outbox.push({ kind, url: `${this.url}${coding}/${kind}/`, fields: filled(fields), coding, span }, { asked });
  }

  /** The server has a change, perhaps one of an earlier visit. */
  #saved(change, html, live) {
    const facts = factsIn(html);
    toast(facts.said);
    // What was done to a coding after this change was meant for what came out of it.
    for (const { coding, fields } of this.outbox.sending) if (coding === facts.coding && fields.version) fields.version = facts.version;
    this.#drawn(html, facts, live?.asked);
  }

  #changed() {
    this.#show();
    if (["stuck", "signedOut"].includes(this.outbox.sign.dataset.state)) this.#letGo();
    this.refused.show(this.outbox.refused);
  }

  /** What a refused change was about, in words that the person knows. */
  #wordsOf({ kind, fields, span }) {
    const place = kind === "add" ? fields : span;
    const words = place ? this.transcript.textIn(place).slice(0, 80) : "";
    const label = this.codebook.find(fields.code)?.label ?? "";
    const turn = document.querySelector(`#undoing #${kind}`)?.title;
    return [turn, label, words && `“${words}”`].filter(Boolean).join(" ");
  }

  #saveMemo(form) {
    const text = form.elements.text.value;
    if (text === form.elements.text.defaultValue && !("conflict" in form.dataset)) return;
    form.elements.text.defaultValue = text;
    const { id } = form.parentElement;
    const { panel } = this.passage;
    // A memo is words, and so is not kept in the browser: leaving the page meanwhile asks first.
    this.outbox.push({ kind: "memo", url: form.action, fields: {}, isFleeting: true }, {
      fields: memoFields(form),
      done: (html, status) => memoSaved(html, { id, sent: text, panel, isConflict: status === 409 }),
    });
  }

  /** Codes what is selected; false where nothing is. */
  #codeSelection(code) {
    const { span } = this.caret;
    if (!span || !code) return false;
    this.toolbar.hide();
    this.apply(code, span);
    this.caret.put(span.end);
    return true;
  }

  /** Takes over an answer; caret and selection stay where they were. The panel follows when all is sent. */
  #drawn(html, facts, asked) {
    const restore = this.picker.isOpen ? () => {} : this.caret.keep();
    const swapped = swap(html);
    this.team?.paint();
    restore();
    this.#show();
    const isPanelTaken = this.passage.asked !== asked || this.passage.isBeingWritten(this.passage.panel);
    if (isPanelTaken) this.passage.refresh();
    else this.passage.saved(facts);
    this.outbox.idle().then(() => this.passage.load());
    this.drawn(swapped);
  }

  /** Paints what is being coded and what the server does not have yet. */
  #show() {
    const waiting = standing(this.outbox.sending);
    paint("pending", this.transcript, this.#choosing ? [...waiting, this.#choosing] : waiting);
  }

  /** Keys about the coding in the panel wait until it shows what was coded last. */
  #bind() {
    const ready = async () => { await this.outbox.idle(); await this.passage.load(); };
    const current = (act) => async () => { await ready(); if (this.passage.current) act(this.passage.current); };
    const { codebook, undo, edges, passage } = this;
    const commands = {
      ".": () => this.#codeSelection(codebook.recent[0]),
      b: () => codebook.isolate(codebook.only ?? passage.current?.code, [passage.current?.code]),
      c: () => this.choose(),
      d: current((coding) => this.change(coding, toggled(coding))),
      m: () => this.#held(ready, () => passage.enter("[name=text]")),
      u: () => undo.turn("undo"),
      U: () => undo.turn("redo"),
      v: () => this.#held(ready, () => passage.enter("[name=influence]:checked")),
      x: current((coding) => this.remove(coding)),
      "[": () => this.#held(ready, () => edges.pick("start")),
      "]": () => this.#held(ready, () => edges.pick("end")),
    };
    const begun = (key) => [key, () => (this.caret.span ? this.choose(key) : commands[key]?.())];
    const digit = (key) => [key, () => this.#codeSelection(codebook.quick[key - 1]?.id)];
    bindKeys({ ...commands, ...Object.fromEntries([...[...BEGINNINGS].map(begun), ...[..."123456789"].map(digit)]) });
    bindKeys({ Enter: () => this.choose() }, this.list);
    this.passage.panel.addEventListener("keydown", ({ key, ctrlKey, target }) => {
      if (key === "Escape" || (key === "Enter" && ctrlKey)) { target.blur(); this.caret.focus(); }
    });
  }

  #letGo = () => {};

  /** What is typed until the panel is there is for the panel: it acts as no key, and letters are written into the memo. */
  async #held(ready, act) {
    let typed = "";
    let isOver = false;
    const hold = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key.length === 1) typed += event.key;
      else if (event.key === "Backspace") typed = typed.slice(0, -1);
      else if (event.key === "Escape") this.#letGo();
    };
    this.#letGo();
    addEventListener("keydown", hold, true);
    this.#letGo = () => { isOver = true; removeEventListener("keydown", hold, true); };
    this.#changed();
    await ready();
    if (isOver) return;
    this.#letGo();
    act();
    const { activeElement } = document;
    if (typed && activeElement.name === "text") activeElement.setRangeText(typed, activeElement.value.length, activeElement.value.length, "end");
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

/** An empty box is not sent at all, as in a form. */
function filled(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value || value === 0));
}

function noteOn(element, words) {
  return words === 1 ? element.dataset.one : element.dataset.several.replace("%", String(words));
}
