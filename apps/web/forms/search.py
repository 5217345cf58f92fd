from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.compiled import Compiled
from apps.studies.models import Membership, ParticipantGroup, Site
from apps.studies.permissions import Permission
from apps.transcripts.models import Turn

MOST_ASKED = 200

_groups = Compiled(
    lambda study: ParticipantGroup.objects.filter(study=study).values_list("id", "name"), study=UUID
)
_sites = Compiled(lambda study: Site.objects.filter(study=study).values_list("id", "name"), study=UUID)


class FindForm(forms.Form):
    """What to look for, and where; sites only for those who may know them."""

    find = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=MOST_ASKED,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    group = forms.ModelChoiceField(
        ParticipantGroup.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    site = forms.ModelChoiceField(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    role = forms.ChoiceField(
        label=_("Said by"), required=False, choices=[("", _("Anybody")), *Turn.Role.choices]
    )
    name = forms.CharField(label=_("Pseudonym"), required=False, max_length=80)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        study = membership.study
        if study.are_sites_hidden_from_coders and not membership.may(Permission.PARTICIPANTS_VIEW):
            del self.fields["site"]
        for name, rows, named in (("group", study.groups, _groups), ("site", study.sites, _sites)):
            if name in self.fields:
                field = cast("forms.ModelChoiceField[Any]", self.fields[name])
                field.queryset = rows.all()
                field.choices = [("", field.empty_label), *named(study=study.id)]

    @property
    def filters(self) -> dict[str, Any]:
        """What narrows the search, without the words."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "find"}
        return {name: getattr(value, "pk", value) for name, value in given.items() if value}


class PassageForm(forms.Form):
    """A passage of a text, in the address of the page that shows it."""

    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)


class PassageOfTextForm(PassageForm):
    """The same with the text that it is of, where that may not be the newest one."""

    version = forms.UUIDField(required=False)
