"""Other words in a text that people code already: asked for here, carried out by a worker."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.transcripts.actions.transcripts import locked
from apps.transcripts.engine.correcting import Change, Corrected, correct, tidied
from apps.transcripts.engine.words import count_words
from apps.transcripts.models import Correction, TranscriptVersion, Turn


class NothingChanged(Refusal):
    template = gettext_noop("These are the words that stand there already.")


class NoWords(Refusal):
    template = gettext_noop("Turn %(number)s would have no words left; leave what takes their place.")


class NoSuchTurn(Refusal):
    template = gettext_noop("This text has no turn %(number)s.")


class BeingCorrected(Refusal):
    template = gettext_noop("A correction of this text is being carried out; wait until it is done.")


class NotPresent(Refusal):
    template = gettext_noop("The text of %(transcript)s was replaced meanwhile; look at the present one.")


def corrected(version: TranscriptVersion, words: Mapping[int, str]) -> tuple[Corrected, dict[int, str]]:
    """The text with other `words` by position of the turn, and those of them that are other words."""
    turns = [(turn.start, turn.end) for turn in version.turns.order_by("position")]
    others = {}
    for position, given in words.items():
        if not 0 <= position < len(turns):
            raise NoSuchTurn(number=position + 1)
        start, end = turns[position]
        if given != version.text[start:end] and tidied(given) != version.text[start:end]:
            others[position] = tidied(given)
        if not tidied(given):
            raise NoWords(number=position + 1)
    if not others:
        raise NothingChanged
    return correct(version.text, turns, version.sentences, others), others


@transaction.atomic
def ask_for_correction(
    *,
    version: TranscriptVersion,
    words: Mapping[int, str],
    hides_somebody: bool = False,
    by: User,
    now: datetime,
) -> Correction:
    """Stores what is to be corrected; of two people who correct the same text, the second is told so.

    `agreement.actions.correct_text` has a worker carry it out.
    """
    transcript = locked(version.transcript)
    if Correction.objects.filter(before__transcript=transcript, carried_at=None).exists():
        raise BeingCorrected
    if transcript.versions.filter(number__gt=version.number).exists():
        raise NotPresent(transcript=str(transcript))
    done, others = corrected(version, words)
    correction = Correction.objects.create(
        before=version,
        words={str(position): given for position, given in others.items()},
        changes=done.changes,
        hides_somebody=hides_somebody,
        asked_by=by,
    )
    record(
        "asked to correct",
        "transcript",
        by=by,
        now=now,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=str(transcript),
        version=version.number,
        turns=[position + 1 for position in sorted(others)],
        hides_somebody=hides_somebody,
    )
    return correction


def write_corrected(correction: Correction) -> TranscriptVersion:
    """The next version; the worker's part, in the transaction that moves what is coded."""
    before = correction.before
    turns = list(before.turns.order_by("position"))
    done, _ = corrected(before, {int(position): given for position, given in correction.words.items()})
    version = TranscriptVersion.objects.create(
        transcript_id=before.transcript_id,
        number=before.number + 1,
        text=done.text,
        length=len(done.text),
        word_count=sum(count_words(done.text[start:end]) for start, end in done.turns),
        sha256=hashlib.sha256(done.text.encode()).hexdigest(),
        sentence_starts=[start for start, _ in done.sentences],
        sentence_ends=[end for _, end in done.sentences],
        source_file_id=before.source_file_id,
        made_by_id=correction.asked_by_id,
    )
    Turn.objects.bulk_create(
        (
            Turn(
                version=version,
                position=turn.position,
                start=start,
                end=end,
                speaker=turn.speaker,
                role=turn.role,
                starts_at_ms=turn.starts_at_ms,
            )
            for turn, (start, end) in zip(turns, done.turns, strict=True)
        ),
        batch_size=2000,
    )
    return version


def changes_of(correction: Correction) -> list[Change]:
    """As the engine wants them."""
    return [Change(*each) for each in correction.changes]
