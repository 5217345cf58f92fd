// Sends each chosen file by itself, so that each has its own progress and its own outcome.
// Without this module the form sends all of them at once.

const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const list = document.getElementById("outcomes");
const waiting = [];

function fromTemplate(id, words) {
  const line = document.getElementById(id).content.firstElementChild.cloneNode(true);
  line.querySelector("p").textContent = words;
  return line;
}

function refuse(line, file, sentence) {
  line.replaceWith(fromTemplate("outcome-refused", sentence.replace("{name}", file.name)));
}

function addLine(file) {
  list.closest("section").hidden = false;
  const line = fromTemplate("outcome-on-its-way", file.name);
  line.querySelector("progress").setAttribute("aria-label", file.name);
  list.append(line);
  return line;
}

function body(file) {
  const data = new FormData(form);
  data.delete(input.name);
  data.append(input.name, file);
  return data;
}

/** The server answers 200, 413 and 422 with the line of the file; it leads who is signed out elsewhere. */
function settle(request, line, file) {
  if (new URL(request.responseURL).pathname !== location.pathname) refuse(line, file, form.dataset.signedOut);
  else if ([200, 413, 422].includes(request.status)) line.outerHTML = request.responseText;
  else refuse(line, file, form.dataset.failed);
}

function send(file, line) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const bar = line.querySelector("progress");
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = loaded / total; });
    // Sent, but not yet read: how long that takes nobody knows.
    request.upload.addEventListener("load", () => bar.removeAttribute("value"));
    request.addEventListener("load", () => settle(request, line, file));
    request.addEventListener("error", () => refuse(line, file, form.dataset.failed));
    request.addEventListener("loadend", done);
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(body(file));
  });
}

async function sendAll() {
  while (waiting.length > 0) {
    const [file, line] = waiting[0];
    await send(file, line);
    waiting.shift();
  }
}

function take(files) {
  const isIdle = waiting.length === 0;
  for (const file of files) {
    const line = addLine(file);
    if (file.size > Number(form.dataset.limit)) refuse(line, file, form.dataset.tooLarge);
    else waiting.push([file, line]);
  }
  if (isIdle) sendAll();
}

form.querySelector("[data-without-script]").hidden = true;
input.addEventListener("change", () => {
  take([...input.files]);
  input.value = "";
});
addEventListener("beforeunload", (event) => { if (waiting.length > 0) event.preventDefault(); });
