import { stored } from "./stored.js";

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

/** Single-letter keys can be switched off (WCAG 2.1.4). */
export const keysAreOn = () => stored("keys") !== "off";

/** bindKeys({ j: next }), outside fields. Letters, digits and signs obey the off switch; named keys ("Enter") always work. */
export function bindKeys(actions, target = document) {
  target.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    if (event.key.length === 1 && !keysAreOn()) return;
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
