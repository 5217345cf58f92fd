"""Rows of a list that do not come in: what cannot be written is left out when somebody says so."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.engine.columns import Columns
from apps.exports.models import Import
from apps.exports.queries.people import REFUSED, people_plan
from apps.exports.queries.steps import steps_plan
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.refusals import in_words
from apps.web.views.exports import PEOPLE, STEPS, Way, unwritten_list


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def people_rows(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Leaves the refused rows of a list of people out, or takes all in again."""
    return _rows(request, PEOPLE, import_id, lambda one: people_plan(one, today=timezone.localdate()))


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_rows(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Leaves the refused rows of a list of steps out, or takes all in again."""
    return _rows(request, STEPS, import_id, lambda one: steps_plan(one, now=timezone.now()))


def _rows(request: StudyRequest, way: Way, import_id: UUID, plan: Callable[[Import], Any]) -> HttpResponse:
    """The check that follows shows what is left out, before anything is written."""
    started = unwritten_list(request, way, import_id)
    rows: set[int] = set()
    if request.POST.get("leave_out") == "refused":
        refused = {row.number for row in plan(started).rows if row.status == REFUSED}
        rows = refused | set(Columns.from_json(started.mapping).rows_left_out)
    try:
        actions.leave_rows_out(started=started, rows=rows)
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    return redirect(f"{way.name}_check", request.study.id, import_id)
