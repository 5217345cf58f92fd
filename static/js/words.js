import { fail } from "./toasts.js";

/** What somebody wrote and did not save: leaving asks first, and who was signed out meanwhile keeps it. */
let sent = null;
let asking = null;

addEventListener("input", ({ target }) => { if (target.form === sent) sent = null; });
// A page that one comes back to was not left for good.
addEventListener("pageshow", () => { sent = null; });

const isUnsaved = (box) => box.form !== sent && (box.value !== box.defaultValue || box.form?.matches("[data-conflict]"));

addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("textarea")].some(isUnsaved)) event.preventDefault();
});

/** Whoever is signed in is led on from there to a page of their own: nobody sends what another wrote. */
async function isSignedOut() {
  const { login, person } = document.getElementById("toasts").dataset;
  const page = await (await fetch(login)).text();
  return !page.includes(`data-person="${person}"`);
}

/** As the cookie has it: signing in again in another window renews it. */
function renewToken({ csrfmiddlewaretoken: token }) {
  const [, current] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) ?? [];
  if (token && current) token.value = current;
}

const hasWords = (form) => form.getAttribute("method") === "post" && [...form.elements].some((box) => box.matches("textarea") && isUnsaved(box));

addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form === sent || !hasWords(form)) return;
  event.preventDefault();
  if (form === asking) return;
  asking = form;
  const why = await isSignedOut().then((is) => is && "signedOut", () => "offline");
  asking = null;
  if (why) return fail(why);
  renewToken(form.elements);
  sent = form;
  form.requestSubmit(submitter);
});

document.addEventListener("keydown", ({ key, ctrlKey, metaKey, target }) => {
  if (key === "Enter" && (ctrlKey || metaKey) && target.matches("[data-saves-itself] textarea")) target.form.requestSubmit();
});
