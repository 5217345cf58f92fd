"""Meetings: what one records appears at the other's, who confirms it with one key."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import Meeting
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.refusals import in_words
from apps.web.views.discrepancies import choose, go, go_on, meeting_facts, place_of, query_of, round_of


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def meeting_begin(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Opens a meeting; others of the round can come in."""
    path = reverse("discrepancies", args=[request.study.id, round_id])
    try:
        actions.begin_meeting(
            round=round_of(request, round_id), by=request.user, now=timezone.now(), path=path
        )
    except Refused as refused:
        messages.error(request, in_words(refused))
    return _back(request, round_id)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def meeting_join(request: StudyRequest, round_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Comes in."""
    return _act(request, round_id, meeting_id, actions.join_meeting)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def meeting_leave(request: StudyRequest, round_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Goes."""
    return _act(request, round_id, meeting_id, actions.leave_meeting)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def meeting_end(request: StudyRequest, round_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Ends it for all."""
    return _act(request, round_id, meeting_id, actions.end_meeting)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def meeting_drive(request: StudyRequest, round_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Takes over from whoever drives."""
    return _act(request, round_id, meeting_id, actions.drive)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def outcome_record(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Writes down what the pair has agreed on; the other confirms."""
    place = place_of(request, round_id, discrepancy_id)
    meeting = queries.meeting_of(round=place.round, person=request.user)
    if meeting is None:
        return go(place)
    return choose(place, actions.record_outcome, meeting=meeting)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def proposal_confirm(
    request: StudyRequest, round_id: UUID, discrepancy_id: UUID, proposal_id: UUID
) -> HttpResponse:
    """Says yes to what the other has recorded or proposed, and goes on."""
    place = place_of(request, round_id, discrepancy_id)
    proposal = get_object_or_404(place.row.proposals.select_related("discrepancy"), id=proposal_id)
    try:
        actions.confirm(proposal=proposal, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
        return go(place)
    return go_on(place)


@requires(Permission.DISCREPANCIES_VIEW)
def meeting_now(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """What goes on in the meeting, asked every other second by the page of this discrepancy.

    It says only whether something changed: then the page asks for the discrepancy anew.
    """
    place = place_of(request, round_id, discrepancy_id)
    facts = {
        "round": place.round,
        "discrepancy": place.row,
        "query": query_of(request),
        **meeting_facts(place, queries.said(discrepancy=place.row)),
    }
    response = render(request, "agreement/_meeting.html", facts)
    if request.GET.get("seen") not in {None, facts["mark"]}:
        response["HX-Trigger"] = "case-changed"
    return response


def _act(request: StudyRequest, round_id: UUID, meeting_id: UUID, action: Any) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.filter(round=round_of(request, round_id)), id=meeting_id)
    try:
        action(meeting=meeting, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return _back(request, round_id)


def _back(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """To the discrepancy that one came from, else to the list."""
    try:
        at = UUID(request.POST.get("at", ""))
    except ValueError:
        return redirect("discrepancies", request.study.id, round_id)
    return redirect(reverse("discrepancy", args=[request.study.id, round_id, at]) + query_of(request))
