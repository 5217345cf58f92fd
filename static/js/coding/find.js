import { length } from "./text.js";

/** Enter goes on, Escape selects what was found. */
export function offerFind(bar, transcript, caret) {
  const [input, number] = [bar.querySelector("input"), bar.querySelector("output")];
  let hits = [];
  let at = -1;
  const show = () => {
    transcript.paint("search", hits);
    transcript.paint("edge", hits.slice(at, at + 1));
    number.value = input.value ? `${at + 1} / ${hits.length}` : "";
    if (hits[at]) transcript.reveal(hits[at].start);
  };
  const step = (by) => {
    if (hits.length) at = (at + by + hits.length) % hits.length;
    show();
  };
  const search = () => {
    const asked = input.value.trim().replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/gu, "\\s+");
    // An accent may be a sign of its own in the text.
    hits = asked ? transcript.turns.flatMap((turn, index) => inTurn(transcript, index, `${asked}|${asked.normalize("NFD")}`)) : [];
    at = hits.findIndex(({ start }) => start >= caret.point);
    if (at < 0) at = hits.length - 1;
    show();
  };
  const close = () => {
    const hit = hits[at];
    bar.hidden = true;
    hits = [];
    show();
    if (hit) caret.select(hit);
    else caret.focus();
  };
  input.addEventListener("input", search);
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === input) step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  });
  bar.addEventListener("click", ({ target }) => {
    const { by } = target.closest("button")?.dataset ?? {};
    if (by === "0") close();
    else if (by) step(+by);
  });
  document.getElementById("find-open").addEventListener("click", () => {
    bar.hidden = false;
    input.select();
    search();
  });
}

function inTurn(transcript, index, pattern) {
  const text = transcript.words(index);
  return [...text.matchAll(new RegExp(pattern, "giu"))].map((hit) => {
    const start = transcript.starts[index] + length(text.slice(0, hit.index));
    return { start, end: start + length(hit[0]) };
  });
}
