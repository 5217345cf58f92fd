/** Finds codes by what people type: label, name, other names, construct, then the words of the definition. */

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The codes that hold every typed word, best first, each with where it was found; without words the recent ones lead. */
export function ranked(codes, query, recent = []) {
  const words = folded(query).split(/\s+/u).filter(Boolean);
  if (!words.length) return byRecency(codes, recent).map((code) => ({ code, why: "" }));
  const found = codes.map((code) => ({ code, ...match(code, words) })).filter(({ score }) => score > 0);
  return found.sort((one, other) => other.score - one.score);
}

function byRecency(codes, recent) {
  const used = recent.map((id) => codes.find((code) => code.id === id)).filter(Boolean);
  return [...used, ...codes.filter((code) => !used.includes(code))];
}

function match(code, words) {
  const scores = words.map((word) => score(code, word));
  const lowest = scores.reduce((one, other) => (other.score < one.score ? other : one));
  return { score: lowest.score && scores.reduce((sum, each) => sum + each.score, 0), why: lowest.why };
}

function score(code, word) {
  if (folded(code.label) === word) return { score: 100, why: "" };
  const name = folded(code.name);
  if (name.startsWith(word)) return { score: 80, why: "" };
  if (name.split(/[\s-]+/u).some((part) => part.startsWith(word))) return { score: 60, why: "" };
  if (name.includes(word)) return { score: 40, why: "" };
  if (folded(code.label).startsWith(word)) return { score: 35, why: "" };
  const alias = code.aliases.find((each) => folded(each).includes(word));
  if (alias) return { score: 30, why: alias };
  if (folded(code.path).includes(word)) return { score: 20, why: code.path };
  const field = code.fields.find(({ text }) => folded(text).includes(word));
  return field ? { score: 10, why: `${field.name}: “${around(field.text, word)}”` } : { score: 0, why: "" };
}

function around(text, word) {
  const at = Math.max(folded(text).indexOf(word), 0);
  const from = Math.max(0, text.lastIndexOf(" ", Math.max(at - 12, 0)));
  return `${from ? "…" : ""}${text.slice(from, from + 60).trim()}…`;
}
