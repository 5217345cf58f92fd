"""Whether the different numbers of a plan make sense, and how the audit trail tells them."""

from collections.abc import Sequence

from apps.agreement import queries
from apps.agreement.models import OwnNumber, Round
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Study


class NotDrawnFrom(Refusal):
    template = gettext_noop(
        "%(name)s has a number of its own, but the draw is not from each %(stratum)s: "
        "tick that too, or leave the number out."
    )


class NoSuchPart(Refusal):
    template = gettext_noop("A number is given for a group, site or interviewer that is not in the study.")


class NumberUnclear(Refusal):
    template = gettext_noop("Give %(name)s one number or one share.")


def check_own_numbers(study: Study, numbers: Sequence[OwnNumber], strata: Sequence[str]) -> None:
    """Each names something of the study that is drawn from, once, and says a number or a share."""
    if not numbers:
        return
    names = _names(study)
    said = set()
    for own in numbers:
        key = (own.stratum, own.of)
        if key not in names:
            raise NoSuchPart
        if own.stratum not in strata:
            label = str(Round.Stratum(own.stratum).label).lower()
            raise NotDrawnFrom(name=names[key], stratum=label)
        if key in said or not _is_clear(own):
            raise NumberUnclear(name=names[key])
        said.add(key)


def own_numbers_in_words(study: Study, numbers: Sequence[OwnNumber]) -> list[str]:
    """For the trail: such as "Client: 5 or more"."""
    names = _names(study) if numbers else {}
    return [f"{names[own.stratum, own.of]}: {queries.amount(own)}" for own in numbers]


def _is_clear(own: OwnNumber) -> bool:
    if own.share is None:
        return own.number is not None and own.number >= 0
    return own.number is None and 0 <= own.share <= 1


def _names(study: Study) -> dict[tuple[str, str], str]:
    return {(each.stratum, each.of): each.name for each in queries.parts(study=study)}
