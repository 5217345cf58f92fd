/** Where nothing is coded any more: what this browser still holds of it. Taken back, the coding page sends it. */
import { showRefused, Waiting } from "./outbox.js";
import { Transcript } from "./text.js";

const list = document.getElementById("transcript");
const region = document.getElementById("refused");
const transcript = new Transcript(list);
const codebook = { find: (id) => document.querySelector(`#codes [data-code="${id}"]`)?.dataset };
const waiting = new Waiting(`${list.dataset.coder}.${list.dataset.assignment}`);
const outbox = {
  get refused() { return waiting.changes; },
  retry() { document.getElementById("take-back").requestSubmit(); },
  drop(change) {
    waiting.remove(change);
    show();
  },
};

function show() {
  for (const change of waiting.changes) change.refused ??= region.dataset.reason;
  showRefused({ transcript, codebook, outbox });
}

waiting.adopt().then(show);
