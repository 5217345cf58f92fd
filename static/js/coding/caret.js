import { bindKeys } from "../keys.js";
import { paint } from "./layers.js";

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" };
const HELD = new Set(["Shift", "Control", "Alt", "Meta"]);

/** A caret for text that cannot be edited, so that words can be selected without a mouse. */
export class Caret {
  constructor(transcript) {
    this.transcript = transcript;
    this.turn = transcript.turns[0];
    const { list } = transcript;
    list.addEventListener("focusin", ({ target }) => { this.#enter(target.closest(".turn")); this.#follow(target); });
    list.addEventListener("focusout", () => this.#show());
    list.addEventListener("keydown", (event) => this.#press(event));
    document.addEventListener("selectionchange", () => this.#show());
    bindKeys({ j: () => this.step(1), k: () => this.step(-1), s: () => this.sentence() });
  }

  /** The selected span; null where nothing is selected. */
  get span() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    return range.intersectsNode(this.transcript.list) ? this.transcript.spanOf(range) : null;
  }

  /** Where the caret stands, at the start of the current turn where it stands nowhere. */
  get point() {
    const { focusNode, focusOffset } = getSelection();
    return this.transcript.pointOf(focusNode, focusOffset) ?? Number(this.turn.dataset.start);
  }

  /** The next turn, or the one before. */
  step(by) {
    const index = this.transcript.turns.indexOf(this.turn) + by;
    const turn = this.transcript.turns[Math.max(0, Math.min(index, this.transcript.turns.length - 1))];
    this.put(Number(turn.dataset.start));
  }

  /** Selects the sentence at the caret; with a selection, the next sentence as well. */
  sentence() {
    const { span, point } = this;
    const from = span ? span.end : point;
    const next = this.#sentenceAt(from);
    this.select({ start: span ? span.start : next.start, end: next.end });
  }

  /** Puts the caret between two letters. */
  put(point) {
    getSelection().collapse(...this.transcript.placeOf(point));
    this.#focus(this.transcript.turnAt(point));
  }

  select(span) {
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

  #press(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    if (event.defaultPrevented || HELD.has(key) || metaKey || altKey || !event.target.classList.contains("turn")) return;
    if (!Object.hasOwn(ARROWS, key)) return;
    event.preventDefault();
    const isLine = key === "ArrowUp" || key === "ArrowDown";
    if (!this.#isInText()) this.put(Number(this.turn.dataset.start));
    getSelection().modify(shiftKey ? "extend" : "move", ARROWS[key], isLine ? "line" : ctrlKey ? "word" : "character");
    this.#stayInText(shiftKey);
    const turn = getSelection().focusNode?.parentElement?.closest(".turn");
    if (turn && turn !== this.turn) this.#focus(turn);
  }

  #isInText() {
    return getSelection().focusNode?.parentElement?.closest(".turn-text");
  }

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
    const all = this.transcript.sentencesOf(this.transcript.turnAt(point));
    const found = all.find(({ end }) => end > point);
    if (found) return found;
    const index = this.transcript.indexAt(point) + 1;
    return index < this.transcript.turns.length ? this.transcript.sentencesOf(this.transcript.turns[index])[0] : all.at(-1);
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
  }

  /** A turn that is reached by keyboard has the caret at its start; with a mouse the browser puts it afterwards. */
  #follow(target) {
    const selection = getSelection();
    if (target === this.turn && selection.isCollapsed && !this.turn.contains(selection.focusNode)) {
      selection.collapse(...this.transcript.placeOf(Number(this.turn.dataset.start)));
    }
    this.#show();
  }

  /** The browser draws no caret in text that cannot be edited. */
  #show() {
    const selection = getSelection();
    const isHere = document.activeElement?.classList.contains("turn") && selection.isCollapsed && this.#isInText();
    if (!isHere) return paint("caret", this.transcript, []);
    const { point } = this;
    const last = Number(this.turn.dataset.end) - 1;
    const start = Math.min(point, last);
    return paint("caret", this.transcript, [{ start, end: start + 1 }]);
  }
}
