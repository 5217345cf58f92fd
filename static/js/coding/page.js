import { bindKeys } from "../keys.js";
import { Backlight } from "./backlight.js";
import { Caret } from "./caret.js";
import { Codebook } from "./codebook.js";
import { Editing } from "./editing.js";
import { offerFind } from "./find.js";
import { Transcript } from "./offsets.js";
import { Passage } from "./passage.js";
import { follow } from "./reading.js";
import { offerView } from "./view.js";

const list = document.getElementById("transcript");
const transcript = new Transcript(list);
const codebook = new Codebook(document.querySelector(".pane-codes"), list.dataset);
const caret = new Caret(transcript);
const backlight = new Backlight(list, codebook);
const editing = "writable" in list.dataset ? new Editing({ list, transcript, codebook, caret, drawn: (parts) => backlight.show(parts) }) : null;
const passage = new Passage(document.getElementById("passage"), transcript, {
  base: list.dataset.codings,
  empty: list.dataset.passage,
  save: editing?.saves,
  shown: (current) => { codebook.mark(current?.code); editing?.edges?.show(); },
});
editing?.attach(passage);
offerView(document.getElementById("view"), list, () => editing?.edges.show());
offerFind(document.getElementById("find"), transcript, caret);

/** Of several codings under a mark, the one that began last; asked again, the next. */
function codingAt(mark) {
  const ids = mark.dataset.codings.split(" ").reverse();
  return ids[(ids.indexOf(passage.current?.coding) + 1) % ids.length];
}

list.addEventListener("click", ({ target }) => {
  const own = target.closest(".coding-start, .stripe");
  const mark = target.closest("mark");
  if ((own || mark) && getSelection().isCollapsed) passage.show(own?.dataset.coding ?? codingAt(mark));
});

/** The next coding in the text after the one in the panel, or after the caret. */
function walk(by) {
  const ids = [...list.querySelectorAll(".coding-start")].map(({ dataset }) => dataset.coding);
  const here = ids.indexOf(passage.current?.coding);
  const next = here < 0 ? nearest(by) : ids[here + by];
  if (next) passage.show(next, { isAsked: false }).then(() => { if (passage.span) caret.put(passage.span.start); });
}

function nearest(by) {
  const here = transcript.indexAt(caret.point);
  const turns = by > 0 ? transcript.turns.slice(here) : transcript.turns.slice(0, here + 1);
  return turns.flatMap((turn) => [...turn.querySelectorAll(".coding-start")]).at(by > 0 ? 0 : -1)?.dataset.coding;
}

/** The next turn of the person interviewed that has no coding at all. */
function walkUncoded(by) {
  const { turns, starts } = transcript;
  for (let index = turns.indexOf(caret.turn) + by; turns[index]; index += by) {
    if (!turns[index].matches(".turn-interviewer, .turn-other, :has(mark)")) return caret.put(starts[index]);
  }
}

bindKeys({ n: () => walk(1), p: () => walk(-1), N: () => walkUncoded(1), P: () => walkUncoded(-1) });
if (editing) follow(transcript, caret);
if (passage.span) caret.put(passage.span.start);
