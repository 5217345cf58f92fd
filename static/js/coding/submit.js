/** Tells of changes of this assignment that wait in this browser; the server cannot know of them. */
const notice = document.getElementById("still-waiting");

function waiting() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(notice.dataset.key));
    return keys.reduce((sum, key) => sum + JSON.parse(localStorage.getItem(key)).length, 0);
  } catch {
    return 0;
  }
}

function show() {
  const number = waiting();
  notice.querySelector("strong").textContent = number;
  notice.hidden = !number;
}

/** The first press only points at what waits: submitted without it, it would be refused. */
let isTold = false;
document.getElementById("submission").addEventListener("submit", (event) => {
  if (isTold || !waiting()) return;
  isTold = true;
  event.preventDefault();
  notice.querySelector("a").focus();
});

show();
addEventListener("storage", show);
