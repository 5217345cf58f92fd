/** The cookie is renewed by signing in again in another tab; the page's own token is not. */
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

const atFirst = csrfToken();

/** Whether anybody signed in since the page was opened. */
export const isSessionNew = () => csrfToken() !== atFirst;

const ask = (url, options) => fetch(url, { headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() }, ...options });

/** Without an answer, {}. */
export const get = (url) => ask(url, { redirect: "error" }).catch(() => ({}));

export const post = (url, fields) => ask(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

/** Puts the parts of an answer into the elements with their ids, which stay, as does the focus. */
export function swap(html) {
  return [...parsed(html).children].filter((fresh) => {
    const old = document.getElementById(fresh.id);
    if (!old || (fresh.matches(".turn") && fresh.innerHTML === old.innerHTML)) return false;
    const { name, type, value } = document.activeElement;
    const focused = name && old.contains(document.activeElement) && `[name="${name}"]${type === "radio" ? `[value="${CSS.escape(value)}"]` : ""}`;
    // Moved, an open picker would lose the keyboard.
    for (const child of [...old.childNodes]) if (!("stays" in (child.dataset ?? {}))) child.remove();
    old.prepend(...fresh.childNodes);
    if (focused) old.querySelector(focused)?.focus({ preventScroll: true });
    return true;
  }).map(({ id }) => document.getElementById(id));
}

export function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

/** A browser allows few streams: only a window that is seen holds one, from what its page knows. */
export function follow({ live, text }, known, heard) {
  let source = null;
  const open = () => {
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`${live}since=${known()}&text=${text}`);
    for (const kind in heard) source.addEventListener(kind, ({ data }) => heard[kind](data));
    // After what is no stream the browser does not come back by itself.
    source.onerror = ({ target }) => { if (target.readyState === EventSource.CLOSED) setTimeout(() => { if (target === source) open(); }, 15_000); };
  };
  document.addEventListener("visibilitychange", open);
  open();
}
