"""The vault: who participants are. Each look is an access event with the reason given for the session."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.agreement import actions as agreement
from apps.contacts import actions, queries
from apps.contacts.engine.details import Details
from apps.contacts.engine.letters import letters, mail_merge
from apps.core.refusal import Refused
from apps.participants import actions as participants
from apps.participants.models import Participant, WithdrawalRule
from apps.participants.queries.withdrawal import cut_off, withdrawal_of
from apps.studies.permissions import Permission
from apps.web.access import AnyView, StudyRequest, requires
from apps.web.forms.contacts import DetailsForm, ReasonForm, SearchForm
from apps.web.forms.withdrawal import WithdrawalForm, WithdrawalRuleForm
from apps.web.refusals import in_words, put_on_form

P = ParamSpec("P")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a recorded step says already of a withdrawal.
_SAID = ("asked_on", "reason")
Page = Callable[Concatenate[StudyRequest, P], HttpResponse]


def vault(view: Page[P]) -> AnyView:
    """A page of the vault: no cache keeps it, and who looks without a reason is asked for one first."""

    @sensitive_post_parameters()
    @wraps(view)
    def opened(request: StudyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except actions.NoReason:
            ask = reverse("contacts_reason", args=[request.study.id])
            onward = request.path if request.method == "GET" else reverse("contacts", args=[request.study.id])
            return redirect(f"{ask}?next={onward}")
        response["Cache-Control"] = "no-store"
        return response

    return requires(Permission.CONTACTS_OPEN)(opened)


@requires(Permission.CONTACTS_OPEN)
def contacts_reason(request: StudyRequest) -> HttpResponse:
    """Asks once a session why somebody opens the vault of this study."""
    form = ReasonForm(request.POST or None, initial={"reason": reason_of(request)})
    onward = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        request.session[_place(request)] = form.cleaned_data["reason"].strip()
        return redirect(_safe(request, onward))
    facts = {"form": form, "next": onward}
    return render(request, "contacts/reason.html", facts, status=status_of(form))


@vault
def contacts(request: StudyRequest) -> HttpResponse:
    """Whom the member may reach; a search unseals, the list alone does not."""
    form = SearchForm(request.POST or None)
    lines = queries.lines(request.membership)
    found: list[tuple[Participant, Details]] | None = None
    if request.method == "POST" and form.is_valid():
        found = actions.look_through(
            people=[line.participant for line in lines],
            membership=request.membership,
            reason=reason_of(request),
            purpose="searched",
            words=form.cleaned_data["words"],
            by=request.user,
            now=timezone.now(),
        )
    facts = {"form": form, "lines": lines, "found": found, "reason": reason_of(request)}
    return render(request, "contacts/contact_list.html", facts, status=status_of(form))


@vault
def contact(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """The details of one person; saving them stays on the page."""
    person = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    form = DetailsForm(request.POST) if request.method == "POST" else None
    problem = ""
    try:
        if form is None:
            form = _looked_at(request, person)
        elif form.is_valid():
            _written(request, person, form)
            messages.success(request, _("Saved."))
            return redirect("contact", request.study.id, person.id)
    except (actions.CannotBeRead, actions.ChangedMeanwhile) as refused:
        problem = in_words(refused)
    facts = {"participant": person, "form": form, "problem": problem, "reason": reason_of(request)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else status_of(form)
    return render(request, "contacts/contact.html", facts, status=status)


@vault
@require_POST
def contacts_letters(request: StudyRequest) -> HttpResponse:
    """The details of the chosen people, as letters or for a mail merge; Concord itself sends them no mail."""
    lines = {str(line.participant.id): line.participant for line in queries.lines(request.membership)}
    chosen = [lines[each] for each in request.POST.getlist("people") if each in lines]
    if not chosen:
        messages.error(request, _("Choose the people to write to."))
        return redirect("contacts", request.study.id)
    try:
        found = actions.take_out(
            people=chosen,
            membership=request.membership,
            reason=reason_of(request),
            by=request.user,
            now=timezone.now(),
        )
    except actions.MustNotBeContacted as refused:
        messages.error(request, in_words(refused))
        return redirect("contacts", request.study.id)
    if request.POST.get("as") == "docx":
        wording = request.POST.get("wording", "")[:20_000]
        response = HttpResponse(letters(found, wording), content_type=_WORD)
        response["Content-Disposition"] = 'attachment; filename="letters.docx"'
        return response
    response = HttpResponse(mail_merge(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters.csv"'
    return response


@requires(Permission.PARTICIPANTS_EDIT)
def withdrawal(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """One guided act: what becomes of each class of a person's data. It is done whole or not at all."""
    person = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    begin = {"asked_on": localdate(), **{name: request.GET[name] for name in _SAID if name in request.GET}}
    form = WithdrawalForm(request.POST or None, initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            agreement.carry_out_withdrawal(
                participant=person,
                asked_on=form.cleaned_data["asked_on"],
                reason=form.cleaned_data["reason"],
                wishes=form.wishes,
                destroy=actions.destroy,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("%(pseudonym)s has withdrawn.") % {"pseudonym": person.pseudonym})
            return redirect("withdrawal", request.study.id, person.id)
        except Refused as refused:
            put_on_form(form, refused, AskedInTheFuture="asked_on")
    facts = {
        "participant": person,
        "form": form,
        "withdrawal": withdrawal_of(person),
        "cut_off": cut_off(person),
        "today": localdate(),
        "is_kept": queries.is_kept(person.id),
        "values": person.values.count(),
        "transcripts": request.study.transcripts.filter(interview__participant=person),
    }
    return render(request, "participants/withdrawal.html", facts, status=status_of(form))


@requires(Permission.STUDY_EDIT)
def withdrawal_rule(request: StudyRequest) -> HttpResponse:
    """What the study's information sheet promises to those who withdraw."""
    rule = WithdrawalRule.objects.filter(study=request.study).first()
    form = WithdrawalRuleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        participants.set_withdrawal_rule(
            study=request.study, **form.cleaned_data, by=request.user, now=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("study_settings", request.study.id)
    return render(request, "participants/withdrawal_rule.html", {"form": form}, status=status_of(form))


def _looked_at(request: StudyRequest, person: Participant) -> DetailsForm:
    details, version = actions.look(
        participant=person,
        membership=request.membership,
        reason=reason_of(request),
        by=request.user,
        now=timezone.now(),
    )
    return DetailsForm(initial={**vars(details), "version": version})


def _written(request: StudyRequest, person: Participant, form: DetailsForm) -> None:
    actions.write(
        participant=person,
        details=form.details,
        membership=request.membership,
        version=form.cleaned_data["version"],
        by=request.user,
        now=timezone.now(),
    )


def reason_of(request: StudyRequest) -> str:
    """Why this person opens the vault in this session; empty before they have said so."""
    return str(request.session.get(_place(request), ""))


def _place(request: StudyRequest) -> str:
    return f"vault:{request.study.id}"


def _safe(request: StudyRequest, onward: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return onward if onward and is_ours else reverse("contacts", args=[request.study.id])


def status_of(form: BaseForm | None) -> int:
    """422 for a form that was refused."""
    has_errors = form is not None and form.is_bound and form.errors
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
