"""The first page: what each person has to do today, and where the study stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.agreement.models import Round
from apps.analysis import queries
from apps.coding.models import CodingAssignment
from apps.notices.models import Notice
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.web.access import PersonRequest, StudyRequest, requires, signed_in
from apps.web.views.studies import studies

Words = str | Promise


@dataclass(frozen=True)
class Task:
    """A line of "Waiting for you"."""

    title: Words
    line: Words
    url: str
    label: Words


@dataclass(frozen=True)
class Mine:
    """A transcript that the person codes."""

    assignment: CodingAssignment
    url: str


@dataclass(frozen=True)
class Standing:
    """A round in the list of rounds."""

    of: queries.RoundStanding
    url: str


@dataclass(frozen=True)
class Step:
    """A step of setting a study up."""

    title: Words
    line: Words
    url: str
    label: Words
    is_done: bool
    is_next: bool = False


# kind -> title by number, explanation, page, label of the button
TASKS: dict[str, tuple[Words, Words, str, Words]] = {
    "to_decide": (
        ngettext_lazy("Decide %(count)d discrepancy", "Decide %(count)d discrepancies", "count"),
        _("Round %(round)s. You are its adjudicator."),
        "adjudication",
        _("Decide"),
    ),
    "to_decide_instead": (
        ngettext_lazy("Decide %(count)d discrepancy", "Decide %(count)d discrepancies", "count"),
        _("Round %(round)s, in place of its adjudicator, who may not."),
        "adjudication",
        _("Decide"),
    ),
    "barred": (
        ngettext_lazy(
            "%(count)d discrepancy needs somebody else to decide",
            "%(count)d discrepancies need somebody else to decide",
            "count",
        ),
        _("Round %(round)s. Neither its adjudicator nor you may decide there; the round says who can."),
        "round",
        _("Open the round"),
    ),
    "to_confer": (
        ngettext_lazy("Confer on %(count)d discrepancy", "Confer on %(count)d discrepancies", "count"),
        _("Round %(round)s. You coded it; both codings are open to you now."),
        "discrepancies",
        _("Confer"),
    ),
    "open_discrepancies": (
        ngettext_lazy("%(count)d discrepancy is open", "%(count)d discrepancies are open", "count"),
        _("Round %(round)s. The agreement and every difference can be read."),
        "round",
        _("Read"),
    ),
    "round_to_close": (
        _("Close round %(round)s"),
        _("Every discrepancy is settled. Closing writes the consensus codings."),
        "round",
        _("Open the round"),
    ),
    "to_draw": (
        ngettext_lazy(
            "Draw %(count)d more transcript into round %(round)s",
            "Draw %(count)d more transcripts into round %(round)s",
            "count",
        ),
        _("Ready now, and next in the order of the draw."),
        "round",
        _("Draw on"),
    ),
    "draw_waits": (
        _("Round %(round)s waits for transcripts"),
        _("All that was drawn is submitted. It is released once the draw is complete, or you draw no more."),
        "round",
        _("Open the round"),
    ),
    "runs_failed": (
        ngettext_lazy("%(count)d computation failed", "%(count)d computations failed", "count"),
        _("The round says why, and can try again."),
        "rounds",
        _("Look"),
    ),
    "uploads": (
        ngettext_lazy("Say who speaks in %(count)d file", "Say who speaks in %(count)d files", "count"),
        _("Uploaded and read, but not yet transcripts of the study."),
        "transcripts",
        _("Confirm"),
    ),
    "not_ready": (
        ngettext_lazy("Check %(count)d transcript", "Check %(count)d transcripts", "count"),
        _("Not yet checked against the recording and de-identified, so nobody can code."),
        "transcripts",
        _("Check"),
    ),
    "without_transcript": (
        ngettext_lazy(
            "%(count)d interview has no transcript", "%(count)d interviews have no transcript", "count"
        ),
        _("Held, but nothing was uploaded."),
        "transcripts",
        _("Upload"),
    ),
    "not_assigned": (
        ngettext_lazy("Assign %(count)d transcript", "Assign %(count)d transcripts", "count"),
        _("Ready to code, and nobody has been asked to."),
        "assignments_of_team",
        _("Assign"),
    ),
    "invitations_over": (
        ngettext_lazy("%(count)d invitation is over", "%(count)d invitations are over", "count"),
        _("Nobody answered within seven days. A new link takes one click."),
        "members",
        _("Invite again"),
    ),
}

# The pages among these that are about one round.
OF_A_ROUND = {"discrepancies", "round"}


@signed_in
def today(request: PersonRequest) -> HttpResponseBase:
    """Straight into the only study; with several, the list."""
    mine = list(Study.objects.visible_to(request.user)[:2])
    if len(mine) == 1:
        return redirect("study_today", mine[0].id)
    return studies(request)


@requires(Permission.STUDY_VIEW)
def study_today(request: StudyRequest) -> HttpResponse:
    """What waits for this member, their own coding, the rounds, and where the study stands."""
    study, membership, now = request.study, request.membership, timezone.now()
    rounds = queries.round_standings(study, membership)
    waiting = queries.waiting_for(study, membership, rounds, now=now)
    mine = _mine(request)
    facts = {
        "steps": _steps_left(request, now=now),
        "tasks": [task_for(study, thing) for thing in waiting],
        "assignments": mine,
        "carry_on": next((line for line in mine if line.assignment.is_writable), None),
        "rounds": _standings(request, rounds),
        "reports": _reports(request),
        "progress": queries.study_progress(study),
        "notices": Notice.objects.visible_to(request.user).filter(study=study)[:5],
        "today": timezone.localdate(now),
    }
    return render(request, "analysis/study_today.html", facts)


def _mine(request: StudyRequest) -> list[Mine]:
    if not request.membership.may(Permission.CODING_CODE):
        return []
    study = request.study
    assignments = queries.my_assignments(study, request.membership)
    return [
        Mine(assignment, reverse("assignment", args=[study.id, assignment.id])) for assignment in assignments
    ]


def _standings(request: StudyRequest, rounds: list[queries.RoundStanding]) -> list[Standing]:
    if not request.membership.may(Permission.ROUNDS_VIEW):
        return []
    return [
        Standing(standing, reverse("round", args=[request.study.id, standing.round.id]))
        for standing in rounds
    ]


def _reports(request: StudyRequest) -> Iterable[Round]:
    """For an observer, who reads agreement and has no list of rounds."""
    membership = request.membership
    if membership.may(Permission.ROUNDS_VIEW) or not membership.may(Permission.AGREEMENT_VIEW):
        return []
    return queries.reports(request.study)


def task_for(study: Study, thing: queries.Waiting) -> Task:
    """The words and the address of one thing that waits."""
    title, line, page, label = TASKS[thing.kind]
    facts = {"count": thing.count, "round": thing.round_number}
    arguments = [study.id, thing.round_id] if page in OF_A_ROUND else [study.id]
    return Task(title % facts, line % facts, reverse(page, args=arguments), label)


def _steps_left(request: StudyRequest, *, now: datetime) -> list[Step]:
    """The steps with the next one marked; none once all are done."""
    steps = list(_steps(request, now=now))
    left = [step for step in steps if not step.is_done]
    return [replace(step, is_next=step is left[0]) for step in steps] if left else []


def _steps(request: StudyRequest, *, now: datetime) -> Iterator[Step]:
    """The steps of an empty study that this member may take; nothing once the study is set up."""
    study, membership = request.study, request.membership
    if not membership.may(Permission.STUDY_EDIT):
        return
    done = queries.first_steps(study, now=now)
    at = {
        page: reverse(page, args=[study.id])
        for page in ("study_settings", "codebook", "members", "transcripts")
    }
    yield Step(
        _("Say whom you will interview"),
        _("Sites, groups and how many of each. Pseudonyms such as “Client 01” come from the groups."),
        f"{at['study_settings']}#sites",
        _("Add sites and groups"),
        done.has_groups,
    )
    if membership.may(Permission.CODEBOOK_EDIT):
        yield Step(
            _("Choose a codebook"),
            _("Normalisation Process Theory (4 constructs, 16 subconstructs), a file, or an empty page."),
            at["codebook"],
            _("Choose"),
            done.has_codebook,
        )
    yield Step(
        _("Invite the team"),
        _("Coders, an adjudicator, an administrator. What each role may see is listed beside it."),
        at["members"],
        _("Invite"),
        done.has_team,
    )
    yield Step(
        _("Bring in transcripts"),
        _("Word, text or subtitles, one or many. You say who is speaking."),
        at["transcripts"],
        _("Upload"),
        done.has_transcripts,
    )
