"""Files that leave; each is an event of the audit trail."""

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.exports.actions import note_download
from apps.exports.engine.writing import to_csv, to_docx, to_xlsx
from apps.exports.queries.board import board_sheet
from apps.exports.queries.ties import ties_sheet
from apps.participants.queries.sampling import Board, board
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
}


@requires(Permission.PARTICIPANTS_VIEW)
def board_download(request: StudyRequest, kind: str) -> HttpResponse:
    """The sampling board as a spreadsheet, as CSV or as a drawing; without the names of sites."""
    if kind not in ("xlsx", "csv", "svg"):
        raise Http404
    found = board(request.membership)
    note_download(study=request.study, what=f"sampling board ({kind})", by=request.user, now=timezone.now())
    if kind == "svg":
        drawing = render_to_string("participants/board.svg", _drawn(found))
        return as_file(drawing.encode(), "sampling-board", kind)
    sheet = board_sheet(found)
    return as_file(to_xlsx([sheet]) if kind == "xlsx" else to_csv(sheet), "sampling-board", kind)


@requires(Permission.PARTICIPANTS_EDIT)
def ties_download(request: StudyRequest, kind: str) -> HttpResponse:
    """The register of ties for the reflexivity statement; without the names of sites."""
    if kind not in ("docx", "xlsx", "csv"):
        raise Http404
    sheet = ties_sheet(request.study)
    note_download(study=request.study, what=f"ties ({kind})", by=request.user, now=timezone.now())
    made = {"docx": to_docx, "xlsx": to_xlsx}
    return as_file(made[kind]([sheet]) if kind in made else to_csv(sheet), "ties", kind)


def as_file(content: bytes, name: str, kind: str) -> HttpResponse:
    """A download that no browser opens as a page."""
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _drawn(found: Board) -> dict[str, object]:
    """Places of rows and columns in the drawing."""
    rows = [
        (
            56 + 64 * number,
            row.group.name,
            [(190 + 160 * place, cell.standings) for place, cell in enumerate((*row.cells, row.total))],
        )
        for number, row in enumerate(found.rows)
    ]
    columns = [(190 + 160 * place, place + 1) for place in range(len(found.sites))]
    return {
        "rows": rows,
        "columns": columns,
        "all_at": 190 + 160 * len(columns),
        "width": 190 + 160 * (len(columns) + 1),
        "height": 56 + 64 * len(rows),
    }
