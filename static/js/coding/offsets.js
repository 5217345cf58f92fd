/** Between page and transcript. A span {start, end} counts Unicode code points of the version, half-open: never UTF-16 units. */
export const length = (text) => [...text].length;

const textOf = (turn) => turn.querySelector(".turn-text");
const units = (text, points) => [...text].slice(0, points).join("").length;
const [words, letters] = ["word", "grapheme"].map((granularity) => new Intl.Segmenter(document.documentElement.lang, { granularity }));

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
    this.starts = this.turns.map(({ dataset }) => Number(dataset.start));
    this.ends = this.turns.map(({ dataset }) => Number(dataset.end));
  }

  /** The number, from 0, of the turn that a point lies in or behind. */
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

  /** The words of a turn. */
  words(index) { return textOf(this.turns[index]).textContent; }

  /** What a selection covers of the text, without white space at its ends; null where that is nothing. */
  spanOf(range) {
    const touched = (turn) => range.intersectsNode(textOf(turn));
    const first = this.#indexOf(range.startContainer) ?? this.turns.findIndex(touched);
    const last = this.#indexOf(range.endContainer) ?? this.turns.findLastIndex(touched);
    if (first < 0 || last < 0) return null;
    const start = this.#point(first, range.startContainer, range.startOffset, false) ?? this.starts[first];
    const end = this.#point(last, range.endContainer, range.endOffset, true) ?? this.ends[last];
    return this.#trimmed(start, end);
  }

  /** The part of the page that shows a span. */
  rangeOf({ start, end }) {
    const range = document.createRange();
    range.setStart(...this.#place(start, false));
    range.setEnd(...this.#place(end, true));
    return range;
  }

  /** The same turn by turn, without the speakers between them. */
  rangesOf({ start, end }) {
    const ranges = [];
    for (let index = this.indexAt(start); index <= this.indexAt(end - 1); index += 1) {
      const part = { start: Math.max(start, this.starts[index]), end: Math.min(end, this.ends[index]) };
      if (part.start < part.end) ranges.push(this.rangeOf(part));
    }
    return ranges;
  }

  /** Node and offset of a point, for the caret. */
  placeOf(point) { return this.#place(point, this.ends[this.indexAt(Math.max(point - 1, 0))] === point); }

  /** Where a place of the page lies in the text; null outside of it. */
  pointOf(node, offset) {
    const turn = (node?.closest ? node : node?.parentElement)?.closest(".turn");
    return turn ? this.#point(this.turns.indexOf(turn), node, offset, false) : null;
  }

  /** The words of a span; between turns a line break, as in the transcript. */
  textIn({ start, end }) {
    const parts = [];
    for (let index = this.indexAt(start); index <= this.indexAt(end - 1); index += 1) {
      const from = this.starts[index];
      parts.push([...this.words(index)].slice(Math.max(start - from, 0), end - from).join(""));
    }
    return parts.join("\n");
  }

  /** Sentences of a turn as the server counts them. */
  sentencesOf(turn) {
    const { sentences, start, end } = turn.dataset;
    const pairs = [...(sentences || `${start} ${end}`).matchAll(/(\d+) (\d+)/g)];
    return pairs.map((pair) => ({ start: +pair[1], end: +pair[2] }));
  }

  /** A span widened to whole words. */
  snapped({ start, end }) {
    const edge = (point, isEnd) => {
      const index = this.indexAt(isEnd ? point - 1 : point);
      const text = this.words(index);
      const found = words.segment(text).containing(units(text, point - this.starts[index]) - Number(isEnd));
      return found?.isWordLike ? this.starts[index] + length(text.slice(0, found.index + (isEnd ? found.segment.length : 0))) : point;
    };
    return { start: edge(start, false), end: edge(end, true) };
  }

  /** The next place where a word, or else a letter, begins or ends. */
  stop(point, by, { isEnd, isByWord }) {
    for (let index = this.indexAt(isEnd ? point - 1 : point); this.turns[index]; index += by) {
      const text = this.words(index);
      const parts = [...(isByWord ? words : letters).segment(text)].filter((part) => !isByWord || part.isWordLike);
      const stops = parts.map((part) => this.starts[index] + length(text.slice(0, part.index + (isEnd ? part.segment.length : 0))));
      const next = by > 0 ? stops.find((each) => each > point) : stops.findLast((each) => each < point);
      if (next !== undefined) return next;
    }
    return point;
  }

  /** Undefined outside the words of a turn. */
  #indexOf(node) {
    const text = (node.closest ? node : node.parentElement)?.closest(".turn-text");
    return text && this.indexAt(Number(text.parentElement.dataset.start));
  }

  /** Half a surrogate pair belongs to the selection as a whole: a start moves back, an end moves on. */
  #point(index, node, offset, isEnd) {
    const text = this.turns[index] && textOf(this.turns[index]);
    if (!text?.contains(node)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(node, offset);
    const said = before.toString();
    return this.starts[index] + length(!isEnd && /[\uD800-\uDBFF]$/.test(said) ? said.slice(0, -1) : said);
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
    const said = this.textIn({ start, end });
    const from = start + length(said) - length(said.trimStart());
    const to = end - length(said) + length(said.trimEnd());
    return from < to ? { start: from, end: to } : null;
  }
}
