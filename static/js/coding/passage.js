import { fail } from "../toasts.js";
import { get, swap } from "./server.js";
import { asSpan, isByWord } from "./text.js";

/** The panel of one coding, and its place in the text. */
export class Passage {
  #isBehind = false;
  #loaded = Promise.resolve();

  /** The facts of the coding that keys are about. */
  current = null;

  /** An answer on the way must not replace what was asked for since. */
  asked = 0;

  /** Where codings can be moved. */
  edges = null;

  constructor(panel, transcript, codebook) {
    Object.assign(this, { panel, transcript, codebook });
    panel.addEventListener("click", (event) => {
      const { shows } = event.target.closest("[data-shows]")?.dataset ?? {};
      if (!shows || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.show(shows).then(() => { if (this.span) transcript.reveal(this.span.start); });
    });
    this.#read();
    this.refresh();
  }

  get span() { return this.current && asSpan(this.current); }

  /** Whether the coding that was `chosen` is asked for and not there yet. */
  get isComing() { return this.chosen !== this.current?.coding; }

  async show(id) {
    const conflict = this.panel.querySelector("[data-conflict]");
    if (conflict && !confirm(conflict.dataset.conflict)) return;
    this.asked += 1;
    this.#isBehind = false;
    this.chosen = id;
    this.#loaded = this.#fetch(id);
    if (await this.#loaded) return this.refresh();
    if (this.chosen === id) this.chosen = this.current?.coding;
    fail("offline");
  }

  open() { this.panel.closest("details").open = true; }

  /** The panel follows by `load`. */
  saved(facts) {
    this.current = facts.standing ? facts : null;
    this.chosen = this.current?.coding;
    this.#isBehind = true;
    this.panel.ariaBusy = true;
    this.refresh();
  }

  /** Done when the panel shows what was saved last. */
  load() {
    if (this.#isBehind && !this.isBeingWritten) {
      this.#isBehind = false;
      this.#loaded = this.#fetch(this.current?.coding).then(() => this.refresh());
    }
    return this.#loaded;
  }

  async #fetch(id) {
    const { asked, panel, transcript: { list: { dataset } } } = this;
    panel.ariaBusy = true;
    const answer = await get(id ? `${dataset.codings}${id}/` : dataset.passage);
    // Taken away meanwhile.
    if (answer.status === 404 && id) return this.#fetch();
    const html = answer.ok && await answer.text();
    if (html && asked === this.asked && !this.#isBehind) {
      swap(`<div id="passage">${html}</div>`);
      this.#read();
    }
    panel.ariaBusy = this.#isBehind || null;
    return answer.ok;
  }

  #read() {
    this.current = this.panel.querySelector("[data-coding]")?.dataset ?? null;
    this.chosen = this.current?.coding;
  }

  get isBeingWritten() {
    const memo = this.panel.querySelector("textarea:focus");
    return this.panel.querySelector("[data-conflict]") || (memo && memo.value !== memo.defaultValue);
  }

  refresh() {
    const { span } = this;
    this.transcript.paint("extent", span ? [span] : []);
    this.codebook.mark(this.current?.code);
    this.edges?.show();
  }

  enter(selector) {
    this.open();
    this.panel.querySelector(selector)?.focus();
  }
}

/** What colleagues have coded on the same text: listed beside it, underlined in it, and never mixed with one's own. */
export class Team {
  constructor(box, transcript) {
    Object.assign(this, { box, transcript });
    box.addEventListener("click", (event) => {
      const link = event.target.closest("[data-start]");
      if (!link) return;
      event.preventDefault();
      const span = asSpan(link.dataset);
      transcript.reveal(span.start);
      transcript.paint("search", [span]);
    });
    this.paint();
  }

  paint() { this.transcript.paint("team", [...this.box.querySelectorAll("[data-start]")].map(({ dataset }) => asSpan(dataset))); }

  async news(print) {
    const { dataset } = this.box.firstElementChild;
    if (print === dataset.print) return;
    const answer = await get(this.box.dataset.team);
    if (!answer.ok) return;
    swap(await answer.text());
    dataset.print = print;
    this.paint();
  }
}

/** After a conflict, both texts; what somebody is writing meanwhile stays. */
export function memoSaved(html, { id, sent, panel, isConflict }) {
  const isShown = document.getElementById(id);
  const written = () => panel.querySelector("textarea");
  const value = written()?.value;
  if (isConflict && !isShown) panel.innerHTML = html;
  else swap(html);
  if (isShown && value !== sent) written().value = value;
}

const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };

/** Moves the ends of the coding in the panel, by key or by dragging a handle. */
export class Edges {
  #moving = null;

  constructor(shape, passage, moved) {
    Object.assign(this, { passage, moved, transcript: passage.transcript });
    this.handles = [...shape.content.children].map((handle) => this.#handle(handle));
    addEventListener("keydown", (event) => { if (this.#moving) this.#press(event); }, true);
  }

  pick(edge, current) {
    const before = asSpan(current);
    this.#moving = { current, edge, span: before, before };
    this.#paint();
  }

  /** Measures first and lays nothing out anew: with many stripes that takes long. */
  show() {
    const { transcript, handles, passage: { span } } = this;
    const places = span && [transcript.boxAt(span.start), transcript.boxAt(span.end - 1)];
    handles.forEach((handle, isEnd) => {
      const { turn, box, around } = places?.[isEnd] ?? {};
      if (!box) return handle.remove();
      handle.dir = turn.querySelector(":dir(rtl)") ? "rtl" : "";
      const isLeft = !isEnd === !handle.dir;
      handle.style.cssText = `translate: ${(isLeft ? box.left : box.right) - around.left}px ${box.top - around.top}px; height: ${box.height}px`;
      if (!turn.contains(handle)) turn.append(handle);
    });
  }

  get #isByLetter() { return this.transcript.list.dataset.snap === "letters"; }

  #handle(handle) {
    const on = (kind, act) => handle.addEventListener(kind, act);
    on("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      if (this.passage.current) this.pick(handle.dataset.edge, this.passage.current);
    });
    on("pointermove", ({ clientX, clientY, altKey }) => {
      if (!this.#moving) return;
      const at = document.caretPositionFromPoint(clientX, clientY);
      const point = at && this.transcript.pointOf(at.offsetNode, at.offset);
      if (point !== null) this.#put(point, !altKey && !this.#isByLetter);
    });
    on("pointerup", () => this.#end(true));
    on("pointercancel", () => this.#end(false));
    return handle;
  }

  #press(event) {
    const { key } = event;
    const { edge, span } = this.#moving;
    if (["Shift", "Control", "Alt", "Meta"].includes(key)) return;
    const by = ARROWS[key] * (this.handles[0].dir ? -1 : 1);
    const picked = { "[": "start", "]": "end" }[key];
    if (by) this.#put(this.transcript.stop(span[edge], by, { isEnd: +(edge === "end"), isByWord: isByWord(event) === this.#isByLetter }));
    else if (picked) this.#moving.edge = picked;
    else this.#end(key !== "Escape");
    if (by || picked || ["Enter", "Escape"].includes(key)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  #put(point, isSnapped) {
    const { edge, span } = this.#moving;
    const moved = { ...span, [edge]: point };
    if (moved.start >= moved.end) return;
    this.#moving.span = isSnapped ? { ...span, [edge]: this.transcript.snapped(moved)[edge] } : moved;
    this.#paint();
  }

  #paint() { this.transcript.paint("edge", this.#moving ? [this.#moving.span] : []); }

  #end(isKept) {
    if (!this.#moving) return;
    const { current, span, before } = this.#moving;
    this.#moving = null;
    this.#paint();
    if (isKept && (span.start !== before.start || span.end !== before.end)) this.moved(current, span);
  }
}
