"""The figures of a report in sentences, for a reader and for the methods section of a paper."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from apps.agreement.engine import Level, Report
from apps.agreement.engine.sentences import TEMPLATES, Sentence, about, methods
from apps.agreement.models import AgreementRun, Round
from apps.agreement.queries.batches import to_come
from apps.agreement.queries.report import ReportTable, figures_at
from apps.agreement.queries.sampled import sample, selection


def sentences(table: ReportTable) -> list[str]:
    """What each code's figure says; a round without coefficients speaks by its counts alone."""
    if not table.run.round.has_coefficients:
        return []
    names = {str(coder.id): coder.name for coder in table.coders}
    return [_in_words(about(line.figure, table.computed, coders=names)) for line in table.lines]


def methods_sentences(table: ReportTable) -> str:
    """How agreement was computed; empty where only presence was asked for."""
    return _methods(table.run, table.choice.level, table.computed)


def methods_of_run(*, run: AgreementRun, level: Level) -> str:
    """The same of all that was computed, without the rest of a report."""
    return _methods(run, level, figures_at(run=run, level=level))


def _methods(run: AgreementRun, level: Level, computed: Report) -> str:
    round = run.round
    if round.state == Round.State.VOID:
        reason = round.voided_reason
        return _("This round is void, and its figures are not counted: %(reason)s") % {"reason": reason}
    if level == "transcript" or level not in computed.units:
        return ""
    said = methods(computed, total=round.study.transcripts.count(), level=level)
    if not round.has_coefficients:
        said = tuple(each for each in said if each.key.startswith(("sample", "left_out", "nothing")))
    sentences = _in_words(said)
    if said and said[0].key.startswith("sample"):
        sentences = " ".join(filter(None, [_in_words(said[:1]), *_of_sample(run), _in_words(said[1:])]))
    later = to_come(run=run)
    if sentences and later:
        batches = get_text_list(later, _("and"))
        sentences = _("Before the release of %(batches)s: %(sentences)s") % {
            "batches": batches,
            "sentences": sentences,
        }
    if sentences and round.kind == Round.Kind.CALIBRATION:
        return _("In a calibration round, not reported: %(sentences)s") % {"sentences": sentences}
    return sentences


def _of_sample(run: AgreementRun) -> list[str]:
    """How it was selected, and with which codebook it was coded."""
    found = sample(round=run.round, batches=run.batches)
    codebook = _("It was coded with %(codebook)s.") % {"codebook": run.round.codebook_version}
    return [selection(round=run.round, found=found), codebook]


def _in_words(said: Iterable[Sentence]) -> str:
    return " ".join(_(TEMPLATES[each.key]).format(**each.parameters) for each in said)
