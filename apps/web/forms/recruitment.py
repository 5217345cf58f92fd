from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.participants.actions import Happened
from apps.participants.models import ContactRoute, RecruitmentEvent, RecruitmentRound
from apps.participants.queries.sampling import sites_seen_by
from apps.studies.models import Membership, ParticipantGroup, Site, Study

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_STEP = ("step", "happened_on", "detail", "due_on", "route", "round", "reason")


class StepForm(forms.Form):
    """One step, for one person or for several."""

    step = forms.ChoiceField(label=_("Step"), choices=[("", _("Choose")), *RecruitmentEvent.Step.choices])
    happened_on = forms.DateField(label=_("On"), widget=_DAY)
    route = forms.ModelChoiceField(
        ContactRoute.objects.none(), label=_("Contact route"), required=False, empty_label="–"
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "reasons"}),
        help_text=_("Of those who decline, withdraw or are not eligible; as they gave it, or empty."),
    )
    due_on = forms.DateField(label=_("Next step due on"), widget=_DAY, required=False)
    detail = forms.CharField(
        label=_("In detail"),
        max_length=120,
        required=False,
        help_text=_("A finer step, such as “information sheet sent”. Never a name or an address."),
    )
    round = forms.ModelChoiceField(
        RecruitmentRound.objects.none(), label=_("Recruitment round"), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = timezone.localdate()
        self.fields["route"].queryset = study.routes.all()  # type: ignore[attr-defined]
        rounds = study.recruitment_rounds.filter(closed_on=None)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        if not rounds:
            del self.fields["round"]

    @property
    def happened(self) -> Happened:
        return Happened(**{name: self.cleaned_data[name] for name in _STEP if name in self.cleaned_data})


class NumberForm(StepForm):
    """How many people who are not on the list came how far."""

    people = forms.IntegerField(label=_("People"), min_value=1, max_value=30_000)
    group = forms.ModelChoiceField(ParticipantGroup.objects.none(), label=_("Group"), empty_label=_("Choose"))
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), empty_label=_("Choose"))

    field_order = ["people", "group", "site", "step"]

    def __init__(self, *args: Any, study: Study, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, study=study, **kwargs)
        self.fields["site"].queryset = sites_seen_by(membership)  # type: ignore[attr-defined]
        self.fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
        del self.fields["due_on"]


class RouteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactRoute
        fields = ["name", "permission_basis", "is_denominator_known", "remind_after_days"]
        widgets = {"permission_basis": forms.Textarea(attrs={"rows": 2})}
