"""How the transcripts of a round came into it, for the plan and for the methods section."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.agreement.models import Round


@dataclass(frozen=True)
class Sample:
    """How many transcripts the draw took, and how many were picked by hand."""

    drawn: int
    by_hand: int


def sample(*, round: Round, batches: Collection[UUID] | None = None) -> Sample:
    """Of what stands in the round and is counted, or of these batches only."""
    members = round.transcripts.counted()
    if batches is not None:
        members = members.filter(batch__in=batches)
    picked = list(members.order_by().values_list("is_picked_by_hand", flat=True))
    return Sample(drawn=picked.count(False), by_hand=picked.count(True))


def wants_draw(round: Round) -> bool:
    """The plan of a round asks for more than what is picked by hand."""
    numbers = (round.at_least, round.share, round.per_group, round.per_site, round.per_interviewer)
    return round.kind != Round.Kind.CALIBRATION and any((*numbers, round.own_numbers))


def selection(*, round: Round, found: Sample) -> str:
    """How the sample was selected, in a sentence; a stratum is named, and never a site."""
    if not found.drawn:
        return _("The sample was picked by hand.")
    facts = {"seed": round.seed, "strata": strata_in_words(round)}
    said = _("The sample was drawn in a random order that seed %(seed)s fixes") % facts
    if round.strata:
        said += _(", stratified by %(strata)s") % facts
    if found.by_hand:
        said += "; " + ngettext(
            "%(n)d transcript was picked by hand", "%(n)d transcripts were picked by hand", found.by_hand
        ) % {"n": found.by_hand}
    return f"{said}."


def strata_in_words(round: Round) -> str:
    """Such as "participant group, site and interviewer"."""
    return get_text_list([str(Round.Stratum(each).label).lower() for each in round.strata], _("and"))


def draw_in_words(round: Round) -> str:
    """Such as "the larger of 12 and 20 % of the interviews; 3 or more from each group"."""
    share = f"{round.share * 100:g}"
    said = [
        _("the larger of %(n)s and %(share)s %% of the interviews") % {"n": round.at_least, "share": share}
    ]
    minima = {
        Round.Stratum.GROUP: (round.per_group, _("%(n)s or more from each group")),
        Round.Stratum.SITE: (round.per_site, _("%(n)s or more from each site")),
        Round.Stratum.INTERVIEWER: (round.per_interviewer, _("%(n)s or more from each interviewer")),
    }
    wanted = (minima[Round.Stratum(each)] for each in round.strata)
    return "; ".join([*said, *(words % {"n": number} for number, words in wanted if number)])
