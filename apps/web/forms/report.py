"""What a report can be asked for, as an address says it and as the page offers it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.agreement import queries
from apps.agreement.engine import Level
from apps.agreement.models import AgreementRun
from apps.codebooks.models import Code

LEVELS = {
    "answer": gettext_lazy("Answers"),
    "sentence": gettext_lazy("Sentences"),
    "turn": gettext_lazy("Turns"),
    "character": gettext_lazy("Characters"),
    "transcript": gettext_lazy("Presence"),
}
SPEAKERS = {
    "tables": gettext_lazy("participants only"),
    "tables_with_others": gettext_lazy("all but interviewers"),
    "tables_of_everybody": gettext_lazy("everybody"),
}
# By these names a list of discrepancies is narrowed as the report is.
NARROWING = ("group", "site", "interviewer", "pair", "construct", "interviewed_by_coder")
PARTS = {
    "pair": gettext_lazy("Pairs of coders"),
    "group": gettext_lazy("Participant groups"),
    "site": gettext_lazy("Sites"),
    "interviewer": gettext_lazy("Interviewers"),
    "interviewed_by_coder": gettext_lazy("Interviewed"),
}


@dataclass(frozen=True)
class Filter:
    """One choice that the page offers: value, words, and whether it is the present one."""

    name: str
    label: str
    everything: str
    options: list[tuple[str, str, bool]]


def choice_in(
    asked: QueryDict, *, run: AgreementRun | None = None, with_sites: bool = False
) -> queries.Choice:
    """What an address asks for; what cannot be asked for is left out."""
    levels = [] if run is None else [*run.round.levels, "transcript"]
    level, speakers = asked.get("level", ""), asked.get("speakers", "")
    counted = queries.speakers_counted(run=run) if run and speakers else []
    pair = [id for id in map(as_id, _part(asked, run, "pair").split()) if id]
    by_coder = _part(asked, run, "interviewed_by_coder")
    return queries.Choice(
        level=cast(Level, level if level in levels else (levels or ["answer"])[0]),
        group=as_id(_part(asked, run, "group")),
        site=as_id(_part(asked, run, "site")) if with_sites else None,
        interviewer=_part(asked, run, "interviewer"),
        pair=(pair[0], pair[1]) if len(pair) == 2 else None,
        construct=as_id(asked.get("construct", "")),
        speakers=speakers if speakers in counted else "tables",
        interviewed_by_coder=by_coder if by_coder in ("yes", "no") else "",
    )


def _part(asked: QueryDict, run: AgreementRun | None, by: str) -> str:
    """What was asked for, unless the run knows no such part: then it is everything."""
    value = asked.get(by, "")
    is_known = run is None or any((each["by"], each["value"]) == (by, value) for each in run.scopes)
    return value if is_known else ""


def in_address(choice: queries.Choice, **other: Any) -> str:
    """The same choice for an address, with something else in place of a part of it."""
    said = QueryDict(mutable=True)
    for name, value in {**_values(choice), **other}.items():
        if value:
            said[name] = str(value)
    return said.urlencode()


def filters(
    *,
    choice: queries.Choice,
    parts: Mapping[str, Iterable[queries.ScopeLine]],
    run: AgreementRun,
    codes: list[Code],
) -> list[Filter]:
    """What the stored counts can be asked for, where there is more than one answer."""
    now = _values(choice)
    labels = {
        "group": (_("Participants"), _("all groups")),
        "site": (_("Site"), _("all sites")),
        "interviewer": (_("Interviewer"), _("all interviewers")),
        "interviewed_by_coder": (_("Interviewed"), _("by anybody")),
        "pair": (_("Coders"), _("all together")),
    }
    found = [
        Filter(
            name,
            label,
            everything,
            [(line.value, line.name, line.value == now[name]) for line in parts[name]],
        )
        for name, (label, everything) in labels.items()
        if parts.get(name)
    ]
    above = {code.parent_id for code in codes}
    constructs = [code for code in codes if code.id in above]
    if constructs:
        options = [
            (str(each.id), f"{each.label} {each.name}", each.id == choice.construct) for each in constructs
        ]
        found.append(Filter("construct", _("Construct"), _("all constructs"), options))
    counted = [name for name in queries.speakers_counted(run=run) if name != "tables"]
    if counted:
        options = [(name, str(SPEAKERS[name]), name == choice.speakers) for name in counted]
        found.append(Filter("speakers", _("Speech of"), str(SPEAKERS["tables"]), options))
    return found


def _values(choice: queries.Choice) -> dict[str, str]:
    return {
        "level": choice.level,
        "group": str(choice.group or ""),
        "site": str(choice.site or ""),
        "interviewer": choice.interviewer,
        "pair": " ".join(map(str, choice.pair or ())),
        "construct": str(choice.construct or ""),
        "speakers": "" if choice.speakers == "tables" else choice.speakers,
        "interviewed_by_coder": choice.interviewed_by_coder,
    }


def as_id(value: str) -> UUID | None:
    """Whoever types an address may type anything."""
    try:
        return UUID(value)
    except ValueError:
        return None
