import { bindKeys } from "../keys.js";
import { Caret } from "./caret.js";
import { Codebook } from "./codebook.js";
import { Editing } from "./editing.js";
import { Transcript } from "./offsets.js";
import { Passage } from "./passage.js";
import { follow } from "./reading.js";

const list = document.getElementById("transcript");
const transcript = new Transcript(list);
const codebook = new Codebook(document.querySelector(".pane-codes"), list.dataset.assignment);
const caret = new Caret(transcript);
const editing = "writable" in list.dataset ? new Editing({ list, transcript, codebook, caret }) : null;
const passage = new Passage(document.getElementById("passage"), transcript, {
  base: list.dataset.codings,
  empty: list.dataset.passage,
  save: editing?.saves,
  shown: (current) => codebook.mark(current?.code),
});
editing?.attach(passage);

/** Of several codings under a mark, the one that began last; asked again, the next. */
function codingAt(mark, target) {
  const starting = target.closest("[data-coding]");
  if (starting) return starting.dataset.coding;
  const ids = mark.dataset.codings.split(" ").reverse();
  return ids[(ids.indexOf(passage.current?.coding) + 1) % ids.length];
}

list.addEventListener("click", ({ target }) => {
  const mark = target.closest("mark");
  if (mark && getSelection().isCollapsed) passage.show(codingAt(mark, target));
});

/** The next coding in the text after the one in the panel, or after the caret. */
function walk(by) {
  const ids = [...list.querySelectorAll(".coding-start")].map(({ dataset }) => dataset.coding);
  const here = ids.indexOf(passage.current?.coding);
  const next = here < 0 ? nearest(by) : ids[here + by];
  if (!next) return;
  passage.show(next, { isAsked: false }).then(() => { if (passage.span) caret.put(passage.span.start); });
}

function nearest(by) {
  const turns = transcript.turns.slice(...(by > 0 ? [transcript.indexAt(caret.point)] : [0, transcript.indexAt(caret.point) + 1]));
  const starts = turns.flatMap((turn) => [...turn.querySelectorAll(".coding-start")]);
  return starts.at(by > 0 ? 0 : -1)?.dataset.coding;
}

bindKeys({ n: () => walk(1), p: () => walk(-1) });
if (editing) follow(transcript, caret);
if (passage.span) caret.put(passage.span.start);
