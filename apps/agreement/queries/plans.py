"""What a plan would draw, who would code it, and what is left out and why."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.agreement.engine.draw import Candidate, Demand, Drawn, Stratum, draw, share_out
from apps.agreement.models import Batch, Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.queries.barring import Barring, barring
from apps.agreement.queries.batches import next_batches
from apps.agreement.queries.numbers import Short, demand, open_minima, out_of_reach
from apps.participants import queries as participants
from apps.participants.models import Activity, Interview, Tie
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript, TranscriptVersion


@dataclass(frozen=True)
class Taken:
    """A transcript that the draw takes next, or that was picked by hand, with its coders-to-be."""

    version: TranscriptVersion
    pseudonym: str
    stratum: Stratum
    why: str
    coders: tuple[User, ...]
    remarks: tuple[str, ...]
    is_picked_by_hand: bool
    batch: str


@dataclass(frozen=True)
class LeftOut:
    pseudonym: str
    reason: str


@dataclass(frozen=True)
class GroupLine:
    """One line of the table of the draw."""

    name: str
    known: int
    eligible: int
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What one act would do now."""

    taken: tuple[Taken, ...]
    left_out: tuple[LeftOut, ...]
    groups: tuple[GroupLine, ...]
    known: int
    wanted: int
    in_round: int
    open_minima: tuple[str, ...]
    out_of_reach: tuple[Short, ...] = ()

    @property
    def is_complete(self) -> bool:
        """After this draw nothing more is wanted."""
        return not self.still_wanted and not self.open_minima

    @property
    def still_wanted(self) -> int:
        return max(0, self.wanted - self.in_round - len(self.taken))

    @cached_property
    def digest(self) -> str:
        """Names exactly what was shown, so that nothing else is done."""
        shown = [
            (str(each.version.id), each.batch, *(str(coder.id) for coder in each.coders))
            for each in self.taken
        ]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


def preview(*, round: Round, limit: int | None = None) -> Preview:
    """What would be drawn now for the plan of a round, after what is in it already."""
    return Frame(round, Known(round.study, [round])).preview(limit)


class Known:
    """What the rounds of a study may draw from and who codes in them, read once for all of these rounds."""

    def __init__(self, study: Study, rounds: Sequence[Round]) -> None:
        interviews = Interview.objects.filter(study=study).exclude(status=Interview.Status.CANCELLED)
        self.interviews = list(
            interviews.select_related("participant__group", "participant__site", "interviewer")
        )
        transcripts = Transcript.objects.filter(study=study)
        self.transcripts = {each.interview_id: each for each in transcripts}
        newest = TranscriptVersion.objects.newest().filter(transcript__study=study)
        self.versions = {each.transcript_id: each for each in newest.defer("text")}
        members = RoundTranscript.objects.filter(round__study=study).order_by("is_round_open", "created_at")
        members = members.select_related("round", "batch", "transcript_version")
        self.members = list(members.defer("transcript_version__text"))
        self.coders = coders_by_round(study, rounds)
        people = [each.participant for each in self.interviews]
        coders = {coder for coders in self.coders.values() for coder in coders}
        self.ties = participants.ties_between(
            study=study, participants=people, members=coders, activity=Activity.CODE
        )
        deciders = User.objects.filter(rounds_adjudicated__in=rounds)
        self.ties_in_deciding = participants.ties_between(
            study=study, participants=people, members=deciders, activity=Activity.DECIDE
        )

    def ties_of_adjudicator(self, round: Round) -> dict[UUID, Tie]:
        """By participant."""
        ties = self.ties_in_deciding.items()
        return {person: tie for (person, member), tie in ties if member == round.adjudicator_id}


class Frame:
    """All interviews of the study as one round sees them."""

    def __init__(self, round: Round, known: Known) -> None:
        self.round = round
        self.interviews, self.transcripts, self.versions = known.interviews, known.transcripts, known.versions
        self.inside = {
            each.transcript_version.transcript_id: each for each in known.members if each.round_id == round.id
        }
        self.coders = known.coders.get(round.id, [])
        self.barring = Barring(
            tuple(self.coders), known.ties, round.if_interviewed, known.ties_of_adjudicator(round)
        )
        self.interview_of = {
            self.transcripts[each.id].id: each for each in self.interviews if each.id in self.transcripts
        }
        self.elsewhere = _elsewhere(round, known.members)

    @property
    def drawable(self) -> int:
        """How many the draw would take now."""
        inside = [each for each in self.interviews if self._is_standing(each)]
        return len(self._drawn(self._eligible(inside), inside, None))

    def preview(self, limit: int | None) -> Preview:
        inside = [each for each in self.interviews if self._is_standing(each)]
        by_hand = inside if self.round.state == Round.State.PLANNED else []
        eligible = self._eligible(inside)
        waiting = [each for each in self.interviews if self._is_waiting(each)]
        taken = self._with_coders(by_hand, self._drawn(eligible, inside, limit))
        within = [*inside, *(self.interview_of[each.version.transcript_id] for each in taken)]
        in_round = len(inside) - len(by_hand)
        possible = {each.id for each in (*inside, *eligible, *waiting)}
        return Preview(
            taken=taken,
            left_out=tuple(
                LeftOut(each.participant.pseudonym, reason)
                for each in self.interviews
                if (reason := self.reasons[each.id]) is not None
            ),
            groups=self._groups([*eligible, *inside], {each.id for each in within}),
            known=len(self.interviews),
            wanted=max(self._wanted(len(inside), len(possible)), in_round + len(taken)),
            in_round=in_round,
            open_minima=self._open_minima(within, [*eligible, *waiting]),
            out_of_reach=self._out_of_reach([*inside, *eligible, *waiting]),
        )

    @cached_property
    def reasons(self) -> dict[UUID, str | None]:
        return {each.id: self.reason_against(each) for each in self.interviews}

    def _eligible(self, inside: list[Interview]) -> list[Interview]:
        return [each for each in self.interviews if self.reasons[each.id] is None and each not in inside]

    def _drawn(
        self, eligible: list[Interview], inside: list[Interview], limit: int | None
    ) -> list[tuple[Interview, Drawn]]:
        if self._is_not_drawn:
            return []
        names = {self.name(each): each for each in eligible}
        drawn = draw(
            [Candidate(name, self.stratum(each)) for name, each in names.items()],
            self.demand,
            seed=self.round.seed,
            taken=[self.stratum(each) for each in inside],
            known=len(self.interviews),
            limit=limit,
        )
        return [(names[each.key], each) for each in drawn]

    def _wanted(self, inside: int, possible: int) -> int:
        if self._is_not_drawn:
            return inside
        return min(possible, self.demand.wanted(len(self.interviews)))

    def _open_minima(self, within: list[Interview], others: list[Interview]) -> tuple[str, ...]:
        if self._is_not_drawn:
            return ()
        names = {each.id for each in within}
        still_out = [self.stratum(each) for each in others if each.id not in names]
        return open_minima(self.demand, [self.stratum(each) for each in within], still_out)

    def _out_of_reach(self, possible: list[Interview]) -> tuple[Short, ...]:
        if self._is_not_drawn:
            return ()
        once = {each.id: self.stratum(each) for each in possible}
        known = [self.stratum(each) for each in self.interviews]
        return out_of_reach(self.round, self.demand, known, list(once.values()))

    @property
    def _is_not_drawn(self) -> bool:
        """A calibration is picked by hand; and a draw that is complete wants nothing more."""
        return self.round.kind == Round.Kind.CALIBRATION or self.round.drawn_at is not None

    def _is_waiting(self, interview: Interview) -> bool:
        """It may become ready one day."""
        transcript = self.transcripts.get(interview.id)
        return transcript is None or transcript.ready_at is None

    def reason_against(self, interview: Interview) -> str | None:
        """Why an interview is not in the frame of the draw, or None."""
        transcript = self.transcripts.get(interview.id)
        if transcript is None:
            return _("has no transcript yet")
        if transcript.ready_at is None:
            return _("is not ready: not yet checked and de-identified")
        if transcript.id not in self.versions:
            return _("has no text")
        mine = self.inside.get(transcript.id)
        if mine is not None:
            return None if mine.withdrawn_at is None else _("was taken out of this round")
        reason = self._reason_of_rounds(transcript)
        return reason or self._reason_of_coders(interview)

    def _reason_of_rounds(self, transcript: Transcript) -> str | None:
        other = self.elsewhere.get(transcript.id)
        if other is not None and other.is_round_open:
            return _("is in %(round)s, which is open") % {"round": other.round}
        is_re_test = self.round.kind == Round.Kind.RE_TEST
        if other is not None and not is_re_test:
            return _("was coded by several in %(round)s") % {"round": other.round}
        if other is None and is_re_test:
            return _("was not coded in an earlier round")
        return None

    def _reason_of_coders(self, interview: Interview) -> str | None:
        barred = self.barring.barred(interview)
        if len(self.coders) - len(barred) >= self.round.coders_per_transcript:
            return None
        names = [coder.name for coder in self.coders if str(coder.id) in barred]
        return (
            _("leaves too few coders: %(names)s may not code it") % {"names": ", ".join(names)}
            if names
            else None
        )

    @cached_property
    def demand(self) -> Demand:
        """What the plan wants, of the interviews that are known."""
        return demand(round=self.round, interviews=self.interviews, stratum=self.stratum)

    def stratum(self, interview: Interview) -> Stratum:
        values = {
            Round.Stratum.GROUP: interview.participant.group.name,
            Round.Stratum.SITE: interview.participant.site.name,
            Round.Stratum.INTERVIEWER: interview.interviewer.name
            if interview.interviewer
            else interview.interviewer_name or _("interviewer not known"),
        }
        return tuple(values[Round.Stratum(each)] for each in self.round.strata)

    def name(self, interview: Interview) -> str:
        """What gives a transcript its place: the pseudonym, with the number of a second interview."""
        same = [each for each in self.interviews if each.participant_id == interview.participant_id]
        same.sort(key=lambda each: each.created_at)
        number = same.index(interview) + 1
        return interview.participant.pseudonym + (f" ({number})" if number > 1 else "")

    def _with_coders(
        self, by_hand: list[Interview], drawn: list[tuple[Interview, Drawn]]
    ) -> tuple[Taken, ...]:
        whys = {"minimum": _("fills a minimum"), "share": _("in proportion")}
        lines = [(each, _("picked by hand")) for each in by_hand]
        lines += [(interview, whys[each.why]) for interview, each in drawn]
        people = {str(coder.id): coder for coder in self.coders}
        shared = share_out(
            [self.name(each) for each, _why in lines],
            list(people),
            each=self.round.coders_per_transcript,
            seed=self.round.seed,
            given=_given(self.round),
            barred={self.name(each): self.barring.barred(each) for each, _why in lines},
        )
        picked = {each.id for each in by_hand}
        batches = self._batches(by_hand, len(drawn))
        return tuple(
            Taken(
                version=self.versions[self.transcripts[each.id].id],
                pseudonym=each.participant.pseudonym,
                stratum=self.stratum(each),
                why=why,
                coders=(coders := tuple(people[id] for id in shared[self.name(each)])),
                remarks=self.barring.remarks(each, coders),
                is_picked_by_hand=each.id in picked,
                batch=batch.name,
            )
            for (each, why), batch in zip(lines, batches, strict=True)
        )

    def _batches(self, by_hand: list[Interview], drawn: int) -> list[Batch]:
        """What was picked has its place already."""
        places = [self.inside[self.transcripts[each.id].id].batch for each in by_hand]
        return [*places, *next_batches(round=self.round, number=drawn)]

    def _is_standing(self, interview: Interview) -> bool:
        transcript = self.transcripts.get(interview.id)
        mine = self.inside.get(transcript.id) if transcript else None
        return mine is not None and mine.withdrawn_at is None

    def _groups(self, eligible: Sequence[Interview], within: set[UUID]) -> tuple[GroupLine, ...]:
        groups = {each.participant.group_id: each.participant.group for each in self.interviews}
        return tuple(
            GroupLine(
                name=group.name,
                known=sum(each.participant.group_id == group.id for each in self.interviews),
                eligible=sum(each.participant.group_id == group.id for each in eligible),
                drawn=tuple(
                    each.participant.pseudonym
                    for each in self.interviews
                    if each.participant.group_id == group.id and each.id in within
                ),
            )
            for group in sorted(groups.values(), key=lambda each: each.position)
        )


def next_coder(*, member: RoundTranscript, among: Sequence[User] | None = None) -> User | None:
    """Who takes over a transcript: the one with the least to do of those who may and do not have it yet."""
    round = member.round
    coders = list(among) if among is not None else active_coders(round)
    interview = member.transcript_version.transcript.interview
    bars = barring(round=round, coders=coders, interviews=[interview])
    has_it = member.assignments.values_list("assignment__coder", flat=True)
    barred = bars.barred(interview) | {str(id) for id in has_it}
    people = {str(coder.id): coder for coder in coders}
    name = str(member.transcript_version.transcript)
    shared = share_out(
        [name], list(people), each=1, seed=round.seed, given=_given(round), barred={name: barred}
    )
    return people[shared[name][0]] if shared[name] else None


def active_coders(round: Round) -> list[User]:
    """The coders of a round who have not left it, nor the study."""
    return coders_by_round(round.study, [round]).get(round.id, [])


def coders_by_round(study: Study, rounds: Sequence[Round]) -> dict[UUID, list[User]]:
    """The same for several rounds of a study."""
    team = study.memberships.current().holding(Permission.CODING_CODE)
    rows = RoundCoder.objects.filter(round__in=rounds, left_at=None, coder__in=team.values("user"))
    found: dict[UUID, list[User]] = {}
    for row in rows.select_related("coder").order_by("position"):
        found.setdefault(row.round_id, []).append(row.coder)
    return found


def _given(round: Round) -> list[tuple[str, ...]]:
    """Who codes what is in the round already."""
    rows = RoundAssignment.objects.filter(
        round_transcript__round=round, round_transcript__withdrawn_at=None, assignment__voided_at=None
    )
    found: dict[UUID, list[str]] = {}
    for transcript, coder in rows.values_list("round_transcript", "assignment__coder"):
        found.setdefault(transcript, []).append(str(coder))
    return [tuple(coders) for coders in found.values()]


def _elsewhere(round: Round, members: Sequence[RoundTranscript]) -> dict[UUID, RoundTranscript]:
    """For each transcript the other round that holds or held it; an open one before a closed one.

    What was coded in a round that was voided before its release nobody else has seen: it can be drawn again.
    """
    return {
        each.transcript_version.transcript_id: each
        for each in members
        if each.round_id != round.id
        and each.withdrawn_at is None
        and (each.round.state != Round.State.VOID or each.batch.released_at is not None)
    }
