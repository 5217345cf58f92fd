/**
 * Between the page and the transcript. A span is {start, end} in Unicode code points of the transcript version,
 * half-open: never UTF-16 units, never positions in the page. Each turn knows where its text begins.
 */

const length = (text) => [...text].length;

const textOf = (turn) => turn.querySelector(".turn-text");

/** How many UTF-16 units the first `points` code points of a text take. */
function units(text, points) {
  let at = 0;
  for (const letter of text) {
    if (points-- <= 0) break;
    at += letter.length;
  }
  return at;
}

function textNodes(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

export class Transcript {
  constructor(list) {
    this.list = list;
    this.turns = [...list.querySelectorAll(":scope > .turn")];
    this.starts = this.turns.map((turn) => Number(turn.dataset.start));
    this.ends = this.turns.map((turn) => Number(turn.dataset.end));
  }

  /** The number of the turn that a point lies in or behind, counted from 0. */
  indexAt(point) {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.starts[middle] <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  turnAt(point) { return this.turns[this.indexAt(point)]; }

  /** What a selection covers of the text; null where that is nothing. White space at its ends is left out. */
  spanOf(range) {
    const covered = this.turns.map((turn, index) => index).filter((index) => range.intersectsNode(textOf(this.turns[index])));
    if (!covered.length) return null;
    const start = this.#point(covered[0], range.startContainer, range.startOffset, false) ?? this.starts[covered[0]];
    const end = this.#point(covered.at(-1), range.endContainer, range.endOffset, true) ?? this.ends[covered.at(-1)];
    return this.#trimmed(start, end);
  }

  /** The part of the page that shows a span. */
  rangeOf({ start, end }) {
    const range = document.createRange();
    range.setStart(...this.#place(start, false));
    range.setEnd(...this.#place(end, true));
    return range;
  }

  /** The same turn by turn, without the names of the speakers between them. */
  rangesOf({ start, end }) {
    const ranges = [];
    for (let index = this.indexAt(start); index <= this.indexAt(end - 1); index += 1) {
      const part = { start: Math.max(start, this.starts[index]), end: Math.min(end, this.ends[index]) };
      if (part.start < part.end) ranges.push(this.rangeOf(part));
    }
    return ranges;
  }

  /** Node and offset of a point, for the caret. */
  placeOf(point) {
    const isEnd = this.ends[this.indexAt(Math.max(point - 1, 0))] === point;
    return this.#place(point, isEnd);
  }

  /** Where the caret stands; null outside the text. */
  pointOf(node, offset) {
    const turn = node?.parentElement?.closest(".turn") ?? node?.closest?.(".turn");
    return turn ? this.#point(this.turns.indexOf(turn), node, offset, false) : null;
  }

  /** The words of a span; between turns a line break, as in the transcript. */
  textIn({ start, end }) {
    const parts = [];
    for (let index = this.indexAt(start); index <= this.indexAt(end - 1); index += 1) {
      const from = this.starts[index];
      parts.push([...textOf(this.turns[index]).textContent].slice(Math.max(start - from, 0), end - from).join(""));
    }
    return parts.join("\n");
  }

  /** Sentences of a turn as the server counts them. */
  sentencesOf(turn) {
    const numbers = (turn.dataset.sentences || "").split(" ").filter(Boolean).map(Number);
    const pairs = [];
    for (let at = 0; at + 1 < numbers.length; at += 2) pairs.push({ start: numbers[at], end: numbers[at + 1] });
    return pairs.length ? pairs : [{ start: Number(turn.dataset.start), end: Number(turn.dataset.end) }];
  }

  /** Half a surrogate pair belongs to the selection as a whole letter: a start moves back, an end moves on. */
  #point(index, node, offset, isEnd) {
    const text = textOf(this.turns[index]);
    if (!text.contains(node)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(node, offset);
    const words = before.toString();
    const cut = !isEnd && /[\uD800-\uDBFF]$/.test(words) ? words.slice(0, -1) : words;
    return this.starts[index] + length(cut);
  }

  #place(point, isEnd) {
    const index = this.indexAt(isEnd ? point - 1 : point);
    let left = Math.min(point, this.ends[index]) - this.starts[index];
    const nodes = textNodes(textOf(this.turns[index]));
    for (const node of nodes) {
      const here = length(node.data);
      if (isEnd ? left <= here : left < here) return [node, units(node.data, left)];
      left -= here;
    }
    return [nodes.at(-1), nodes.at(-1).length];
  }

  #trimmed(start, end) {
    const letters = new Map();
    const letter = (point) => {
      const index = this.indexAt(point);
      if (point >= this.ends[index]) return "\n";
      if (!letters.has(index)) letters.set(index, [...textOf(this.turns[index]).textContent]);
      return letters.get(index)[point - this.starts[index]];
    };
    while (start < end && /\s/u.test(letter(start))) start += 1;
    while (start < end && /\s/u.test(letter(end - 1))) end -= 1;
    return start < end ? { start, end } : null;
  }
}
