/** Passing layers over the text: nothing of the page is changed to paint them. */
const layers = globalThis.Highlight && CSS.highlights;

export function layer(name, ranges) {
  if (!layers) return;
  if (ranges.length) layers.set(name, new Highlight(...ranges));
  else layers.delete(name);
}

/** Paints spans in a layer such as "pending", "extent" or "caret"; none clears it. */
export function paint(name, transcript, spans) { layer(name, spans.flatMap((span) => transcript.rangesOf(span))); }
