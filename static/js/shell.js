import { bindKeys, keysAreOn } from "./keys.js";
import { stored, store } from "./stored.js";
import { fail, toast } from "./toasts.js";
import "./words.js";

function sendCsrfToken() {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (token && detail.verb !== "get") detail.headers["X-CSRFToken"] = token;
  });
}

/** HX-Trigger: {"toast": "text"} or {"toast": {"text", "kind"}}; and failed requests. */
function listenForToasts() {
  document.body.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail));
  document.body.addEventListener("htmx:responseError", () => fail("failed"));
  document.body.addEventListener("htmx:sendError", () => fail("offline"));
}

function offerThemes() {
  for (const choice of document.querySelectorAll("[data-theme-choice]")) {
    choice.hidden = false;
    const current = choice.querySelector(`[value="${stored("theme") ?? "auto"}"]`);
    if (current) current.checked = true;
    choice.addEventListener("change", ({ target }) => {
      const theme = target.value === "auto" ? null : target.value;
      store("theme", theme);
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
    });
  }
}

function openDialogs() {
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });
}

function explainKeys() {
  const dialog = document.getElementById("keys");
  const links = [...document.querySelectorAll("[data-key]")];
  // Enter on a control is that control's own.
  const click = (link) => (event) => (event.key === "Enter" && event.target.closest("a, button, summary") || link).click();
  const keysOf = (link) => link.dataset.key.split(" ").map((key) => [key, click(link)]);
  bindKeys(Object.fromEntries(links.flatMap(keysOf)));
  if (!dialog) return;
  bindKeys({ "?": () => dialog.showModal() });
  const off = dialog.querySelector("[data-keys-switch]");
  if (!off) return;
  off.checked = keysAreOn();
  off.addEventListener("change", () => store("keys", off.checked ? null : "off"));
}

/** Side panes stand open beside the text and start folded where they would lie above or below it. */
function foldPanes() {
  const panes = document.querySelectorAll("details[data-pane]");
  const queries = { codes: matchMedia("(width >= 48rem)"), passage: matchMedia("(width >= 72rem)") };
  for (const pane of panes) {
    const roomy = pane.classList.contains("pane-codes") ? queries.codes : queries.passage;
    const fold = () => { pane.open = roomy.matches; };
    fold();
    roomy.addEventListener("change", fold);
  }
}

function listDroppedFiles() {
  document.addEventListener("change", ({ target }) => {
    const names = target.closest("[data-drop]")?.querySelector("output");
    if (names) names.textContent = [...target.files].map((file) => file.name).join(", ");
  });
  for (const [type, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(type, ({ target }) => target.closest?.("[data-drop]")?.classList.toggle("is-over", over));
  }
}

function copyOnDemand() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast(button.dataset.copied);
  });
}

sendCsrfToken();
listenForToasts();
offerThemes();
openDialogs();
explainKeys();
foldPanes();
listDroppedFiles();
copyOnDemand();
