/** Goes on where the coder stopped; tells the server what is on the screen. */
export function follow({ turns, list }, caret) {
  const { place, position, text } = list.dataset;
  const pane = list.closest(".pane");
  if (position && !location.search) {
    caret.put(+position);
    const { turn } = caret;
    turn.scrollIntoView();
    const { start, end } = turn.dataset;
    const below = turn.offsetHeight * (position - start) / (end - start) - innerHeight / 3;
    if (below > 0) [pane, window].map((each) => each.scrollBy(0, below));
  }
  let told;
  setInterval(() => {
    const { top, bottom } = pane.getBoundingClientRect();
    const [start, end] = [Math.max(top, 0) + 2, Math.min(bottom, innerHeight)].map((y) => pointAt(turns, y));
    const { point } = caret;
    const at = point < start || point > end ? start : point;
    const body = new URLSearchParams({ position: at, start, end, transcript_version: text });
    if (document.hidden || told === `${body}`) return;
    const headers = { "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)?.[1] };
    fetch(place, { method: "POST", body, headers }).then((answer) => {
      told = `${body}`;
      const percent = answer.headers.get("Read-Percent");
      if (!percent) return;
      document.getElementById("read").value = percent;
      document.getElementById("read-percent").textContent = percent;
    }, () => {});
  }, 3000);
}

function pointAt(turns, y) {
  const turn = turns.findLast((each) => each.getBoundingClientRect().top < y) ?? turns[0];
  const { top, height } = turn.getBoundingClientRect();
  const { start, end } = turn.dataset;
  return Math.max(0, Math.round(+start + (end - start) * (y - top) / height));
}
