import { fail } from "./toasts.js";

// A person who closes the device's question gets a sentence instead of a silent page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  fail("passkey");
});
