/**
 * What the server would undo and do again next, in whichever window it was done. The buttons come with each answer; a
 * press is a change like any other, and so waits for those before it.
 */
export class Undo {
  constructor(form, outbox) {
    Object.assign(this, { form, outbox });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.turn(event.submitter.id);
    });
  }

  /** The last gesture of the coder that this page shows. */
  get known() { return this.form.elements.since.value; }

  /** What a turn is about is known when it is sent, not when the key is pressed. */
  of(kind) { return { of: this.form.querySelector(`#${kind}`).value }; }

  turn(kind) {
    const button = this.form.querySelector(`#${kind}`);
    if (!button.disabled || this.outbox.sending.length) this.outbox.push({ kind, url: button.formAction, fields: {} });
  }
}

/** The places of the codings that will stand when all that waits has been saved, as far as that is known here. */
export function standing(changes) {
  const spans = [];
  for (const { kind, fields } of changes) {
    if (kind === "add") spans.push(fields);
    else if (kind === "undo") spans.pop();
  }
  return spans;
}
