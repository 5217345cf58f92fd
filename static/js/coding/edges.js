import { paint } from "./layers.js";

const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };

/** Moves the ends of the coding in the panel: by key after "[" or "]", or by dragging the handle at an end. */
export class Edges {
  #moving = null;

  constructor(shape, { transcript, passage, caret, moved }) {
    Object.assign(this, { transcript, passage, caret, moved });
    this.handles = ["start", "end"].map((edge) => this.#handle(shape.content.firstElementChild.cloneNode(true), edge));
    this.keys = shape.dataset;
    addEventListener("keydown", (event) => this.#press(event), true);
    addEventListener("resize", () => this.show());
  }

  /** Picks an end of the coding; arrows then move it, Enter keeps it there, Escape puts it back. */
  pick(edge) {
    const { current, span } = this.passage;
    if (!current) return;
    this.#moving = { current, edge, span: { ...span }, before: span };
    this.#paint();
  }

  /** Puts the handles at the ends of the coding in the panel. */
  show() {
    const { span } = this.passage;
    this.handles.forEach((handle, isEnd) => {
      handle.remove();
      if (!span) return;
      const turn = this.transcript.turnAt(isEnd ? span.end - 1 : span.start);
      const letter = this.transcript.rangeOf(isEnd ? { start: span.end - 1, end: span.end } : { start: span.start, end: span.start + 1 });
      const box = letter.getClientRects()[0];
      if (!box) return;
      const around = turn.getBoundingClientRect();
      const isRightToLeft = getComputedStyle(turn.querySelector(".turn-text")).direction === "rtl";
      handle.style.left = `${(Boolean(isEnd) !== isRightToLeft ? box.right : box.left) - around.left}px`;
      handle.style.top = `${box.top - around.top}px`;
      handle.style.height = `${box.height}px`;
      turn.append(handle);
    });
  }

  #handle(handle, edge) {
    handle.dataset.edge = edge;
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      this.pick(edge);
    });
    handle.addEventListener("pointermove", ({ clientX, clientY, altKey }) => {
      if (!this.#moving) return;
      const found = document.caretPositionFromPoint?.(clientX, clientY);
      const place = found ? [found.offsetNode, found.offset] : Object.values(document.caretRangeFromPoint?.(clientX, clientY) ?? {});
      const point = this.transcript.pointOf(...place);
      if (point !== null) this.#put(point, !altKey);
    });
    handle.addEventListener("pointerup", () => this.#end(true));
    handle.addEventListener("pointercancel", () => this.#end(false));
    return handle;
  }

  #press(event) {
    const moving = this.#moving;
    if (!moving || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const by = ARROWS[event.key];
    if (by) {
      const isEnd = moving.edge === "end";
      const isByWord = event.ctrlKey !== (this.transcript.list.dataset.snap !== "letters");
      this.#put(this.transcript.stop(moving.span[moving.edge], by, { isEnd, isByWord }), false);
    } else if (event.key === "[" || event.key === "]") moving.edge = event.key === "[" ? "start" : "end";
    else this.#end(event.key !== "Escape");
    if (by || ["Enter", "Escape", "[", "]"].includes(event.key)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  #put(point, isDragged) {
    const { edge, span } = this.#moving;
    const moved = { ...span, [edge]: point };
    if (moved.start >= moved.end) return;
    const isSnapped = isDragged && this.transcript.list.dataset.snap !== "letters";
    this.#moving.span = isSnapped ? { ...span, [edge]: this.transcript.snapped(moved)[edge] } : moved;
    this.#paint();
  }

  #paint() { paint("edge", this.transcript, this.#moving ? [this.#moving.span] : []); }

  #end(isKept) {
    if (!this.#moving) return;
    const { current, span, before } = this.#moving;
    this.#moving = null;
    this.#paint();
    if (isKept && (span.start !== before.start || span.end !== before.end)) this.moved(current, span);
  }
}
