import { isSessionNew, post } from "./server.js";

/** A blob's address ends in a UUID; crypto.randomUUID is missing where a server in the same house has no TLS. */
export const uuid = () => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);

/** Changes kept in this browser until the server has them: ids and offsets only, never words of an interview. */
export class Waiting {
  changes = [];
  isKept = true;

  constructor(name) {
    this.prefix = `concord.outbox.${name}.`;
    // A list for each tab: no two write or send the same one.
    this.key = this.prefix + uuid();
  }

  /** Takes over from closed tabs. */
  async adopt() {
    const { locks } = navigator;
    if (!locks) return this.#take([]);
    // Held as long as this tab is open.
    locks.request(this.key, () => new Promise(() => {}));
    return locks.request(this.prefix, async () => this.#take((await locks.query()).held.map(({ name }) => name)));
  }

  /** Whether closing the tab would lose something. */
  get isFleeting() { return this.changes.some(({ isFleeting }) => isFleeting || !this.isKept); }

  remove(change) {
    this.changes = this.changes.filter((each) => each !== change);
    this.write();
  }

  write() {
    const kept = this.changes.filter(({ isFleeting }) => !isFleeting);
    try {
      if (kept.length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
      this.isKept = true;
    } catch { this.isKept = false; }
  }

  #take(open) {
    let left = [];
    try { left = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && key !== this.key && !open.includes(key)); } catch { return; }
    const found = left.flatMap(read).filter(({ id }) => !this.changes.some((each) => each.id === id));
    this.changes = [...found.sort((one, other) => one.at - other.at), ...this.changes];
    this.write();
    if (this.isKept) for (const key of left) localStorage.removeItem(key);
  }
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; }
}

/** Keys and what they paint go first. */
const quiet = () => new Promise((resolve) => { (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 200 }); });

/** Sends changes in their order, one in flight; again under the same id until answered. The refused wait for the person. */
export class Outbox {
  #isSending = false;
  #isOutdated = false;
  #idle = [];
  #wake = null;

  constructor(sign, name, does) {
    Object.assign(this, { ...does, sign, waiting: new Waiting(name) });
    addEventListener("beforeunload", (event) => { if (this.waiting.isFleeting) event.preventDefault(); });
    for (const kind of ["online", "focus"]) addEventListener(kind, () => this.#wake?.());
  }

  async resume() {
    await this.waiting.adopt();
    for (const change of this.waiting.changes) Object.assign(change, { refused: "", asked: null });
    this.#sendAll();
  }

  get sending() { return this.waiting.changes.filter(({ refused }) => !refused); }

  get refused() { return this.waiting.changes.filter(({ refused }) => refused); }

  /** A change has {url, fields} and may have a `done` of its own. */
  push(change) {
    this.waiting.changes.push(Object.assign(change, { id: uuid(), at: Date.now(), text: this.sign.dataset.text }));
    this.waiting.write();
    this.#sendAll();
  }

  /** Whoever asks for that wants it over what was done elsewhere. */
  retry(change) {
    delete change.refused;
    delete change.fields.version;
    this.#sendAll();
  }

  drop(change) {
    this.waiting.remove(change);
    this.#say(this.sign.dataset.state);
  }

  async idle() { if (this.sending.length) await new Promise((resolve) => { this.#idle.push(resolve); }); }

  async #sendAll() {
    this.#say("waiting");
    if (this.#isSending) return;
    this.#isSending = true;
    for (let tries = 0; this.sending.length;) {
      const [change] = this.sending;
      // Words are kept nowhere else.
      if (!change.isFleeting) await quiet();
      const answer = await this.#send(change).catch(() => "stuck");
      await quiet();
      if (answer.ok) this.#settle(change, answer);
      else this.#say(answer);
      tries = answer.ok ? 0 : tries + 1;
      if (tries) await this.#pause(tries);
    }
    this.#isSending = false;
    if (this.#isOutdated) return location.reload();
    this.#say("saved");
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #send(change) {
    const { id, url, text, fields } = change;
    const answer = await post(url, { client_id: id, ...fields, ...this.more(change), transcript_version: text });
    const { type, status } = answer;
    // For somebody else's eyes this work is not there.
    if (type === "opaqueredirect" || status === 401 || (status === 404 && isSessionNew())) return "signedOut";
    if (status >= 500 || status === 429) return "stuck";
    const isBarred = [403, 404].includes(status) && await this.isBarred();
    // Whoever may read this work has only an outdated token.
    if (status === 403 && !isBarred) return "signedOut";
    const html = await answer.text();
    const { barred, dropped } = this.sign.dataset;
    return { ok: true, status, html, why: isBarred ? barred : status === 422 ? html : dropped };
  }

  #settle(change, { status, html, why }) {
    if (![200, 205, 409].includes(status)) change.refused = why;
    else this.waiting.remove(change);
    // Saved, but this page shows the text before a correction.
    if (status === 205) this.#isOutdated = true;
    else if (!change.refused) (change.done ?? this.done)(html, status, change.asked);
    this.waiting.write();
    this.#say("waiting");
  }

  #pause(tries) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, Math.min(15_000, 500 * 2 ** tries) * (0.5 + Math.random()));
    });
  }

  #say(state) {
    const { dataset } = this.sign;
    const { sending: { length: waiting }, refused: { length: refused } } = this;
    dataset.state = waiting ? state : refused ? "refused" : "saved";
    this.sign.querySelector("[data-words]").textContent = dataset[dataset.state].replace("%", waiting || refused);
    this.changed();
  }
}

/** Lists what the server did not take, with its reason, and what to do with it. */
export function showRefused({ transcript, codebook, outbox }) {
  const region = document.getElementById("refused");
  const shape = region.querySelector("template").content.firstElementChild;
  region.hidden = !outbox.refused.length;
  region.querySelector("ul").replaceChildren(...outbox.refused.map((change) => {
    const item = shape.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    const { kind, fields, code = fields.code, span } = change;
    const said = span && `“${transcript.textIn(span).slice(0, 80)}”`;
    const what = [document.querySelector(`#undoing #${kind}`)?.title ?? region.dataset[kind], codebook.find(code)?.label, said, fields.text];
    part("what").textContent = what.filter(Boolean).join(" ");
    part("reason").textContent = change.refused;
    part("retry")?.addEventListener("click", () => outbox.retry(change));
    part("drop").addEventListener("click", () => outbox.drop(change));
    return item;
  }));
}
