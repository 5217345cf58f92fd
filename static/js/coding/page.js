import { bindKeys } from "../keys.js";
import { stored, store } from "../stored.js";
import { Codebook } from "./codebook.js";
import { Editing } from "./editing.js";
import { Passage } from "./passage.js";
import { post } from "./server.js";
import { Caret, codingsOf, Transcript } from "./text.js";

const list = document.getElementById("transcript");
const transcript = new Transcript(list);
const codebook = new Codebook(document.querySelector(".pane-codes"), list);
const caret = new Caret(transcript);
const passage = new Passage(document.getElementById("passage"), transcript, codebook);
const isWritable = "writable" in list.dataset;
if (isWritable) new Editing({ list, transcript, codebook, caret, passage });
offerView(document.getElementById("view"), list, () => passage.refresh());
addEventListener("resize", () => passage.refresh());

list.addEventListener("click", ({ target }) => {
  const part = target.closest("[data-nth]");
  if (!part || !getSelection().isCollapsed) return;
  // The one that began last; asked again, the next.
  const ids = codingsOf(part).reverse();
  passage.show(ids[(ids.indexOf(passage.chosen) + 1) % ids.length]).then(() => passage.open());
});

/** The extent of the coding whose stripe is under the mouse. */
document.addEventListener("pointerover", ({ target }) => {
  const stripe = target.closest(".stripe");
  const marks = stripe ? transcript.marksOf(...codingsOf(stripe)) : [];
  transcript.layer("extent-shown", marks.map((mark) => {
    const range = new Range();
    range.selectNodeContents(mark);
    return range;
  }));
});

/** Only a turn that was on the screen has stripes. */
const seen = new IntersectionObserver((turns) => {
  for (const { target, isIntersecting } of turns) if (isIntersecting) target.classList.add("is-seen");
});
for (const turn of transcript.turns) seen.observe(turn);

const codingsIn = (part) => [...part.querySelectorAll(".coding-start")].flatMap(codingsOf);

/** The next coding after the one in the panel, or after the caret. */
function walk(by) {
  const ids = codingsIn(list);
  const at = ids.indexOf(passage.chosen);
  const here = transcript.indexAt(caret.point);
  const near = transcript.turns.slice(...(by > 0 ? [here] : [0, here + 1])).flatMap(codingsIn).at(Math.min(by, 0));
  const next = at < 0 ? near : ids[at + by];
  if (!next) return;
  caret.put(transcript.pointOf(transcript.marksOf(next)[0], 0));
  passage.show(next);
}

/** The next turn of the person interviewed without a coding. */
function walkUncoded(by) {
  const { turns, starts } = transcript;
  let index = turns.indexOf(caret.turn) + by;
  while (turns[index]?.matches(".turn-interviewer, .turn-other, :has(mark)")) index += by;
  if (turns[index]) caret.put(starts[index]);
}

bindKeys({ n: () => walk(1), p: () => walk(-1) });
document.getElementById("uncoded").addEventListener("click", ({ target }) => walkUncoded(+target.closest("[data-by]").dataset.by));
import("./find.js").then(({ offerFind }) => offerFind(document.getElementById("find"), transcript, caret));
if (isWritable) goOn(transcript, caret);
if (passage.span) caret.put(passage.span.start);

/** Each choice of the form is a data attribute of the transcript. */
function offerView(form, list, changed) {
  const kept = new URLSearchParams(stored("view") ?? "");
  for (const field of form.elements) if (kept.has(field.name)) field.checked = kept.has(field.name, field.value);
  const show = () => Object.assign(list.dataset, Object.fromEntries(new FormData(form)));
  form.addEventListener("change", () => {
    store("view", new URLSearchParams(new FormData(form)));
    show();
    changed();
  });
  show();
}

/** Goes on where the coder stopped; tells the server what is on the screen. */
function goOn({ turns, list }, caret) {
  const { place, position, text } = list.dataset;
  const pane = list.closest(".pane");
  if (position && !location.search) {
    caret.put(+position);
    const { turn } = caret;
    turn.scrollIntoView();
    const { start, end } = turn.dataset;
    const below = turn.offsetHeight * (position - start) / (end - start) - innerHeight / 3;
    if (below > 0) for (const each of [pane, window]) each.scrollBy(0, below);
  }
  let told;
  setInterval(async () => {
    const { top, bottom } = pane.getBoundingClientRect();
    const [start, end] = [Math.max(top, 0) + 2, Math.min(bottom, innerHeight)].map((y) => pointAt(turns, y));
    const { point } = caret;
    const fields = { position: point < start || point > end ? start : point, start, end, transcript_version: text };
    const now = JSON.stringify(fields);
    if (document.hidden || told === now) return;
    const answer = await post(place, fields).catch(() => null);
    if (!answer) return;
    told = now;
    const percent = answer.headers.get("Read-Percent");
    if (percent) document.getElementById("read").value = document.getElementById("read-percent").textContent = percent;
  }, 3000);
}

function pointAt(turns, y) {
  const turn = turns.findLast((each) => each.getBoundingClientRect().top < y) ?? turns[0];
  const { top, height } = turn.getBoundingClientRect();
  const { start, end } = turn.dataset;
  return Math.max(0, Math.round(+start + (end - start) * (y - top) / height));
}
