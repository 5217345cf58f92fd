import { bindKeys } from "../keys.js";
import { toast } from "../toasts.js";
import { Outbox, showRefused, uuid } from "./outbox.js";
import { Edges, memoSaved, Team } from "./passage.js";
import { Picker, Toolbar } from "./picker.js";
import { follow, get, parsed, swap } from "./server.js";
import { asSpan } from "./text.js";

/** With words selected these begin a code. */
const BEGINNINGS = "abcdefghilmoqrtuvwxyz";

/** Everything that changes codings. */
export class Editing {
  #choosing = [];

  /** What the panel was asked for when the last change was made. */
  #asked = 0;

  #holding = null;

  constructor({ list, transcript, codebook, caret, passage }) {
    Object.assign(this, { list, transcript, codebook, caret, passage });
    const { coder, assignment } = list.dataset;
    this.undoing = document.getElementById("undoing");
    this.closed = document.getElementById("closed");
    this.outbox = new Outbox(document.getElementById("saves"), `${coder}.${assignment}`, {
      done: (html, status, asked) => this.#saved(html, asked),
      changed: () => this.#changed(),
      isBarred: async () => [403, 404].includes((await get(list.dataset.passage)).status),
      // Known when it is sent, not when the key is pressed.
      more: ({ kind }) => ({ since: this.#known, of: this.#button(kind)?.value ?? "" }),
    });
    this.picker = new Picker(document.getElementById("picker"), codebook);
    this.toolbar = new Toolbar(document.getElementById("selection-tools"), this);
    passage.edges = new Edges(document.getElementById("edge"), passage, (current, span) => this.#change(current, "move", span));
    codebook.chosen = (id) => this.codeSelection(id);
    this.#bind();
    this.outbox.resume();
    const box = document.getElementById("team");
    this.team = box && new Team(box, transcript);
    follow(list.dataset, () => this.#known, {
      message: (number) => this.#catchUp(number),
      text: () => { if (!passage.isBeingWritten) this.#catchUp(); },
      team: (print) => this.team?.news(print),
      opened: () => location.reload(),
      closed: (is) => { this.closed.hidden = !document.body.classList.toggle("is-closed", is === "yes"); },
      ruling: (number) => { list.dataset.rulings = number; },
    });
  }

  /** The coder's last gesture that this page shows. */
  get #known() { return this.undoing.elements.since.value; }

  #button(kind) { return this.undoing.querySelector(`#${kind}`); }

  #turn(kind) {
    const { disabled, formAction } = this.#button(kind);
    if (!disabled || this.outbox.sending.length) this.#push({ kind, url: formAction, fields: {} });
  }

  /** Draws what was done in other windows. */
  async #catchUp(number = Infinity) {
    // The answers may bring it all.
    await this.outbox.idle();
    if (+this.#known >= number) return;
    const since = this.#known;
    const { changes, text } = this.list.dataset;
    const answer = await get(`${changes}?${new URLSearchParams({ since, coding: this.passage.current?.coding ?? "", transcript_version: text })}`);
    if (answer.status === 205) return location.reload();
    const html = answer.ok ? await answer.text() : "";
    // An answer that came meanwhile is newer than this one.
    if (html && since === this.#known) this.#drawn(html, factsIn(html), this.passage.asked);
  }

  choose(typed) {
    const { caret, transcript } = this;
    if (!this.closed.hidden) return;
    if (!caret.span) caret.sentence();
    const { span } = caret;
    if (!span) return;
    this.toolbar.hide();
    this.#choosing = [span];
    // For a new code.
    const { form } = this.picker.input;
    if (form) [form.start.value, form.end.value] = [span.start, span.end];
    this.#show();
    this.picker.open(transcript.boxAt(span.end - 1), transcript.textIn(span).split(/\s+/u).length, {
      typed,
      picked: ({ id }) => this.#apply(id, span),
      closed: (why) => {
        this.#choosing = [];
        this.#show();
        if (why === "picked") caret.put(span.end);
        else if (why === "escaped") caret.select(span);
      },
    });
  }

  #apply(code, span) {
    this.codebook.used(code);
    // The server knows it by this name as well as by its own.
    const coding = uuid();
    this.#push({ kind: "add", url: this.list.dataset.codings, fields: { client_id: coding, code, ...span }, coding, span });
  }

  #push(change) {
    if (!this.closed.hidden) return;
    change.asked = this.#asked = this.passage.asked;
    this.outbox.push(change);
  }

  #set(current, { influence = "", is_to_discuss = "" }) { this.#change(current, "change", { influence, is_to_discuss }); }

  /** `version` is the one that the person sees. */
  #change({ coding, code, start, end, version = "" }, kind, fields) {
    this.#push({ kind, url: `${this.list.dataset.codings}${coding}/${kind}/`, fields: { ...fields, version }, coding, code, span: asSpan({ start, end }) });
  }

  /** A form of the panel. */
  #save(event, form) {
    const { current } = this.passage;
    const { saves } = form?.dataset ?? {};
    if (!saves) return;
    event.preventDefault();
    if (saves === "memo") this.#saveMemo(form);
    else if (saves === "change") this.#set(current, Object.fromEntries(new FormData(form)));
    else this.#change(current, saves);
  }

  #saved(html, asked) {
    const facts = factsIn(html);
    toast(facts.said);
    // What was done to a coding after this change was meant for what came out of it.
    for (const { coding, fields } of this.outbox.sending) if (coding === facts.coding && fields.version) fields.version = facts.version;
    this.#drawn(html, facts, asked);
  }

  #changed() {
    this.#show();
    const { sign } = this.outbox;
    if (["stuck", "signedOut"].includes(sign.dataset.state) && this.#holding?.signal.aborted === false && !this.#holding.isTold) {
      this.#holding.isTold = true;
      toast(sign.dataset.held);
    }
    showRefused(this);
  }

  #saveMemo(form) {
    const { text, version } = form.elements;
    if (!this.closed.hidden || text.value === text.defaultValue && !("conflict" in form.dataset)) return;
    const sent = text.defaultValue = text.value;
    const { id } = form.parentElement;
    // A memo is words, and so is not kept in the browser: leaving asks first.
    this.#push({
      kind: "memo",
      url: form.action,
      code: this.passage.current?.code,
      isFleeting: true,
      get fields() { return { text: sent, version: (document.querySelector(`[id="${id}"] [name=version]`) ?? version).value }; },
      done: (html, status) => memoSaved(html, { id, sent, panel: this.passage.panel, isConflict: status === 409 }),
    });
  }

  codeSelection(code) {
    const { span } = this.caret;
    if (!span || !code) return false;
    this.toolbar.hide();
    this.#apply(code, span);
    this.caret.put(span.end);
    return true;
  }

  #drawn(html, facts, asked) {
    const { passage, outbox } = this;
    const restore = this.picker.isOpen ? () => {} : this.caret.keep();
    const swapped = swap(html);
    this.team?.paint();
    restore();
    this.#show();
    if (passage.asked === asked && !passage.isBeingWritten && "coding" in facts) passage.saved(facts);
    else passage.refresh();
    outbox.idle().then(() => passage.load());
    this.codebook.dim(swapped);
  }

  #show() {
    const waiting = [];
    for (const { kind, fields } of this.outbox.sending) {
      if (kind === "add") waiting.push(fields);
      else if (kind === "undo") waiting.pop();
    }
    this.transcript.paint("pending", [...waiting, ...this.#choosing]);
  }

  #bind() {
    const { codebook, passage } = this;
    const about = (act) => () => this.#about(act);
    const inPanel = (selector) => () => this.#held(() => passage.enter(selector));
    const commands = {
      ".": () => this.codeSelection(codebook.recent[0]),
      b: () => codebook.isolate(codebook.only ?? passage.current?.code, ({ id }) => id === passage.current?.code),
      c: () => this.choose(),
      d: about((coding) => this.#set(coding, { ...coding, is_to_discuss: coding.discuss ? "" : "on" })),
      m: inPanel("[name=text]"),
      u: () => this.#turn("undo"),
      U: () => this.#turn("redo"),
      v: inPanel("[name=influence]:checked"),
      x: about((coding) => this.#change(coding, "remove")),
      "[": about((coding) => passage.edges.pick("start", coding)),
      "]": about((coding) => passage.edges.pick("end", coding)),
    };
    const begun = (key) => [key, () => (this.caret.span ? this.choose(key) : commands[key]?.())];
    const digit = (key) => [key, () => this.codeSelection(codebook.quick[key - 1]?.id)];
    bindKeys({ ...commands, ...Object.fromEntries([...[...BEGINNINGS].map(begun), ...[..."123456789"].map(digit)]) });
    bindKeys({ Enter: () => this.choose() }, this.list);
    passage.panel.addEventListener("keydown", ({ key, ctrlKey, target }) => {
      if (key === "Escape" || (key === "Enter" && ctrlKey)) { target.blur(); this.caret.focus(); }
    });
    passage.panel.addEventListener("submit", (event) => this.#save(event, event.target));
    passage.panel.addEventListener("change", (event) => this.#save(event, event.target.form));
    this.undoing.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#turn(event.submitter.id);
    });
  }

  /** A key is about what was coded or changed last, also before it is saved; else about the coding in the panel. */
  #about(act) {
    const { outbox, passage } = this;
    const last = outbox.sending.at(-1);
    const apply = (coding) => { if (coding) act(coding); };
    // Only the server knows what an undo is about, and what was just asked for.
    if (this.#button(last?.kind) || passage.isComing) this.#held(() => apply(passage.current));
    else apply(last?.coding && this.#asked === passage.asked ? asLeft(last, passage.current) : passage.current);
  }

  /** Acts when the panel shows what was coded last. What is pressed before is pressed then; letters go into a memo. */
  async #held(act) {
    const { passage } = this;
    const old = passage.isComing ? passage.current?.coding : null;
    const pressed = [];
    this.#holding?.abort();
    const holding = this.#holding = new AbortController();
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === "Escape") holding.abort();
      else pressed.push(event);
    }, { capture: true, signal: holding.signal });
    addEventListener("beforeunload", (event) => event.preventDefault(), { signal: holding.signal });
    this.#changed();
    await this.outbox.idle();
    await passage.load();
    if (holding.signal.aborted) return;
    holding.abort();
    // What was asked for did not come.
    if (old === passage.chosen) return;
    act();
    const { activeElement: box } = document;
    if (box.name === "text") return pressed.forEach(type);
    for (const event of pressed) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", event));
  }
}

/** As if typed now: only of that the browser tells when the box is left. */
function type({ key }) {
  if (key.length === 1) document.execCommand("insertText", false, key);
  else if (key === "Backspace") document.execCommand("delete");
}

/** What is known of a coding by its last change, which waits. */
function asLeft({ kind, coding, span, fields }, shown) {
  if (kind === "remove") return null;
  const known = shown?.coding === coding ? shown : {};
  const set = kind === "change" && { influence: fields.influence, discuss: fields.is_to_discuss };
  return { ...known, coding, ...set, ...span, ...(kind === "move" && asSpan(fields)) };
}

const factsIn = (html) => ({ ...parsed(html).getElementById("saved")?.dataset });
