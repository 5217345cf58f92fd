import { bindKeys } from "../keys.js";
import { toast } from "../toasts.js";

const KEYS = [..."jknyuagvwbie123456789/p4sdotrx"];

const within = (selector) => document.querySelector(`#case ${selector}`) ?? document.querySelector(`#case-beside ${selector}`);

/** The next page as it would be answered, fetched while the present one is read. */
const ahead = new Map();

async function fetchAhead(link) {
  if (!link || ahead.has(link.href)) return;
  ahead.clear();
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) ahead.set(link.href, await answer.text());
}

/** Shows another discrepancy in place: at once where it was fetched ahead, and then as it is by now. */
function show(href) {
  const known = ahead.get(href);
  if (known) swap(known);
  history.pushState({}, "", href);
  htmx.ajax("GET", href, { target: "#case", swap: "outerHTML" });
}

function swap(html) {
  htmx.swap("#case", html, { swapStyle: "outerHTML" });
}

function follow(link) {
  const isInPlace = link.closest("#case, #steps") && !("elsewhere" in link.dataset) && link.pathname.includes("/discrepancies/") && !link.pathname.endsWith("/discrepancies/");
  if (isInPlace && link.pathname !== location.pathname) show(link.href);
  else link.click();
}

/** A radio button of the decision: chosen by its key, sent at once where nothing more has to be said. */
function choose(input) {
  input.checked = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  if (input.hasAttribute("data-goes")) input.form.requestSubmit();
  else focusOn(input.dataset.needs);
}

function focusOn(name) {
  if (!name) return;
  const field = within(`[name="${name}"]`);
  if (name === "words") takeSelection(field);
  field?.focus();
}

/** What is selected in the text becomes the new passage. */
function takeSelection(field) {
  const selection = getSelection();
  const isInText = selection.anchorNode?.parentElement?.closest("[data-passage]");
  if (field && isInText && !selection.isCollapsed) field.value = selection.toString();
}

function press(key) {
  const found = within(`[data-press="${key}"]:not([aria-current])`);
  if (!found) return;
  if (found.matches("input[type=radio]")) choose(found);
  else if (found.matches("a")) follow(found);
  else found.click();
}

function bind() {
  const actions = Object.fromEntries(KEYS.map((key) => [key, () => press(key)]));
  actions.m = () => within("[name=text]")?.focus();
  actions.Enter = (event) => {
    if (event.target.closest("a, button, summary")) { event.target.closest("a, button, summary").click(); return; }
    const form = document.getElementById("decision");
    if (form?.querySelector("[name=outcome]:checked")) form.requestSubmit();
    else within("[data-next-open], [data-elsewhere]")?.click();
  };
  bindKeys(actions);
}

function bindLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#steps a, .case-ways a[data-press=j], .case-ways a[data-press=k], .case-ways a[data-next-open]");
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.href);
  });
  addEventListener("popstate", () => location.reload());
}

/** Ctrl and Enter in a field sends its form. */
function bindFields() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("#case form, #case-beside form");
    if (form) { event.preventDefault(); form.requestSubmit(); }
  });
  document.addEventListener("mousedown", ({ target }) => {
    const input = target.closest("label")?.querySelector('input[data-needs="words"]');
    if (input) takeSelection(within("[name=words]"));
  });
}

const isTouched = () => {
  const form = document.getElementById("decision");
  const text = within("[name=text]")?.value;
  return Boolean(text || form?.querySelector("input[type=radio][name=outcome]:checked, input[type=radio][name=cause]:checked") || form?.elements.reason?.value || form?.elements.words?.value);
};

/** What another has done here is shown at once, unless somebody is in the middle of a decision. */
function keepUpToDate() {
  document.body.addEventListener("case-changed", () => {
    if (isTouched()) document.querySelector("#case .case-changed")?.removeAttribute("hidden");
    else htmx.ajax("GET", location.href, { target: "#case", swap: "outerHTML" });
  });
}

function markPlace() {
  const here = document.getElementById("case")?.dataset.id;
  for (const item of document.querySelectorAll("#steps .item[aria-current]")) item.removeAttribute("aria-current");
  const item = document.querySelector(`#step-${CSS.escape(here)} .item`);
  item?.setAttribute("aria-current", "true");
  item?.scrollIntoView({ block: "nearest" });
  fetchAhead(within("[data-next-open]") ?? within("[data-press=j]"));
}

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "case" || detail.elt?.id === "case") markPlace();
});
document.body.addEventListener("htmx:beforeRequest", ({ detail }) => { if (detail.requestConfig.verb !== "get") ahead.clear(); });
document.body.addEventListener("htmx:responseError", ({ detail }) => { if (detail.xhr.status === 404) toast(document.title, { kind: "error" }); });
bind();
bindLinks();
bindFields();
keepUpToDate();
markPlace();
