/**
 * Changes that the server does not have yet, in their order. They are kept in this browser, under the person and the
 * assignment, and outlive a reload, a closed tab and a sign-out: ids and offsets only, never words of an interview.
 */
export class Waiting {
  changes = [];

  constructor(name) {
    this.prefix = `concord.outbox.${name}.`;
    // Each tab has a list of its own, so that no two tabs write or send the same one.
    this.key = this.prefix + uuid();
  }

  /** Takes over what closed tabs have left behind. */
  async adopt() {
    const { locks } = navigator;
    if (!locks) return this.#take(() => true);
    locks.request(this.key, () => new Promise(() => {})); // held as long as this tab is open
    return locks.request(this.prefix, async () => {
      const { held } = await locks.query();
      const open = new Set(held.map(({ name }) => name));
      this.#take((key) => !open.has(key));
    });
  }

  add(change) {
    this.changes.push(change);
    this.write();
  }

  remove(change) {
    this.changes = this.changes.filter((each) => each !== change);
    this.write();
  }

  /** Whether closing the tab would lose something. */
  get isFleeting() { return this.changes.some((each) => each.isFleeting) || (this.changes.length > 0 && !this.isKept); }

  isKept = true;

  write() {
    const kept = this.changes.filter((each) => !each.isFleeting);
    try {
      if (kept.length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }

  #take(isLeft) {
    let left = [];
    try { left = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && key !== this.key && isLeft(key)); } catch { return; }
    const known = new Set(this.changes.map(({ id }) => id));
    const found = left.flatMap(read).filter(({ id }) => !known.has(id));
    this.changes = [...found.sort((one, other) => one.at - other.at), ...this.changes];
    this.write();
    if (this.isKept) for (const key of left) localStorage.removeItem(key);
  }
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; }
}

/** crypto.randomUUID exists only on secure origins; a server in the same house may have none. */
export function uuid() {
  const digit = (mark) => (mark ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> mark / 4).toString(16);
  return crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, digit);
}
