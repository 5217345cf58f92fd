"""What coders have made of the transcripts that are coded once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from apps.accounts.models import User
from apps.codebooks.models import Code, CodebookVersion
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, Memo, Reading
from apps.demo import library
from apps.demo.calendar import PRIMARY_CODING_BEGAN
from apps.demo.codebook import codes_of
from apps.demo.engine import coders as invented
from apps.demo.engine.chance import seeded
from apps.demo.engine.coders import read_by_one
from apps.demo.engine.script import Script
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion

MISSED = 0.06
"""The share of what deserves a code that a single coder passes over."""
DISCUSSED = 0.07
"""The share of codings that their coder wants to talk about."""

SECONDS_A_LETTER = 0.2
"""Three hours for an interview of 9,000 words."""


class PrimaryCoding:
    """Gives transcripts to single coders and writes what they coded."""

    def __init__(
        self,
        study: Study,
        codebook: CodebookVersion,
        versions: Mapping[str, TranscriptVersion],
        scripts: Mapping[str, Script],
        *,
        by: User,
    ) -> None:
        self.study, self.codebook, self.versions, self.scripts, self.by = (
            study,
            codebook,
            versions,
            scripts,
            by,
        )
        self.codes = codes_of(codebook)

    def finished(self, coders: Sequence[User]) -> None:
        """All transcripts that are outside the rounds and were coded, by the coders in turn."""
        for place, person in enumerate(library.working_on("Primary")):
            coder = coders[place % len(coders)]
            began = PRIMARY_CODING_BEGAN + timedelta(days=2 * place)
            assignment = self._assign(person.pseudonym, coder, now=began - timedelta(days=3))
            actions.start(assignment=assignment, by=coder, now=began)
            reading = read_by_one(self.scripts[person.pseudonym], missed=MISSED, seed=person.pseudonym)
            write(assignment, reading, self.codes, seed=person.pseudonym)
            actions.submit(assignment=assignment, by=coder, now=began + timedelta(hours=5))

    def in_hand(self, coders: Sequence[User], *, now: datetime) -> None:
        """Transcripts that two coders have begun, and two that wait for the third."""
        *both, third = coders
        given, due_on = now - timedelta(days=9), (now + timedelta(days=5)).date()
        for person, coder in zip(library.working_on("Started"), both, strict=True):
            self._begin(person.pseudonym, coder, given=given, now=now, due_on=due_on, seed=person.pseudonym)
        for person in library.working_on("Assigned"):
            self._assign(person.pseudonym, third, now=given, due_on=due_on)

    def openly(self, colleague: User, *, now: datetime) -> None:
        """The study opens its primary coding; a colleague joins in a text that another has begun."""
        actions.choose_open_coding(study=self.study, is_open=True, by=self.by, now=now - timedelta(days=4))
        pseudonym = library.working_on("Started")[0].pseudonym
        given, due_on = now - timedelta(days=3), (now + timedelta(days=5)).date()
        self._begin(pseudonym, colleague, given=given, now=now, due_on=due_on, seed=f"{pseudonym}, beside it")

    def _begin(
        self, pseudonym: str, coder: User, *, given: datetime, now: datetime, due_on: date, seed: str
    ) -> None:
        """A transcript of which the coder has done a third."""
        assignment = self._assign(pseudonym, coder, now=given, due_on=due_on)
        actions.start(assignment=assignment, by=coder, now=now - timedelta(days=2))
        reading = read_by_one(self.scripts[pseudonym], missed=MISSED, seed=seed)
        write(assignment, reading[: len(reading) // 3], self.codes, seed=seed)
        keep_place(assignment, now=now - timedelta(days=1))

    def _assign(
        self, pseudonym: str, coder: User, *, now: datetime, due_on: date | None = None
    ) -> CodingAssignment:
        return actions.assign(
            study=self.study,
            coder=coder,
            transcript_version=self.versions[pseudonym],
            codebook_version=self.codebook,
            kind=CodingAssignment.Kind.PRIMARY,
            by=self.by,
            now=now,
            due_on=due_on,
        )


def keep_place(assignment: CodingAssignment, *, now: datetime) -> None:
    """Somebody stopped in the middle, and has jumped over a passage on the way there."""
    length = assignment.transcript_version.length
    Reading.objects.create(
        assignment=assignment,
        position=length * 2 // 5,
        seen_starts=[0, length * 3 // 10],
        seen_ends=[length // 5, length * 2 // 5],
        seconds=round(length * 0.3 * SECONDS_A_LETTER),
        reported_at=now,
    )


def write(
    assignment: CodingAssignment, reading: invented.Reading, codes: Mapping[str, Code], *, seed: str
) -> None:
    """Stores a reading as codings, some of them to be discussed, with a memo that says why."""
    rng = seeded("discussed", seed)
    memos = library.memos()
    rows = [
        Coding(
            assignment=assignment,
            code=codes[mark.code],
            start=mark.start,
            end=mark.end,
            influence=mark.influence,
            is_to_discuss=mark.code in memos and rng.random() < DISCUSSED,
        )
        for mark in reading
    ]
    Coding.objects.bulk_create(rows)
    Memo.objects.bulk_create(
        Memo(assignment=assignment, coding=row, text=rng.choice(memos[mark.code]))
        for row, mark in zip(rows, reading, strict=True)
        if row.is_to_discuss
    )
