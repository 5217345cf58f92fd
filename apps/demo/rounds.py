"""The double-coding rounds: two closed, one in conferring, one blind, one in batches of both, one planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Round, RoundAssignment, RoundTranscript
from apps.codebooks.models import CodebookVersion
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.demo import changes, library
from apps.demo.calendar import CALIBRATION_OPENED, MAIN_ROUND_OPENED
from apps.demo.codebook import codes_of
from apps.demo.coding import write
from apps.demo.conferring import Conferring
from apps.demo.engine.coders import Fate, Pair, Reading, read_by_two
from apps.demo.engine.script import Script
from apps.demo.settling import Settlement
from apps.jobs.models import Run
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion

MAIN_SEED = 19243699
"""Sought among many: it draws the interviews that are marked for the main round in people.tsv."""
EVERY_KIND: Mapping[Fate, int] = {"influence": 3, "split": 2, "level": 2, "boundary": 4, "extra": 4}


class RunFailedError(Exception):
    """The agreement of a round was not computed; nothing of the demonstration is kept."""


@dataclass(frozen=True)
class Roles:
    """Who does what in the rounds."""

    pi: User
    coders: tuple[User, User]
    adjudicator: User


class Rounds:
    """Opens rounds, lets the invented coders code, and brings them as far as each round is."""

    def __init__(
        self,
        study: Study,
        roles: Roles,
        versions: Mapping[str, TranscriptVersion],
        scripts: Mapping[str, Script],
    ) -> None:
        self.study, self.roles, self.versions, self.scripts = study, roles, versions, scripts

    def calibration(self, codebook: CodebookVersion) -> None:
        """Three transcripts picked to learn the codebook on; the PI settles what the pair cannot."""
        opened = CALIBRATION_OPENED
        round = self._open(
            "Round 1",
            codebook,
            kind=Round.Kind.CALIBRATION,
            adjudicator=self.roles.pi,
            rationale="Three interviews from three groups, to learn the codebook on before the main round.",
            now=opened,
        )
        self._code_all(round, "Round 1", difficulty=1.3, seed="calibration", until=opened + timedelta(days=8))
        released = self._release_and_compute(round, now=opened + timedelta(days=8, hours=1))
        Settlement(round, self.roles.coders, self.roles.pi, open_share=0, third_share=0.16).settle_all(
            begin=released + timedelta(days=2)
        )
        actions.close(round=round, by=self.roles.pi, now=opened + timedelta(days=16))

    def main(self, codebook: CodebookVersion) -> None:
        """The round whose figures are reported, drawn as the field's defaults have it."""
        opened = MAIN_ROUND_OPENED
        plan = actions.Plan(
            coders=self.roles.coders,
            adjudicator=self.roles.adjudicator,
            codebook_version=codebook,
            rationale="One in five interviews: three or more of each group, every site, every interviewer.",
            seed=MAIN_SEED,
        )
        round = self._draw(plan, now=opened)
        self._code_all(round, "Round 2", difficulty=1, seed="main 22", until=opened + timedelta(days=25))
        released = self._release_and_compute(round, now=opened + timedelta(days=25, hours=1))
        # With what is asked of the codebook the third person settles a tenth, and a fiftieth stays open.
        Settlement(
            round, self.roles.coders, self.roles.adjudicator, open_share=0.027, third_share=0.09
        ).settle_all(begin=released + timedelta(days=3))
        asked = [changes.LEGITIMATION, changes.GUILT]
        changes.ask(round, asked, by=self.roles.adjudicator, now=opened + timedelta(days=52))
        actions.close(round=round, by=self.roles.pi, now=opened + timedelta(days=56))

    def conferring(self, codebook: CodebookVersion, *, now: datetime) -> None:
        """A top-up with the clarified codebook, of which half the discrepancies are settled today."""
        opened = now - timedelta(days=24)
        round = self._open(
            "Round 3",
            codebook,
            kind=Round.Kind.TOP_UP,
            adjudicator=self.roles.adjudicator,
            rationale="Six more interviews, to see whether the clarified definition of Legitimation helps.",
            now=opened,
        )
        self._code_all(
            round,
            "Round 3",
            difficulty=0.6,
            seed="conferring",
            until=now - timedelta(days=7),
            at_least=EVERY_KIND,
        )
        released = self._release_and_compute(round, now=now - timedelta(days=7) + timedelta(hours=1))
        Settlement(
            round, self.roles.coders, self.roles.adjudicator, open_share=0.5, third_share=0
        ).settle_all(begin=released + timedelta(days=2))
        Conferring(round, self.roles.coders, self.roles.adjudicator).go_on(now=now)
        changes.ask(round, [changes.WORKAROUND], by=self.roles.adjudicator, now=now - timedelta(minutes=40))

    def blind(self, codebook: CodebookVersion, *, now: datetime) -> None:
        """Four transcripts in blind coding: the first coder has handed in two, the second has begun."""
        round = self._open(
            "Round 4",
            codebook,
            kind=Round.Kind.TOP_UP,
            adjudicator=self.roles.adjudicator,
            rationale="One interview of each group, a last check before the analysis is written up.",
            now=now - timedelta(days=6),
        )
        pairs = self._read("Round 4", difficulty=0.6, seed="blind")
        first, second = self._assignments(round)
        _untouched, done, done_later, half_done = pairs
        for name, days in ((done, 3), (done_later, 2)):
            begun = now - timedelta(days=days)
            self._code(first[name], pairs[name].first, begun)
            actions.submit(assignment=first[name], by=first[name].coder, now=begun + timedelta(hours=6))
        self._code(first[half_done], _half(pairs[half_done].first), now - timedelta(days=1))
        self._code(second[done], _half(pairs[done].second), now - timedelta(hours=20))

    def in_batches(self, codebook: CodebookVersion, *, now: datetime) -> None:
        """Of the first week half is settled; the second is still blind, and one coder has begun it."""
        plan = actions.Plan(
            coders=self.roles.coders,
            adjudicator=self.roles.adjudicator,
            codebook_version=codebook,
            kind=Round.Kind.TOP_UP,
            rationale="Three clients and keyworkers in two weeks, so that the pair need not wait to confer.",
            strata=(),
            at_least=3,
            share=0,
            per_group=0,
            per_site=0,
            per_interviewer=0,
            batches=(("First week", 2), ("Second week", None)),
        )
        picked = [self.versions[person.pseudonym] for person in library.working_on("Round 5")]
        round = self._draw(plan, picked=picked, now=now - timedelta(days=12))
        pairs = self._read("Round 5", difficulty=0.5, seed="batches")
        *released, blind = pairs
        assignments = self._assignments(round)
        first_week = {name: pairs[name] for name in released}
        self._hand_in(first_week, assignments, until=now - timedelta(days=4))
        self._code(assignments[1][blind], _half(pairs[blind].second), now - timedelta(hours=18))
        computed = self._release_and_compute(round, now=now - timedelta(days=4) + timedelta(hours=1))
        Settlement(
            round, self.roles.coders, self.roles.adjudicator, open_share=0.5, third_share=0
        ).settle_all(begin=computed + timedelta(days=1))

    def planned(self, codebook: CodebookVersion, third: User, *, now: datetime) -> None:
        """A last top-up for three coders whose pairs take turns: planned, and shown before it is drawn."""
        free = TranscriptVersion.objects.newest().filter(transcript__study=self.study)
        free = free.exclude(id__in=RoundTranscript.objects.values("transcript_version"))
        picked = free.filter(transcript__ready_at__isnull=False).order_by("transcript__ready_at", "id")
        plan = actions.Plan(
            coders=(*self.roles.coders, third),
            adjudicator=self.roles.adjudicator,
            codebook_version=codebook,
            kind=Round.Kind.TOP_UP,
            rationale="One more of each group before the analysis is written up, by all three coders.",
            strata=(Round.Stratum.GROUP, Round.Stratum.SITE),
            at_least=6,
            share=0,
            per_group=1,
            seed=20240304,
            thresholds=(0.667, 0.8),
            batches=(("First week", 3), ("Second week", None)),
        )
        actions.plan_round(study=self.study, plan=plan, picked=list(picked[:1]), by=self.roles.pi, now=now)

    def _draw(self, plan: actions.Plan, *, picked: Sequence[TranscriptVersion] = (), now: datetime) -> Round:
        round = actions.plan_round(study=self.study, plan=plan, picked=picked, by=self.roles.pi, now=now)
        actions.draw(round=round, by=self.roles.pi, now=now)
        round.refresh_from_db()
        return round

    def _open(
        self,
        work: str,
        codebook: CodebookVersion,
        *,
        kind: Round.Kind,
        adjudicator: User,
        rationale: str,
        now: datetime,
    ) -> Round:
        return actions.open_round(
            study=self.study,
            transcript_versions=[self.versions[person.pseudonym] for person in library.working_on(work)],
            coders=self.roles.coders,
            adjudicator=adjudicator,
            codebook_version=codebook,
            by=self.roles.pi,
            now=now,
            kind=kind,
            rationale=rationale,
        )

    def _read(
        self, work: str, *, difficulty: float, seed: str, at_least: Mapping[Fate, int] | None = None
    ) -> dict[str, Pair]:
        names = [person.pseudonym for person in library.working_on(work)]
        scripts = {name: self.scripts[name] for name in names}
        return read_by_two(scripts, difficulty=difficulty, seed=seed, at_least=at_least)

    def _code_all(
        self,
        round: Round,
        work: str,
        *,
        difficulty: float,
        seed: str,
        until: datetime,
        at_least: Mapping[Fate, int] | None = None,
    ) -> None:
        """Both coders code and hand in everything, the last at `until`."""
        pairs = self._read(work, difficulty=difficulty, seed=seed, at_least=at_least)
        self._hand_in(pairs, self._assignments(round), until=until)

    def _hand_in(
        self,
        pairs: Mapping[str, Pair],
        assignments: Sequence[Mapping[str, CodingAssignment]],
        *,
        until: datetime,
    ) -> None:
        first, second = assignments
        left = 2 * len(pairs)
        for name, pair in pairs.items():
            for assignment, reading in ((first[name], pair.first), (second[name], pair.second)):
                left -= 1
                handed_in = until - timedelta(hours=19) * left
                self._code(assignment, reading, handed_in - timedelta(hours=4))
                actions.submit(assignment=assignment, by=assignment.coder, now=handed_in)

    def _assignments(self, round: Round) -> Sequence[dict[str, CodingAssignment]]:
        """Pseudonym -> assignment, for the first and the second coder."""
        rows = RoundAssignment.objects.filter(round_transcript__round=round).select_related(
            "assignment__coder",
            "assignment__transcript_version__transcript__interview__participant",
        )
        found: tuple[dict[str, CodingAssignment], dict[str, CodingAssignment]] = ({}, {})
        for row in rows:
            found[row.position][str(row.assignment.transcript_version.transcript)] = row.assignment
        return found

    def _code(self, assignment: CodingAssignment, reading: Reading, now: datetime) -> None:
        coding.start(assignment=assignment, by=assignment.coder, now=now)
        write(
            assignment,
            reading,
            codes_of(assignment.codebook_version),
            seed=f"{assignment.transcript_version.transcript} by {assignment.coder}",
        )

    def _release_and_compute(self, round: Round, *, now: datetime) -> datetime:
        actions.release_due(now=now)
        round.refresh_from_db()
        run = actions.request_run(round=round, by=None)
        actions.compute(run_id=run.id, now=now + timedelta(minutes=1))
        run.refresh_from_db()
        if run.state != Run.State.DONE:
            raise RunFailedError(run.failure)
        round.refresh_from_db()
        return now


def _half(reading: Reading) -> Reading:
    return reading[: len(reading) // 2]
