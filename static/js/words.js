import { fail } from "./toasts.js";

/** What somebody wrote and did not save: leaving asks first, and who was signed out meanwhile keeps it. */
let sent = null;

const isUnsaved = (box) => box.form !== sent && (box.value !== box.defaultValue || box.form?.matches("[data-conflict]"));

addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("textarea")].some(isUnsaved)) event.preventDefault();
});

/** Only who is signed out is shown the page of signing in. */
async function isSignedOut() {
  const answer = await fetch(document.getElementById("toasts").dataset.login, { redirect: "manual" });
  return answer.ok;
}

/** As the cookie has it: signing in again in another window renews it. */
function renewToken({ csrfmiddlewaretoken: token }) {
  const [, current] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) ?? [];
  if (token && current) token.value = current;
}

addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form === sent || ![...form.elements].some((box) => box.matches("textarea") && isUnsaved(box))) return;
  event.preventDefault();
  try {
    if (await isSignedOut()) return fail("signedOut");
  } catch {
    return fail("offline");
  }
  renewToken(form.elements);
  sent = form;
  form.requestSubmit(submitter);
});

document.addEventListener("keydown", ({ key, ctrlKey, metaKey, target }) => {
  if (key === "Enter" && (ctrlKey || metaKey) && target.matches("[data-saves-itself] textarea")) target.form.requestSubmit();
});
