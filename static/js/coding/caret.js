import { bindKeys } from "../keys.js";
import { paint } from "./layers.js";

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" };

/** A caret for text that cannot be edited, so that words can be selected without a mouse. */
export class Caret {
  /** Whether the selection was made with mouse or finger, and so takes whole words. */
  #isRough = false;

  constructor(transcript) {
    this.transcript = transcript;
    this.turn = transcript.turns[0];
    const { list } = transcript;
    list.addEventListener("focusin", ({ target }) => { this.#enter(target.closest(".turn")); this.#follow(target); });
    list.addEventListener("focusout", () => this.#show());
    list.addEventListener("keydown", (event) => this.#press(event));
    list.addEventListener("pointerdown", ({ altKey }) => { this.#isRough = !altKey; });
    document.addEventListener("pointerup", ({ pointerType }) => { if (pointerType === "mouse") this.#settle(); });
    document.addEventListener("selectionchange", () => this.#show());
    const keys = { j: () => this.step(1), k: () => this.step(-1), J: () => this.grow(1), K: () => this.grow(-1), s: () => this.sentence() };
    bindKeys(keys);
  }

  /** The selected span; null where nothing is selected. */
  get span() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const { list } = this.transcript;
    const range = selection.getRangeAt(0);
    const span = range.intersectsNode(list) ? this.transcript.spanOf(range) : null;
    return span && this.#isRough && list.dataset.snap !== "letters" ? this.transcript.snapped(span) : span;
  }

  /** Where the caret stands: at the start of the turn where it stands nowhere. */
  get point() {
    const { focusNode, focusOffset } = getSelection();
    return this.transcript.pointOf(focusNode, focusOffset) ?? Number(this.turn.dataset.start);
  }

  /** The next turn, or the one before. */
  step(by) {
    const { turns, starts } = this.transcript;
    const index = turns.indexOf(this.turn) + by;
    this.put(starts[Math.max(0, Math.min(index, turns.length - 1))]);
  }

  /** Selects to the end of the turn, then to the end of the next; backward likewise. */
  grow(by) {
    const { starts, ends } = this.transcript;
    const { start, end } = this.span ?? { start: this.point, end: this.point };
    const span = by > 0 ? { start, end: ends.find((each) => each > end) ?? end } : { start: starts.findLast((each) => each < start) ?? start, end };
    if (span.start < span.end) this.select(span);
  }

  /** Selects the sentence at the caret; with a selection, the next one as well. */
  sentence() {
    const { span, point } = this;
    const next = this.#sentenceAt(span ? span.end : point);
    this.select({ start: span ? span.start : next.start, end: next.end });
  }

  /** Puts the caret between two letters. */
  put(point) {
    getSelection().collapse(...this.transcript.placeOf(point));
    this.#focus(this.transcript.turnAt(point));
  }

  select(span) {
    this.#isRough = false;
    this.#select(span);
    this.#focus(this.transcript.turnAt(span.start));
  }

  /** What stands now, to be put back after turns were drawn again: nothing scrolls, no focus moves. */
  keep() {
    const { span } = this;
    const point = this.#isInText() ? this.point : null;
    return () => {
      if (span) this.#select(span);
      else if (point !== null) getSelection().collapse(...this.transcript.placeOf(point));
    };
  }

  /** Gives the keyboard back to the text. */
  focus() { this.#focus(this.turn); }

  #select(span) {
    const range = this.transcript.rangeOf(span);
    getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  }

  #settle() {
    const { span } = this;
    if (span && this.#isRough) this.#select(span);
  }

  #press(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    if (event.defaultPrevented || !Object.hasOwn(ARROWS, key) || metaKey || altKey || !event.target.classList.contains("turn")) return;
    event.preventDefault();
    this.#isRough = false;
    if (!this.#isInText()) this.put(Number(this.turn.dataset.start));
    const unit = ARROWS[key].endsWith("ward") ? "line" : ctrlKey ? "word" : "character";
    getSelection().modify(shiftKey ? "extend" : "move", ARROWS[key], unit);
    this.#stayInText(shiftKey);
    const turn = getSelection().focusNode?.parentElement?.closest(".turn");
    if (turn && turn !== this.turn) this.#focus(turn);
  }

  #isInText() { return getSelection().focusNode?.parentElement?.closest(".turn-text"); }

  /** The names of speakers lie between the texts; the caret steps over them. */
  #stayInText(isExtending) {
    if (this.#isInText()) return;
    const { turns } = this.transcript;
    const { focusNode } = getSelection();
    const text = this.turn.querySelector(".turn-text");
    const isAfter = Boolean(focusNode && text.compareDocumentPosition(focusNode) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = turns[turns.indexOf(this.turn) + (isAfter ? 1 : -1)];
    const { start, end } = (next ?? this.turn).dataset;
    const place = this.transcript.placeOf(Number(isAfter === Boolean(next) ? start : end));
    if (isExtending) getSelection().extend(...place);
    else getSelection().collapse(...place);
  }

  #sentenceAt(point) {
    const { turns } = this.transcript;
    const all = turns.slice(this.transcript.indexAt(point)).values().flatMap((turn) => this.transcript.sentencesOf(turn));
    return all.find(({ end }) => end > point) ?? this.transcript.sentencesOf(turns.at(-1)).at(-1);
  }

  #focus(turn) {
    this.#enter(turn);
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
  }

  #enter(turn) {
    if (!turn || turn === this.turn && turn.classList.contains("is-current")) return;
    this.turn.tabIndex = -1;
    this.turn.classList.remove("is-current");
    this.turn = turn;
    turn.tabIndex = 0;
    turn.classList.add("is-current");
    const place = document.getElementById("here");
    if (place) place.textContent = turn.id.slice("turn-".length);
  }

  /** A turn that is reached by keyboard has the caret at its start; with a mouse the browser puts it afterwards. */
  #follow(target) {
    const selection = getSelection();
    if (target === this.turn && selection.isCollapsed && !target.contains(selection.focusNode)) {
      selection.collapse(...this.transcript.placeOf(Number(target.dataset.start)));
    }
    this.#show();
  }

  /** The browser draws no caret in text that cannot be edited. */
  #show() {
    const isHere = document.activeElement?.classList.contains("turn") && getSelection().isCollapsed && this.#isInText();
    const start = isHere && Math.min(this.point, Number(this.turn.dataset.end) - 1);
    paint("caret", this.transcript, isHere ? [{ start, end: start + 1 }] : []);
  }
}
