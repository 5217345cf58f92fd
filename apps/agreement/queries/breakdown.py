"""The same agreement taken apart: by pair, group, site and interviewer, and over the rounds of the study."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.models import AgreementRun, Round
from apps.agreement.queries.choosing import Choice
from apps.agreement.queries.computing import SPEAKERS
from apps.codebooks.models import CodebookVersion
from apps.studies.models import ParticipantGroup, Site, Study


@dataclass(frozen=True)
class ScopeLine:
    """The pooled figure of one part at one level; `value` is what the report is asked with to see it."""

    by: str
    value: str
    name: str
    transcripts: int
    discrepancies: int
    pooled: engine.Figure
    spread: engine.Spread | None

    @property
    def alpha(self) -> engine.Estimate:
        return self.pooled.estimate("krippendorff_alpha")

    @property
    def positive(self) -> engine.Estimate:
        return self.pooled.estimate("positive_agreement")


@dataclass(frozen=True)
class RoundLine:
    """One computed round beside the others; figures of different rounds and versions are never pooled."""

    round: Round
    version: CodebookVersion
    computed_at: datetime
    transcripts: int
    discrepancies: int
    pooled: engine.Figure | None
    spread: engine.Spread | None

    @property
    def alpha(self) -> engine.Estimate | None:
        return None if self.pooled is None else self.pooled.estimate("krippendorff_alpha")


def breakdown(*, run: AgreementRun, level: str) -> dict[str, list[ScopeLine]]:
    """By `pair`, `group`, `site`, `interviewer` and `interviewed_by_coder`, where there is more than one."""
    scopes = [each for each in run.scopes if each["level"] == level and each["by"] != "all"]
    names = _names(scopes)
    found: dict[str, list[ScopeLine]] = {}
    for each in scopes:
        by, value = each["by"], each["value"]
        line = ScopeLine(
            by=by,
            value=value,
            name=_name(by, value, names),
            transcripts=each["transcripts"],
            discrepancies=each["discrepancies"],
            pooled=engine.from_plain(engine.Figure, each["pooled"]),
            spread=engine.from_plain(engine.Spread, each["spread"]),
        )
        found.setdefault(by, []).append(line)
    return {by: sorted(lines, key=lambda line: line.name) for by, lines in found.items()}


def chosen_parts(choice: Choice) -> dict[str, str]:
    """The name of each part that was chosen, by what parts it; for files, in which no site is named."""
    wanted = {
        "group": str(choice.group or ""),
        "interviewer": choice.interviewer,
        "interviewed_by_coder": choice.interviewed_by_coder,
        "pair": " ".join(map(str, choice.pair or ())),
    }
    names = _names({"value": value} for value in wanted.values())
    return {by: _name(by, value, names) for by, value in wanted.items() if value}


def over_rounds(*, study: Study, level: str) -> list[RoundLine]:
    """The newest computation of each round in the order of the rounds, each by itself; a void one not."""
    runs: dict[UUID, AgreementRun] = {}
    counted = AgreementRun.objects.filter(round__study=study).exclude(round__state=Round.State.VOID)
    rows = counted.select_related("round__codebook_version__codebook")
    for run in rows.defer("report", "influences", *SPEAKERS).order_by("round__number", "computed_at"):
        runs[run.round_id] = run
    return [_round_line(run, level) for run in runs.values()]


def _round_line(run: AgreementRun, level: str) -> RoundLine:
    everything = [each for each in run.scopes if each["by"] == "all"]
    whole = next((each for each in everything if each["level"] == level), None)
    transcripts = max((each["transcripts"] for each in everything), default=0)
    return RoundLine(
        round=run.round,
        version=run.round.codebook_version,
        computed_at=run.computed_at,
        transcripts=transcripts,
        discrepancies=run.discrepancy_count,
        pooled=None if whole is None else engine.from_plain(engine.Figure, whole["pooled"]),
        spread=None if whole is None else engine.from_plain(engine.Spread, whole["spread"]),
    )


def _name(by: str, value: str, names: Mapping[str, str]) -> str:
    if by == "interviewed_by_coder":
        return gettext("by one of the coders") if value == "yes" else gettext("by somebody else")
    if by == "pair":
        return " – ".join(names.get(part, part) for part in value.split())
    return names.get(value, value)


def _names(scopes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names for the ids of people, groups and sites; an interviewer without an account goes by a name."""
    values = {part for each in scopes for part in [each["value"], *each["value"].split()]}
    ids = [found for found in map(_as_id, values) if found]
    names = {str(id): name for id, name in User.objects.filter(id__in=ids).values_list("id", "name")}
    for model in (ParticipantGroup, Site):
        names |= {str(id): name for id, name in model.objects.filter(id__in=ids).values_list("id", "name")}
    return names


def _as_id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
