"""How many a plan wants from each group, site and interviewer, and of which there are not enough."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.agreement.engine.draw import Demand, Stratum, within
from apps.agreement.models import OwnNumber, Round
from apps.participants.models import Interview
from apps.studies.models import Study


@dataclass(frozen=True)
class Part:
    """A group, a site or an interviewer of a study; `of` is what an OwnNumber calls it."""

    stratum: str
    of: str
    name: str


@dataclass(frozen=True)
class OwnLine:
    """A number that differs from that of the others, as one reads it."""

    part: Part
    words: str


@dataclass(frozen=True)
class Short:
    """So many are wanted from a group, a site or an interviewer, and so many there can be at most."""

    name: str
    wanted: int
    possible: int


def parts(*, study: Study) -> list[Part]:
    """All from which a plan can want a number by name: groups and sites in their order, who interviews."""
    found = [Part(Round.Stratum.GROUP, str(each.id), each.name) for each in study.groups.all()]
    found += [Part(Round.Stratum.SITE, str(each.id), each.name) for each in study.sites.all()]
    held = Interview.objects.filter(study=study).exclude(status=Interview.Status.CANCELLED)
    people = held.order_by().values_list("interviewer", "interviewer__name", "interviewer_name").distinct()
    names = {str(person or name): account or name for person, account, name in people if person or name}
    by_name = sorted(names.items(), key=lambda each: each[1])
    return found + [Part(Round.Stratum.INTERVIEWER, of, name) for of, name in by_name]


def own_numbers(*, round: Round, with_sites: bool) -> list[OwnLine]:
    """The different numbers of a plan in words; what is no longer in the study is left out."""
    numbers = {(each.stratum, each.of): each for each in round.numbers_by_name}
    if not numbers:
        return []
    return [
        OwnLine(part, amount(numbers[part.stratum, part.of]))
        for part in parts(study=round.study)
        if (part.stratum, part.of) in numbers and (with_sites or part.stratum != Round.Stratum.SITE)
    ]


def amount(own: OwnNumber) -> str:
    """Such as "5 or more", or "25 % or more"."""
    if own.share is not None:
        return _("%(share)s %% or more") % {"share": f"{own.share * 100:g}"}
    if not own.number:
        return _("no number")
    return ngettext("%(n)d or more", "%(n)d or more", own.number) % {"n": own.number}


def of_interview(stratum: str, interview: Interview) -> str:
    """What an OwnNumber calls the group, the site or the interviewer of an interview."""
    if stratum == Round.Stratum.GROUP:
        return str(interview.participant.group_id)
    if stratum == Round.Stratum.SITE:
        return str(interview.participant.site_id)
    return str(interview.interviewer_id or interview.interviewer_name)


def demand(
    *, round: Round, interviews: Sequence[Interview], stratum: Callable[[Interview], Stratum]
) -> Demand:
    """What the plan wants, of the interviews that are known."""
    minima = {
        Round.Stratum.GROUP: round.per_group,
        Round.Stratum.SITE: round.per_site,
        Round.Stratum.INTERVIEWER: round.per_interviewer,
    }
    own = {(each.stratum, each.of): each for each in round.numbers_by_name}
    known: Counter[tuple[int, str, OwnNumber]] = Counter()
    for interview in interviews if own else ():
        for dimension, name in enumerate(round.strata):
            number = own.get((name, of_interview(name, interview)))
            if number is not None:
                known[dimension, stratum(interview)[dimension], number] += 1
    return Demand(
        round.at_least,
        round.share,
        tuple(minima[Round.Stratum(each)] for each in round.strata),
        {(dimension, value): number.wanted(count) for (dimension, value, number), count in known.items()},
    )


def open_minima(wants: Demand, drawn: Sequence[Stratum], waiting: Sequence[Stratum]) -> tuple[str, ...]:
    """The values of strata of which more are wanted and still can come."""
    counts = Counter(drawn)
    open_ones: dict[str, None] = {}
    for stratum in waiting:
        for dimension, value in enumerate(stratum):
            if within(counts, dimension, value) < wants.minimum(dimension, value):
                open_ones[value] = None
    return tuple(open_ones)


def out_of_reach(
    round: Round, wants: Demand, known: Sequence[Stratum], possible: Sequence[Stratum]
) -> tuple[Short, ...]:
    """Of which fewer can be drawn than are wanted, all that may become ready one day included."""
    counts = Counter(possible)
    values = sorted({place for stratum in known for place in enumerate(stratum)})
    found = [
        Short(value, wants.minimum(dimension, value), within(counts, dimension, value))
        for dimension, value in values
    ]
    return tuple(each for each in found if each.possible < each.wanted) + _without_interviews(round, values)


def _without_interviews(round: Round, values: Sequence[tuple[int, str]]) -> tuple[Short, ...]:
    """Those with a number of their own of whom there is no interview yet."""
    wanted = {(each.stratum, each.of): each.number for each in round.numbers_by_name if each.number}
    if not wanted:
        return ()
    seen = {(round.strata[dimension], value) for dimension, value in values}
    return tuple(
        Short(part.name, number, 0)
        for part in parts(study=round.study)
        if (number := wanted.get((part.stratum, part.of))) and (part.stratum, part.name) not in seen
    )
