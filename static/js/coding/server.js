/** The cookie is renewed by signing in again in another tab; the page's own token is not. */
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("meta[name=csrf-token]").content;

const atFirst = csrfToken();

/** Whether anybody signed in since the page was opened. */
export const isSessionNew = () => csrfToken() !== atFirst;

/** Without an answer, {}. */
export const get = (url) => fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" }).catch(() => ({}));

export function post(url, fields) {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() }, redirect: "manual" });
}

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
