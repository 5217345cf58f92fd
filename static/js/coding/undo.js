/** What was done to codings in this tab, so that it can be undone and done again; ids only, kept over a reload. */
export class Undo {
  constructor(name, { changed }) {
    this.name = `concord.undo.${name}`;
    this.changed = changed;
    const { done = [], undone = [] } = this.#read();
    this.done = done;
    this.undone = undone;
    changed(this);
  }

  /** A change: its kind, the coding, and what sets it back where that is not known from the kind. */
  did(change) {
    this.done.push(change);
    this.undone = [];
    this.#write();
  }

  /** The change to undo now, or undefined. */
  back() { return this.#move(this.done, this.undone); }

  /** The change to do again now, or undefined. */
  again() { return this.#move(this.undone, this.done); }

  #move(from, to) {
    const change = from.pop();
    if (change) to.push(change);
    this.#write();
    return change;
  }

  #read() {
    try { return JSON.parse(sessionStorage.getItem(this.name)) ?? {}; } catch { return {}; }
  }

  #write() {
    try { sessionStorage.setItem(this.name, JSON.stringify({ done: this.done, undone: this.undone })); } catch { /* this page only */ }
    this.changed(this);
  }
}

/** The address below a coding, and the fields, that undo a change or do it again. */
export const undoing = {
  add: () => ["undo"],
  remove: () => ["restore"],
  change: ({ before }) => ["change", before],
};
export const redoing = {
  add: () => ["restore"],
  remove: () => ["remove"],
  change: ({ after }) => ["change", after],
};
