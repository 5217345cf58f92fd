/** A ruling that is given while the page stands open: said above the text, and added to its definition. */
import { get, parsed } from "./server.js";

const list = document.getElementById("transcript");
const region = document.getElementById("rulings");
let known = +document.getElementById("definitions")?.dataset.rulings;

/** The stream writes down how many there are by now (editing.js). */
new MutationObserver(async () => {
  const before = known;
  const number = +list.dataset.rulings;
  if (!(number > before)) return;
  const answer = await get(`${region.dataset.rulings}?known=${before}`);
  // Meanwhile it may have been told once more.
  if (!answer.ok || known !== before) return;
  known = number;
  for (const ruling of parsed(await answer.text()).querySelectorAll("[data-rules]")) show(ruling);
}).observe(list, { attributeFilter: ["data-rulings"] });

function show(ruling) {
  const { rules: code } = ruling.dataset;
  const places = [`[data-defines="${code}"]`, `#defined[data-of="${code}"] > #defined-words`];
  for (const place of places) document.querySelector(place)?.append(definition(ruling));
  ruling.querySelector("button").addEventListener("click", () => ruling.remove());
  region.append(ruling);
}

function definition(ruling) {
  const words = Object.assign(document.createElement("p"), { className: "definition" });
  words.append(ruling.querySelector("[data-ruling]").cloneNode(true));
  return words;
}
