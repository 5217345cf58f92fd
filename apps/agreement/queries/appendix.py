"""What stands behind a fold or in a file: other coefficients, influence, and what was left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.queries.report import CodeLine, ReportTable
from apps.codebooks.models import Code
from apps.transcripts.models import TranscriptVersion

OF_A_PAIR = {
    "krippendorff_alpha": _("Alpha"),
    "positive_agreement": _("Positive agreement, F1"),
    "negative_agreement": _("Negative agreement"),
    "cohen_kappa": _("Cohen’s kappa"),
    "scott_pi": _("Scott’s pi"),
    "gwet_ac1": _("Gwet’s AC1"),
    "brennan_prediger": _("Brennan-Prediger, q = 2"),
    "jaccard": _("Jaccard"),
    "percent": _("Percent, Holsti"),
}
OF_MORE = {
    "krippendorff_alpha": _("Alpha"),
    "positive_agreement": _("Positive agreement"),
    "negative_agreement": _("Negative agreement"),
    "conger_kappa": _("Conger’s kappa"),
    "light_kappa": _("Light’s kappa"),
    "fleiss_kappa": _("Fleiss’ kappa"),
    "gwet_ac1": _("Gwet’s AC1"),
    "brennan_prediger": _("Brennan-Prediger, q = 2"),
    "jaccard": _("Jaccard"),
    "percent": _("Percent, Holsti"),
}
OF_CHARACTERS = {
    "krippendorff_alpha": _("Characters: alpha"),
    "cohen_kappa": _("Characters: kappa"),
    "percent": _("Characters: percent"),
    "bar_u_alpha": _("|u-alpha"),
}
WHY = {
    "no_coder": _("nobody coded it"),
    "one_coder": _("one person coded it"),
    "no_speech": _("no participant speaks in it"),
    "no_turns": _("a transcript has no turns"),
    "no_sentences": _("a transcript has no sentences"),
    "no_words": _("a transcript has no words"),
}


@dataclass(frozen=True)
class AppendixLine:
    code: Code
    coded_by: list[int]
    estimates: list[engine.Estimate]


@dataclass(frozen=True)
class InfluenceLine:
    """Agreement on influence of one pair on one code, or on all codes together."""

    code: Code | None
    coders: str
    figure: engine.InfluenceAgreement

    @property
    def same(self) -> int:
        return sum(row[place] for place, row in enumerate(self.figure.cells))


def coefficients(table: ReportTable) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the columns: at the level of the report, and of characters where those are at hand."""
    own = OF_A_PAIR if len(table.coders) == 2 else OF_MORE
    with_characters = table.choice.level != "character" and any(line.characters for line in table.lines)
    beside = OF_CHARACTERS if with_characters else {}
    if table.choice.level == "character":
        own = {**own, "bar_u_alpha": OF_CHARACTERS["bar_u_alpha"]}
    if len(table.coders) != 2:
        beside = {name: label for name, label in beside.items() if name != "cohen_kappa"}
    return {name: str(label) for name, label in own.items()}, {
        name: str(label) for name, label in beside.items()
    }


def appendix(table: ReportTable) -> list[AppendixLine]:
    """Codes and constructs in the order of the codebook, as far as anybody used them."""
    own, beside = coefficients(table)
    place = {code.id: row for row, code in enumerate(table.codes)}
    lines = sorted([*table.lines, *table.constructs], key=lambda line: place[line.code.id])
    return [_line(line, own, beside) for line in lines if line.figure.status != "not_used"]


def _line(line: CodeLine, own: Mapping[str, str], beside: Mapping[str, str]) -> AppendixLine:
    estimates = [line.figure.estimate(name) for name in own]
    if line.characters is not None:
        estimates += [line.characters.estimate(name) for name in beside]
    return AppendixLine(line.code, list(line.figure.coded_by.values()), estimates)


def influence_lines(table: ReportTable) -> list[InfluenceLine]:
    """All codes together first, for each pair; then the codes in the order of the codebook."""
    codes = {str(code.id): code for code in table.codes}
    ids = {UUID(coder) for each in table.influences for coder in each.coders}
    names = {str(id): name for id, name in User.objects.filter(id__in=ids).values_list("id", "name")}
    return [
        InfluenceLine(codes.get(each.code or ""), " – ".join(names[coder] for coder in each.coders), each)
        for each in table.influences
    ]


def left_out(table: ReportTable) -> list[tuple[str, str]]:
    """The transcripts that took no part, by pseudonym, each with the reason."""
    reasons = {UUID(each.transcript): str(WHY[each.reason]) for each in table.computed.left_out}
    versions = TranscriptVersion.objects.filter(id__in=reasons).select_related(
        "transcript__interview__participant"
    )
    return sorted((str(version.transcript), reasons[version.id]) for version in versions)


def unavailable(table: ReportTable) -> list[tuple[str, str]]:
    """The levels that could not be counted, each with what is missing."""
    return [(level, str(WHY[reason])) for level, reason in table.computed.unavailable.items()]
