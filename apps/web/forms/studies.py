from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.studies.models import Invitation, ParticipantGroup, Site, Study
from apps.studies.permissions import Role

ROLE_NOTES = {
    Role.PI: _("Owns codebook and rounds, reads agreement, settles what coders cannot, manages the team."),
    Role.ADMINISTRATOR: _("Keeps sites, people, interviews, transcripts and the team. Does not see codings."),
    Role.CODER: _("Reads transcripts and codes them; sees other people's coding once it is released."),
    Role.ADJUDICATOR: _("Settles discrepancies that the coders of a round leave open."),
    Role.RECRUITER: _("Sees the people of one site, with their contact details. No transcripts."),
    Role.OBSERVER: _("Reads the codebook and what has been released of the agreement."),
}


class StudyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Study
        fields = ["name", "question"]
        widgets = {"question": forms.Textarea(attrs={"rows": 3})}


class SettingsForm(StudyForm):
    class Meta(StudyForm.Meta):
        fields = [*StudyForm.Meta.fields, "are_sites_hidden_from_coders", "transcripts_late_after_days"]
        labels = {"transcripts_late_after_days": _("Days after which a transcript is late")}
        help_texts = {
            "are_sites_hidden_from_coders": _("Sites never appear in outputs, whatever you choose here."),
            "transcripts_late_after_days": _(
                "Counted from the interview until it is checked and de-identified; the day list marks it."
            ),
        }


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Site
        fields = ["name"]
        labels = {"name": _("Name of the site")}


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ParticipantGroup
        fields = ["name", "stem", "target"]
        labels = {"name": _("Name of the group")}
        help_texts = {"stem": _("“Hub client” gives “Hub client 01”, “Hub client 02” and so on.")}


class RoleBoxes(forms.CheckboxSelectMultiple):
    """Boxes for the roles, each with a `note` on what it may see and do."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **kwargs), "note": ROLE_NOTES[Role(value)]}


class RolesForm(forms.Form):
    """What a member may do, and for a recruiter where."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=RoleBoxes)
    site = forms.ModelChoiceField(
        label=_("Site"),
        queryset=Site.objects.none(),
        required=False,
        empty_label=_("All sites"),
        help_text=_("Only for recruiters: they see the people of this site and of no other."),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = study.sites.all()  # type: ignore[attr-defined]


class InviteForm(RolesForm):
    email = forms.EmailField(label=Invitation._meta.get_field("email").verbose_name.capitalize())
    name = forms.CharField(label=_("Name"), max_length=200)

    field_order = ["name", "email", "roles", "site"]


class NewPersonForm(forms.Form):
    """An invited person's name and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Your team sees it beside what you do."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least twelve characters; a sentence of your own is easiest to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
