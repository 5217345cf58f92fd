"""What the few invented people answered who wished to see quotations before they are printed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from apps.accounts.models import User
from apps.demo.calendar import at
from apps.participants.queries.consent import wish_to_check
from apps.studies.models import Study
from apps.transcripts import actions
from apps.transcripts.models import TranscriptVersion, Turn

SHOWN = at(2022, 9, 5)
# For one person after the other: what came of a first sentence, and of a second.
ANSWERS = (("agreed", "shown"), ("reworded",), ("agreed", "declined"), ())
WORDING = "It took me some weeks before I dared to ring them."
LONG_ENOUGH = range(60, 220)


def show_some(study: Study, versions: Iterable[TranscriptVersion], *, by: User) -> None:
    """Sentences of those who wished it were shown to them by e-mail; nearly all of them have answered."""
    of_person = {version.transcript.interview.participant: version for version in versions}
    wishing = wish_to_check(study, of_person)
    theirs = [version for person, version in of_person.items() if person.id in wishing]
    for version, answers in zip(theirs, ANSWERS, strict=True):
        for (start, end), answer in zip(_sentences(version), answers, strict=False):
            for days, outcome in enumerate(dict.fromkeys(("shown", answer))):
                actions.record_check(
                    version=version,
                    start=start,
                    end=end,
                    outcome=outcome,
                    happened_on=(SHOWN + timedelta(days=4 * days)).date(),
                    wording=WORDING if outcome == "reworded" else "",
                    note="by e-mail",
                    by=by,
                    now=SHOWN + timedelta(days=4 * days),
                )


def _sentences(version: TranscriptVersion) -> Iterator[tuple[int, int]]:
    """Whole sentences of the person, neither short nor long."""
    turns = list(version.turns.filter(role=Turn.Role.PARTICIPANT))
    for start, end in version.sentences:
        if end - start in LONG_ENOUGH and any(turn.start <= start and end <= turn.end for turn in turns):
            yield start, end
