import { bindKeys } from "../keys.js";

/** A span {start, end} counts code points of the version, half-open: never UTF-16 units. `isEnd`, 1 or 0, reads a point as an end. */
export const asSpan = ({ start, end }) => ({ start: +start, end: +end });
export const length = (text) => [...text].length;
const within = (node, selector) => (node?.closest ? node : node?.parentElement)?.closest(selector);

const units = (text, points) => [...text].slice(0, points).join("").length;
const textOf = (turn) => turn.querySelector(".turn-text");
const [words, letters] = ["word", "grapheme"].map((granularity) => new Intl.Segmenter(document.documentElement.lang, { granularity }));

/** A turn lists its codings, 37 letters each; what is drawn names places in that list. */
const listIn = (turn) => textOf(turn).dataset.ids;
export const codingsOf = (part) => part.dataset.nth.split(" ").map((nth) => listIn(part.closest(".turn")).substr(nth * 37, 36));

export class Transcript {
  constructor(list) {
    this.list = list;
    this.turns = [...list.querySelectorAll(":scope > .turn")];
    this.starts = this.turns.map(({ dataset }) => +dataset.start);
    this.ends = this.turns.map(({ dataset }) => +dataset.end);
  }

  indexAt(point) { return Math.max(0, this.starts.findLastIndex((start) => start <= point)); }

  turnAt(point) { return this.turns[this.indexAt(point)]; }

  /** Where the sign after a point is seen, and its turn. */
  boxAt(start) {
    const turn = this.turnAt(start);
    const [box] = this.rangeOf({ start, end: start + 1 }).getClientRects();
    return { turn, box, around: turn.getBoundingClientRect() };
  }

  /** Scrolls a turn into view; of one that is too tall, the line of a point. */
  reveal(point) {
    const { turn, box, around } = this.boxAt(point);
    if (!box || around.height < innerHeight / 2) return turn.scrollIntoView({ block: "nearest" });
    const pin = document.getElementById("pin");
    pin.style.cssText = `top: ${box.top - around.top}px; height: ${box.height}px`;
    turn.append(pin);
    pin.scrollIntoView({ block: "nearest" });
  }

  marksOf(coding) {
    return this.turns.flatMap((turn) => [...turn.querySelectorAll(`mark[data-nth~="${listIn(turn).indexOf(coding) / 37}"]`)]);
  }

  words(index) { return textOf(this.turns[index]).textContent; }

  /** What a selection covers, without white space at its ends; null where that is nothing. */
  spanOf(range) {
    const touched = (turn) => range.intersectsNode(textOf(turn));
    const first = this.#indexOf(range.startContainer) ?? this.turns.findIndex(touched);
    const last = this.#indexOf(range.endContainer) ?? this.turns.findLastIndex(touched);
    if (first < 0 || last < 0) return null;
    const start = this.#point(first, range.startContainer, range.startOffset, 0) ?? this.starts[first];
    const end = this.#point(last, range.endContainer, range.endOffset, 1) ?? this.ends[last];
    const said = this.textIn({ start, end });
    const words = said.trim();
    const from = start + length(said) - length(said.trimStart());
    return words ? { start: from, end: from + length(words) } : null;
  }

  rangeOf({ start, end }) {
    const range = new Range();
    range.setStart(...this.#place(start, 0));
    range.setEnd(...this.#place(end, 1));
    return range;
  }

  placeOf(point) { return this.#place(point, +(this.ends[this.indexAt(point - 1)] === point)); }

  pointOf(node, offset) { return this.#point(this.turns.indexOf(within(node, ".turn")), node, offset, 0); }

  textIn(span) { return this.#parts(span).map((part) => `${this.rangeOf(part)}`).join("\n"); }

  /** Paints spans in a passing layer, turn by turn: the speakers between stay out. */
  paint(name, spans) {
    this.layer(name, spans.flatMap((span) => this.#parts(span)).map((part) => this.rangeOf(part)));
  }

  layer(name, ranges) {
    // A caret is seen on what it stands.
    if (ranges.length) CSS.highlights?.set(name, Object.assign(new Highlight(...ranges), { priority: +(name === "caret") }));
    else CSS.highlights?.delete(name);
  }

  snapped(span) {
    const edge = (point, isEnd) => {
      const index = this.indexAt(point - isEnd);
      const text = this.words(index);
      const word = words.segment(text).containing(units(text, point - this.starts[index]) - isEnd);
      return word?.isWordLike ? this.#edge(index, word, isEnd) : point;
    };
    return { start: edge(span.start, 0), end: edge(span.end, 1) };
  }

  stop(point, by, { isEnd, isByWord }) {
    for (let index = this.indexAt(point - isEnd); this.turns[index]; index += by) {
      const parts = [...(isByWord ? words : letters).segment(this.words(index))].filter((part) => !isByWord || part.isWordLike);
      const stops = parts.map((part) => this.#edge(index, part, isEnd));
      const next = by > 0 ? stops.find((each) => each > point) : stops.findLast((each) => each < point);
      if (next !== undefined) return next;
    }
    return point;
  }

  #edge(index, { input, index: at, segment }, isEnd) { return this.starts[index] + length(input.slice(0, isEnd ? at + segment.length : at)); }

  #parts({ start, end }) {
    return this.turns.slice(this.indexAt(start), this.indexAt(end - 1) + 1).map(({ dataset }) => ({
      start: Math.max(start, dataset.start),
      end: Math.min(end, dataset.end),
    })).filter((part) => part.start < part.end);
  }

  #indexOf(node) {
    const text = within(node, ".turn-text");
    return text && this.turns.indexOf(text.parentElement);
  }

  /** Half a surrogate pair belongs to the selection as a whole. */
  #point(index, node, offset, isEnd) {
    const text = this.turns[index] && textOf(this.turns[index]);
    if (!text?.contains(node)) return null;
    const before = new Range();
    before.selectNodeContents(text);
    before.setEnd(node, offset);
    const said = `${before}`;
    return this.starts[index] + length(isEnd ? said : said.replace(/[\uD800-\uDBFF]$/, ""));
  }

  #place(point, isEnd) {
    const index = this.indexAt(point - isEnd);
    const walker = document.createTreeWalker(textOf(this.turns[index]), NodeFilter.SHOW_TEXT);
    let left = Math.min(point, this.ends[index]) - this.starts[index];
    while (walker.nextNode()) {
      const { data } = walker.currentNode;
      const here = length(data);
      if (left < here + isEnd) return [walker.currentNode, units(data, left)];
      left -= here;
    }
    return [walker.currentNode, walker.currentNode.length];
  }
}

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" };
const ENDS = { Home: "start", End: "end" };
/** With Cmd on a Mac. */
const COMMAND_ENDS = { ArrowLeft: "start", ArrowRight: "end", ArrowUp: "start", ArrowDown: "end" };
const isMac = /^mac/i.test(navigator.userAgentData?.platform ?? navigator.platform);
/** Elsewhere the browser goes back with Alt. */
export const isByWord = ({ ctrlKey, altKey }) => ctrlKey || (isMac && altKey);
const isInText = () => within(getSelection().focusNode, ".turn-text");

/** A caret for text that cannot be edited. */
export class Caret {
  /** Made with mouse or finger, and so takes whole words. */
  #isRough = false;
  /** Where it was before the keyboard went elsewhere. */
  #left = 0;

  constructor(transcript) {
    this.transcript = transcript;
    [this.turn] = transcript.turns;
    const { list } = transcript;
    list.addEventListener("focusin", ({ target }) => this.#enter(target.closest(".turn"), target));
    list.addEventListener("focusout", () => this.#show());
    list.addEventListener("keydown", (event) => this.#press(event));
    list.addEventListener("pointerdown", ({ altKey }) => { this.#isRough = !altKey; });
    document.addEventListener("pointerup", ({ pointerType }) => { if (pointerType === "mouse" && this.#isRough && this.span) this.#select(this.span); });
    document.addEventListener("selectionchange", () => this.#show());
    bindKeys({ j: () => this.step(1), k: () => this.step(-1), J: () => this.grow(1), K: () => this.grow(-1), s: () => this.sentence() });
  }

  get span() {
    const selection = getSelection();
    const { transcript } = this;
    const range = selection.isCollapsed ? null : selection.getRangeAt(0);
    const span = range?.intersectsNode(transcript.list) ? transcript.spanOf(range) : null;
    return span && this.#isRough && transcript.list.dataset.snap !== "letters" ? transcript.snapped(span) : span;
  }

  get point() {
    const { focusNode, focusOffset } = getSelection();
    return this.transcript.pointOf(focusNode, focusOffset) ?? this.#left;
  }

  step(by) {
    const { turns, starts } = this.transcript;
    this.put(starts[turns.indexOf(this.turn) + by] ?? +this.turn.dataset.start);
  }

  /** To the end of the turn, then of the next; backward likewise. */
  grow(by) {
    const { starts, ends } = this.transcript;
    const { start, end } = this.span ?? { start: this.point, end: this.point };
    const span = by > 0 ? { start, end: ends.find((each) => each > end) ?? end } : { start: starts.findLast((each) => each < start) ?? start, end };
    if (span.start < span.end) this.select(span);
  }

  /** The sentence at the caret; with a selection, the next one as well. */
  sentence() {
    const { span, transcript } = this;
    const from = span?.end ?? this.point;
    const next = transcript.turns.slice(transcript.indexAt(from)).values().flatMap(sentencesOf).find(({ end }) => end > from) ?? sentencesOf(transcript.turns.at(-1)).at(-1);
    this.select({ start: span?.start ?? next.start, end: next.end });
  }

  put(point) {
    this.#go(point);
    this.#focus(this.transcript.turnAt(point));
  }

  select(span) {
    this.#isRough = false;
    this.#select(span);
    this.#focus(this.transcript.turnAt(span.start));
  }

  /** To be called after turns were drawn again: nothing scrolls, no focus moves. */
  keep() {
    const { span } = this;
    const point = isInText() ? this.point : null;
    return () => {
      if (span) this.#select(span);
      else if (point !== null) this.#go(point);
    };
  }

  focus() { this.put(this.point); }

  #select(span) {
    const { startContainer, startOffset, endContainer, endOffset } = this.transcript.rangeOf(span);
    getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
  }

  #press(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const end = (metaKey ? COMMAND_ENDS : ENDS)[key];
    const arrow = ARROWS[key];
    const isOfBrowser = isMac ? metaKey && altKey : metaKey || altKey;
    if (event.defaultPrevented || !(end || arrow) || isOfBrowser || !event.target.matches(".turn")) return;
    event.preventDefault();
    this.#isRough = false;
    if (!isInText()) this.put(+this.turn.dataset.start);
    const isAcross = arrow?.endsWith("ward");
    if (end) this.#go((ctrlKey || isAcross ? this.transcript.turns.at(end === "end" ? -1 : 0) : this.turn).dataset[end], shiftKey);
    else getSelection().modify(shiftKey ? "extend" : "move", arrow, isAcross ? "line" : isByWord(event) ? "word" : "character");
    if (!isInText()) this.#stepOver(shiftKey);
    const turn = within(getSelection().focusNode, ".turn");
    if (turn) this.#focus(turn);
  }

  #go(point, isExtending) { getSelection()[isExtending ? "extend" : "collapse"](...this.transcript.placeOf(+point)); }

  /** Over the names of speakers. */
  #stepOver(isExtending) {
    const { turns } = this.transcript;
    const { focusNode } = getSelection();
    const isAfter = Boolean(focusNode && textOf(this.turn).compareDocumentPosition(focusNode) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = turns[turns.indexOf(this.turn) + (isAfter ? 1 : -1)];
    const { start, end } = (next ?? this.turn).dataset;
    this.#go(isAfter === Boolean(next) ? start : end, isExtending);
  }

  #focus(turn) {
    this.#enter(turn);
    turn.focus({ preventScroll: true });
    this.transcript.reveal(this.point);
  }

  #enter(turn, target) {
    if (turn && !turn.matches(".is-current")) {
      this.turn.tabIndex = -1;
      this.turn.classList.remove("is-current");
      this.turn = turn;
      turn.tabIndex = 0;
      turn.classList.add("is-current");
      const place = document.getElementById("here");
      if (place) place.textContent = turn.id.slice(5);
    }
    // Reached by Tab, a turn has the caret at its start; with a mouse the browser puts it afterwards.
    const selection = getSelection();
    if (target === this.turn && selection.isCollapsed && !target.contains(selection.focusNode)) this.#go(target.dataset.start);
    this.#show();
  }

  /** The browser draws no caret in text that cannot be edited. */
  #show() {
    if (isInText()) this.#left = this.point;
    const isHere = document.activeElement?.matches(".turn") && getSelection().isCollapsed && isInText();
    const start = isHere && Math.min(this.#left, this.turn.dataset.end - 1);
    this.transcript.paint("caret", isHere ? [{ start, end: start + 1 }] : []);
  }
}

/** As the server counts them. */
const sentencesOf = ({ dataset: { sentences } }) => [...sentences.matchAll(/(?<start>\d+) (?<end>\d+)/g)].map(({ groups }) => asSpan(groups));
