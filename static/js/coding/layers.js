/** Passing layers over the text: nothing of the page is changed to paint them. */
const layers = globalThis.Highlight && CSS.highlights;

/** Paints spans in the layer "pending", "extent" or "caret"; none clears it. */
export function paint(name, transcript, spans) {
  if (!layers) return;
  if (spans.length) layers.set(name, new Highlight(...spans.flatMap((span) => transcript.rangesOf(span))));
  else layers.delete(name);
}
