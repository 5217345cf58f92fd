"""What is to be known before transcripts are given to a coder."""

from collections.abc import Iterable

from apps.accounts.models import User
from apps.participants.models import Activity, Rule
from apps.participants.queries import ties_between
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion


def ties_that_warn(*, study: Study, coder: User, versions: Iterable[TranscriptVersion]) -> list[str]:
    """The ties of the coder to these people, in words; one that blocks is refused by the act itself."""
    people = [each.transcript.interview.participant for each in versions]
    ties = ties_between(study=study, participants=people, members=[coder], activity=Activity.CODE)
    return [
        f"{person}: {tie.get_kind_display()} {tie.to}"
        for person in people
        if (tie := ties.get((person.id, coder.id))) and tie.code == Rule.WARN
    ]
