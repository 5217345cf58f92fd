import { toast } from "../toasts.js";

const LONGEST_WAIT = 15_000;

/**
 * Sends changes to the server, one after the other in the order in which they were made. What was not answered is sent
 * again with the same client id, so that nothing is stored twice and nothing is lost while the page stays open.
 */
export class Outbox {
  #waiting = [];
  #isSending = false;
  #idle = [];

  constructor(sign) {
    this.sign = sign;
    addEventListener("beforeunload", (event) => { if (this.#waiting.length) event.preventDefault(); });
    addEventListener("online", () => this.#wake?.());
    addEventListener("focus", () => this.#wake?.());
  }

  #wake = null;

  /** `fields` are asked when the change is sent; `done(html, status)` gets the answer, `refused()` a no. */
  push({ url, fields = () => ({}), done, refused = () => {} }) {
    this.#waiting.push({ url, fields, done, refused });
    this.#say("waiting");
    if (!this.#isSending) this.#sendAll();
  }

  /** Resolves when everything was sent. */
  idle() {
    return this.#waiting.length ? new Promise((resolve) => { this.#idle.push(resolve); }) : Promise.resolve();
  }

  async #sendAll() {
    this.#isSending = true;
    for (let tries = 0; this.#waiting.length;) {
      const answer = await this.#send(this.#waiting[0]);
      tries = answer ? 0 : tries + 1;
      if (answer) this.#settle(this.#waiting.shift(), answer);
      else await this.#pause(tries);
    }
    this.#isSending = false;
    this.#say("saved");
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** The answer, or null where there was none that settles the change. */
  async #send({ url, fields }) {
    try {
      const body = new URLSearchParams(fields());
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
    if (status === 200 || status === 409) {
      change.done(text, status);
      return;
    }
    change.refused();
    toast(status === 422 ? text : this.sign.dataset.dropped, { kind: "error" });
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
    sign.dataset.state = state;
    const words = sign.querySelector("[data-words]");
    words.textContent = sign.dataset[state];
    if (state !== "signedOut") return;
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
