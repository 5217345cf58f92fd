import { uuid, Waiting } from "./waiting.js";

const LONGEST_WAIT = 15_000;

/**
 * Sends changes to the server, one after the other in the order in which they were made. What was not answered is sent
 * again with the same client id, so that nothing is stored twice; what was refused waits for the person to decide.
 */
export class Outbox {
  #live = new Map();
  #isSending = false;
  #isOutdated = false;
  #idle = [];
  #wake = null;

  /**
   * `done(change, html, live)` gets each answer, `changed()` is told whenever something waits, is saved or is refused,
   * and `more(change)` gives what is known only when a change is sent.
   */
  constructor(sign, name, { done, changed, more = () => ({}) }) {
    Object.assign(this, { sign, done, changed, more });
    this.waiting = new Waiting(name);
    addEventListener("beforeunload", (event) => { if (this.waiting.isFleeting) event.preventDefault(); });
    for (const kind of ["online", "focus"]) addEventListener(kind, () => this.#wake?.());
  }

  /** Sends what an earlier visit has left. */
  async resume() {
    await this.waiting.adopt();
    for (const change of this.waiting.changes) delete change.refused;
    this.#sendAll();
  }

  /** Changes that are on their way, and those that the server has refused. */
  get sending() { return this.waiting.changes.filter(({ refused }) => !refused); }

  get refused() { return this.waiting.changes.filter(({ refused }) => refused); }

  /**
   * A change is {url, fields} and whatever `done` wants to know of it after a reload: ids and offsets only. What cannot
   * be kept (`live`) may give `fields()`, asked when it is sent, and a `done(html, status)` of its own.
   */
  push(change, live = {}) {
    const made = { ...change, id: uuid(), at: Date.now(), text: this.sign.dataset.text };
    this.#live.set(made.id, live);
    this.waiting.add(made);
    this.#sendAll();
  }

  /** Sends a refused change once more; whoever asks for that wants it over what was done elsewhere. */
  retry(change) {
    delete change.refused;
    delete change.fields.version;
    this.#sendAll();
  }

  drop(change) {
    this.waiting.remove(change);
    this.changed();
  }

  /** Resolves when nothing is left to send. */
  idle() {
    return this.sending.length ? new Promise((resolve) => { this.#idle.push(resolve); }) : Promise.resolve();
  }

  async #sendAll() {
    this.#say("waiting");
    if (this.#isSending) return;
    this.#isSending = true;
    for (let tries = 0; this.sending.length;) {
      const [change] = this.sending;
      const answer = await this.#send(change);
      tries = answer ? 0 : tries + 1;
      if (answer) this.#settle(change, answer);
      else await this.#pause(tries);
    }
    this.#isSending = false;
    if (this.#isOutdated) return location.reload();
    this.#say("saved");
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** The answer, or null where there was none that settles the change. */
  async #send(change) {
    const { id, url, fields } = change;
    try {
      const own = this.#live.get(id)?.fields?.() ?? fields;
      const body = new URLSearchParams({ client_id: id, ...own, ...this.more(change) });
      if (change.text) body.set("transcript_version", change.text);
      const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
      const response = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        this.#say("signedOut");
        return null;
      }
      if (response.status >= 500 || response.status === 429) throw new Error(response.statusText);
      return { status: response.status, text: await response.text() };
    } catch {
      this.#say("stuck");
      return null;
    }
  }

  #settle(change, { status, text }) {
    const live = this.#live.get(change.id);
    if (status === 205) {
      // Saved at its words, but this page shows the text as it was before a correction.
      this.waiting.remove(change);
      this.#isOutdated = true;
    } else if (status === 200 || status === 409) {
      this.waiting.remove(change);
      this.#live.delete(change.id);
      if (live?.done) live.done(text, status);
      else this.done(change, text, live);
      this.waiting.write();
    } else {
      change.refused = status === 422 ? text : this.sign.dataset.dropped;
      this.waiting.write();
    }
    this.#say("waiting");
  }

  #pause(tries) {
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** tries) * (0.5 + Math.random());
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, wait);
    });
  }

  #say(state) {
    const { sign } = this;
    const number = this.sending.length;
    sign.dataset.state = number ? state : "saved";
    const words = sign.querySelector("[data-words]");
    words.textContent = sign.dataset[sign.dataset.state].replace("%", String(number));
    this.changed();
    if (sign.dataset.state !== "signedOut") return;
    const link = document.createElement("a");
    link.href = sign.dataset.signIn;
    link.target = "_blank";
    link.textContent = sign.dataset.signInLabel;
    words.append(" ", link);
  }
}

/** The cookie is renewed by signing in again in another tab; the page's own token is not. */
function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie?.[1] ?? document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}
