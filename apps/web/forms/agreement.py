from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models import Round
from apps.codebooks.models import CodebookVersion
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript


class NamedPeople(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People to tick, by their names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class RoundForm(forms.Form):
    """What is coded twice, by whom, and who decides what they cannot."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Round.Kind.choices, initial=Round.Kind.MAIN)
    codebook_version = forms.ModelChoiceField(
        label=_("Codebook"),
        queryset=CodebookVersion.objects.none(),
        empty_label=None,
        help_text=_("The version is frozen as soon as the round is open."),
    )
    transcripts = forms.ModelMultipleChoiceField(
        label=_("Transcripts"),
        queryset=Transcript.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only transcripts that are ready and in no other open round."),
    )
    coders = NamedPeople(
        label=_("Coders"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each of them codes every transcript, without seeing the others."),
    )
    adjudicator = forms.ModelChoiceField(
        label=_("Adjudicator"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("Decides what the coders leave open; must not be one of them."),
    )
    rationale = forms.CharField(
        label=_("Why these transcripts"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes to wait before the release"),
        min_value=0,
        max_value=1440,
        initial=15,
        help_text=_("After the last submission; until then a coder may take a submission back."),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = study.memberships.current()
        coders = members.holding(Permission.CODING_CODE).values("user")
        deciders = members.holding(Permission.DISCREPANCIES_SETTLE).values("user")
        choices: dict[str, Any] = {
            "codebook_version": CodebookVersion.objects.filter(codebook__study=study).select_related(
                "codebook"
            ),
            "transcripts": free_transcripts(study),
            "coders": User.objects.filter(id__in=coders).order_by("name"),
            "adjudicator": User.objects.filter(id__in=deciders).order_by("name"),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]


def free_transcripts(study: Study) -> Any:
    """Ready transcripts that no open round holds."""
    taken = Round.objects.filter(study=study, transcripts__is_round_open=True)
    return (
        study.transcripts.ready()
        .exclude(versions__in=taken.values("transcripts__transcript_version"))
        .select_related("interview__participant")
    )
