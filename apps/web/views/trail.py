"""The audit trail of a round: on its page, decision by decision, and as a document."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.agreement import queries
from apps.agreement.models import Round
from apps.exports.actions import note_download
from apps.exports.engine.dot_plot import to_png
from apps.exports.engine.writing import to_docx
from apps.exports.queries.agreement import agreement_figure
from apps.exports.queries.trail import trail_sheets
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.views.discrepancies import round_of
from apps.web.views.downloads import as_file

DECISIONS_ON_A_PAGE = 100
# So few are shown at once; more are folded by transcript.
UNFOLDED = 12


def trail_facts(request: StudyRequest, round: Round) -> dict[str, Any]:
    """What the page of a round says below its plan."""
    found = queries.trail(round=round, membership=request.membership)
    if found.settling is None:
        return {"trail": found}
    rows = queries.decisions(round=round, user=request.user).order_by(
        "discrepancy__round_transcript__position", "decided_at", "id"
    )
    # All of them on one page and unfolded, to print.
    is_whole = request.GET.get("decisions") == "all"
    on_a_page = max(rows.count(), 1) if is_whole else DECISIONS_ON_A_PAGE
    page = Paginator(rows, on_a_page).get_page(request.GET.get("page"))
    lines = queries.decision_lines(page.object_list, round=round, reader=request.user)
    are_unfolded = is_whole or len(lines) <= UNFOLDED
    return {"trail": found, "decisions": lines, "decisions_page": page, "are_unfolded": are_unfolded}


@requires(Permission.ROUNDS_VIEW)
def round_trail(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """The whole trail as a Word document, with the figure where there is one."""
    round = round_of(request, round_id)
    found = queries.trail(round=round, membership=request.membership, is_to_leave=True)
    rows = queries.decisions(round=round, user=request.user) if found.settling is not None else []
    lines = queries.decision_lines(rows, round=round, reader=request.user)
    content = to_docx(
        trail_sheets(found, round=round, decisions=lines),
        pictures=_pictures(round, found),
        title=f"{request.study.name}: {round}",
        paragraphs=[found.methods] if found.methods else [],
    )
    what = _("audit trail of %(round)s") % {"round": round}
    note_download(study=request.study, what=what, by=request.user, now=timezone.now())
    return as_file(content, f"round-{round.number}", "docx")


def _pictures(round: Round, found: queries.Trail) -> list[bytes]:
    if not found.runs or not round.has_coefficients:
        return []
    run = found.runs[-1].run
    run.round = round
    return [to_png(agreement_figure(queries.report(run=run)))]
