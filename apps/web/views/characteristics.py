"""What the study wants to know of its people."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions, queries
from apps.participants.models import Characteristic
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.participants import CharacteristicForm
from apps.web.refusals import in_words, put_on_form

_FIELDS = {"CharacteristicExists": "name", "NoChoices": "choices", "ValuesDoNotFit": "kind"}


@requires(Permission.PARTICIPANTS_EDIT)
def characteristics(request: StudyRequest) -> HttpResponse:
    """All of them, and a form for another one."""
    form = CharacteristicForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            actions.define_characteristic(
                study=request.study, **form.given, by=request.user, now=timezone.now()
            )
            return redirect("characteristics", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    known = queries.values_known(request.study)
    rows = [(each, known[each.id]) for each in queries.characteristics(request.study)]
    facts = {"form": form, "rows": rows}
    return render(request, "participants/characteristic_list.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def characteristic(request: StudyRequest, characteristic_id: UUID) -> HttpResponse:
    """Changes a characteristic."""
    stored = get_object_or_404(request.study.characteristics, id=characteristic_id)
    name, known = stored.name, stored.values.count()
    unfit: dict[str, int] = {}
    new_choices: Sequence[str] = ()
    form = CharacteristicForm(request.POST or None, instance=stored, study=request.study)
    if request.method == "POST" and form.is_valid():
        unfit, new_choices = _unfit(request, stored.id, form), form.given["choices"]
        becoming = {value: request.POST.get(f"becoming-{n}", "") for n, value in enumerate(unfit)}
        try:
            actions.change_characteristic(
                characteristic=stored, **form.given, becoming=becoming, by=request.user, now=timezone.now()
            )
            return redirect("characteristics", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    facts = {
        "form": form,
        "characteristic": stored,
        "name": name,
        "known": known,
        "unfit": unfit,
        "new_choices": new_choices,
    }
    return render(request, "participants/characteristic_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def characteristic_remove(request: StudyRequest, characteristic_id: UUID) -> HttpResponse:
    """Removes a characteristic; its values only if that was ticked."""
    stored: Characteristic = get_object_or_404(request.study.characteristics, id=characteristic_id)
    with_values = "with_values" in request.POST
    try:
        actions.remove_characteristic(
            characteristic=stored, with_values=with_values, by=request.user, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("characteristic", request.study.id, characteristic_id)
    messages.success(request, _("“%(name)s” was removed.") % {"name": stored.name})
    return redirect("characteristics", request.study.id)


def _unfit(request: StudyRequest, characteristic_id: UUID, form: CharacteristicForm) -> dict[str, int]:
    """Values that people have and that would no longer fit; the form says what each becomes."""
    stored = request.study.characteristics.get(id=characteristic_id)
    given = form.given
    return actions.unfit_values(stored, given["kind"], given["choices"], given["codes"])


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
