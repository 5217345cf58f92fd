"""A coder's own record: how far they agreed with others, and which decisions left something else standing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.models import (
    AgreementRun,
    Decision,
    Discrepancy,
    Resolution,
    Round,
    RoundAssignment,
    RoundTranscript,
)
from apps.agreement.queries.computing import SPEAKERS
from apps.agreement.queries.naming import in_words
from apps.codebooks.models import Code
from apps.coding.models import Coding, CodingAssignment
from apps.studies.models import Study

Passage = tuple[UUID, int, int, str]
Crew = Mapping[UUID, Mapping[UUID, str]]
"""For each transcript of a round its coders, by name."""
UPHELD, IN_PART, AGAINST, CODEBOOK = "upheld", "in_part", "against", "codebook"


@dataclass(frozen=True)
class Partner:
    """Somebody who coded the same transcripts in a round; `alpha` is pooled over codes."""

    name: str
    transcripts: int
    discrepancies: int
    alpha: engine.Estimate | None


@dataclass(frozen=True)
class RoundOfCoder:
    """One round in the record of a coder."""

    round: Round
    partners: list[Partner]
    upheld: int
    in_part: int
    against: int
    codebook: int
    open: int


@dataclass(frozen=True)
class Against:
    """A decision after which something else stands than what the coder had put there."""

    discrepancy_id: UUID
    round: Round
    transcript: str
    kind: str
    passage: str
    mine: tuple[Code, ...]
    standing: tuple[Code, ...]
    words: str
    result: str
    cause: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class CoderRecord:
    """Everything by round; causes are those of the decisions that left something else standing."""

    coder: User
    rounds: list[RoundOfCoder]
    causes: list[tuple[str, int]]
    against: list[UUID]


def coders_with_record(*, study: Study, reader: User, is_for_all: bool) -> list[User]:
    """Who has handed in something that was released in a round: the reader alone, or everybody."""
    coded = CodingAssignment.objects.filter(
        study=study, in_round__isnull=False, voided_at=None, released_at__isnull=False
    )
    people = User.objects.filter(id__in=coded.values("coder")).order_by("name")
    return list(people if is_for_all else people.filter(id=reader.id))


def coder_record(*, study: Study, coder: User, reader: User) -> CoderRecord:
    """Of released rounds only; of those with unnamed sides others read nothing before the close."""
    runs = _runs(study, coder, reader)
    rows = list(_discrepancies(runs, coder, reader))
    results = _results(rows, coder)
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    causes: Counter[str] = Counter()
    against = []
    for row in rows:
        result = results[row.id]
        counts[row.round_transcript.round_id][result] += 1
        if result in {IN_PART, AGAINST}:
            against.append(row.id)
            cause = row.standing_cause  # type: ignore[attr-defined]
            causes[str(Decision.Cause(cause).label) if cause else _("not said")] += 1
    crews = _crews(runs)
    return CoderRecord(
        coder=coder,
        rounds=[_round_line(run, coder, rows, counts[run.round_id], crews[run.round_id]) for run in runs],
        causes=causes.most_common(),
        against=against,
    )


def decisions_against(*, ids: Iterable[UUID], coder: User, reader: User) -> list[Against]:
    """These decisions in full, in the order given."""
    wanted = list(ids)
    rows = {
        row.id: row
        for row in Discrepancy.objects.filter(id__in=wanted)
        .select_related(
            "round_transcript__round",
            "round_transcript__transcript_version__transcript__interview__participant",
            "first_assignment__coder",
            "second_assignment__coder",
        )
        .defer(*(f"round_transcript__transcript_version__{name}" for name in _HEAVY))
        .annotate(
            passage=Substr(
                "round_transcript__transcript_version__text", F("start") + 1, F("end") - F("start")
            )
        )
    }
    mine = _own_codings(rows.values(), coder)
    standing = {
        each.discrepancy_id: each
        for each in Resolution.objects.filter(discrepancy__in=wanted, undone_at=None)
        .select_related("code", "decided_by", "confirmed_by")
        .prefetch_related("passages__code")
    }
    return [_told(rows[id], standing[id], mine[id], coder, reader) for id in wanted if id in standing]


_HEAVY = ("text", "sentence_starts", "sentence_ends")


def _told(row: Discrepancy, decision: Resolution, mine: list[Coding], coder: User, reader: User) -> Against:
    passages = list(decision.passages.all())
    by = [decision.decided_by, decision.confirmed_by]
    return Against(
        discrepancy_id=row.id,
        round=row.round_transcript.round,
        transcript=str(row.round_transcript.transcript_version.transcript),
        kind=str(row.get_kind_display()),
        passage=row.passage,  # type: ignore[attr-defined]
        mine=tuple(dict.fromkeys(each.code for each in mine)),
        standing=tuple(dict.fromkeys(each.code for each in passages)),
        words=in_words(decision, discrepancy=row, reader=reader, round=row.round_transcript.round),
        result=_result(decision, row, coder, _as_passages(mine)),
        cause=str(decision.get_cause_display()) if decision.cause else "",
        reason=decision.reason,
        by=", ".join(person.name for person in by if person is not None),
        at=decision.decided_at,
    )


def _runs(study: Study, coder: User, reader: User) -> list[AgreementRun]:
    """The newest computation of each round that the coder has handed something in for."""
    coded = CodingAssignment.objects.filter(coder=coder, voided_at=None, released_at__isnull=False)
    rounds = study.rounds.exclude(state=Round.State.VOID).filter(
        transcripts__assignments__assignment__in=coded
    )
    if reader.id != coder.id:
        rounds = rounds.filter(Q(has_unnamed_sides=False) | Q(state=Round.State.CLOSED))
    found: dict[UUID, AgreementRun] = {}
    runs = AgreementRun.objects.filter(round__in=rounds.values("id")).select_related("round")
    for run in runs.defer("report", "influences", *SPEAKERS).order_by("round__number", "computed_at"):
        found[run.round_id] = run
    return list(found.values())


def _discrepancies(runs: list[AgreementRun], coder: User, reader: User) -> QuerySet[Discrepancy]:
    of_coder = Q(first_assignment__coder=coder) | Q(second_assignment__coder=coder)
    seen = CodingAssignment.objects.open_to(reader).values("id")
    return (
        Discrepancy.objects.filter(of_coder, agreement_run__in=runs, first_assignment__in=seen)
        .select_related("round_transcript", "first_assignment__coder", "second_assignment__coder")
        .order_by("-round_transcript__round__number", "round_transcript__position", "start", "position")
    )


def _results(rows: list[Discrepancy], coder: User) -> dict[UUID, str]:
    mine = _own_codings(rows, coder)
    decisions = {
        each.discrepancy_id: each
        for each in Resolution.objects.filter(
            discrepancy__in=[row.id for row in rows], undone_at=None
        ).prefetch_related("passages")
    }
    found = {}
    for row in rows:
        decision = decisions.get(row.id)
        row.standing_cause = decision.cause if decision else ""  # type: ignore[attr-defined]
        found[row.id] = (
            "open" if decision is None else _result(decision, row, coder, _as_passages(mine[row.id]))
        )
    return found


def _result(decision: Decision, row: Discrepancy, coder: User, mine: set[Passage]) -> str:
    """Whose side was taken says it; else what stands of one's codes, whatever became of their ends."""
    is_first = row.first_assignment.coder_id == coder.id
    own, others = ("first", "second") if is_first else ("second", "first")
    if decision.outcome in {Decision.Outcome.CODEBOOK, own}:
        return CODEBOOK if decision.outcome == Decision.Outcome.CODEBOOK else UPHELD
    stands = {
        (each.code_id, each.start, each.end, each.influence)
        for each in decision.passages.all()  # type: ignore[attr-defined]
    }
    if mine == stands:
        return UPHELD
    codes = {(code, influence) for code, _start, _end, influence in mine}
    is_in_part = decision.outcome != others and codes & {(each[0], each[3]) for each in stands}
    return IN_PART if is_in_part else AGAINST


def _as_passages(rows: Iterable[Coding]) -> set[Passage]:
    return {(each.code_id, each.start, each.end, each.influence) for each in rows}


def _own_codings(rows: Iterable[Discrepancy], coder: User) -> Mapping[UUID, list[Coding]]:
    ids = {
        row.id: row.first_codings if row.first_assignment.coder_id == coder.id else row.second_codings
        for row in rows
    }
    wanted = {id for each in ids.values() for id in each}
    codings = {each.id: each for each in Coding.objects.filter(id__in=wanted).select_related("code")}
    return {row: [codings[id] for id in each if id in codings] for row, each in ids.items()}


def _round_line(
    run: AgreementRun, coder: User, rows: list[Discrepancy], counts: Counter[str], crew: Crew
) -> RoundOfCoder:
    differing: Counter[UUID] = Counter()
    for row in rows:
        if row.round_transcript.round_id == run.round_id:
            differing.update({row.first_assignment.coder_id, row.second_assignment.coder_id} - {coder.id})
    return RoundOfCoder(
        round=run.round,
        partners=_partners(run, coder, differing, crew),
        upheld=counts[UPHELD],
        in_part=counts[IN_PART],
        against=counts[AGAINST],
        codebook=counts[CODEBOOK],
        open=counts["open"],
    )


def _crews(runs: list[AgreementRun]) -> Mapping[UUID, Crew]:
    """For each round, who coded each of its counted transcripts."""
    rows = RoundAssignment.objects.filter(
        round_transcript__in=RoundTranscript.objects.counted(),
        round_transcript__round__in=[run.round_id for run in runs],
        round_transcript__batch__released_at__isnull=False,
        assignment__voided_at=None,
    ).values_list(
        "round_transcript__round", "round_transcript", "assignment__coder", "assignment__coder__name"
    )
    found: dict[UUID, dict[UUID, dict[UUID, str]]] = defaultdict(lambda: defaultdict(dict))
    for round_id, member, coder_id, name in rows:
        found[round_id][member][coder_id] = name
    return found


def _partners(run: AgreementRun, coder: User, differing: Counter[UUID], crew: Crew) -> list[Partner]:
    level = run.round.levels[0]
    scopes = [each for each in run.scopes if each["level"] == level]
    pairs = {frozenset(each["value"].split()): each for each in scopes if each["by"] == "pair"}
    everybody = {id: name for coders in crew.values() for id, name in coders.items()}
    if len(everybody) == 2:
        # The only pair is the whole.
        whole = [each for each in scopes if each["by"] == "all"]
        pairs |= {frozenset(map(str, everybody)): each for each in whole}
    together = Counter(id for coders in crew.values() if coder.id in coders for id in coders)
    return [
        Partner(
            name, together[id], differing[id], _alpha(run, pairs.get(frozenset({str(coder.id), str(id)})))
        )
        for id, name in sorted(everybody.items(), key=lambda each: each[1])
        if id != coder.id and together[id]
    ]


def _alpha(run: AgreementRun, scope: Mapping[str, Any] | None) -> engine.Estimate | None:
    if scope is None or not run.round.has_coefficients:
        return None
    pooled: engine.Figure = engine.from_plain(engine.Figure, scope["pooled"])
    return pooled.estimate("krippendorff_alpha")
