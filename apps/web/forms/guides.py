from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.codebooks.models import Code
from apps.participants.actions import Noted, Question
from apps.participants.engine.guides import Line, read, write
from apps.participants.models import GuideReview, Interview, TopicGuide
from apps.studies.models import ParticipantGroup, Study

_DAY = {"type": "date"}


class GuideForm(forms.Form):
    """A version of a topic guide, typed as text: what a question asks about stands in brackets at its end."""

    used_from = forms.DateField(
        label=_("Used from"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d")
    )
    questions = forms.CharField(
        label=_("Questions"),
        widget=forms.Textarea({"rows": 14}),
        max_length=20000,
        help_text=_(
            "One on each line. What it asks about stands in brackets at its end, by the labels of the "
            "codebook: “How did you hear of it? [c1, c2]”."
        ),
    )
    note = forms.CharField(
        label=_("What changed, and why"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, codes: list[Code], begin: TopicGuide | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = {code.label: code for code in codes}
        if begin:
            self.initial = {"used_from": begin.used_from, "note": begin.note, "questions": self._typed(begin)}

    def clean_questions(self) -> list[Question]:
        lines = read(self.cleaned_data["questions"])
        unknown = [label for line in lines for label in line.labels if label not in self.codes]
        if unknown:
            raise forms.ValidationError(
                _now("The codebook has no code “%(label)s”."), params={"label": unknown[0]}
            )
        return [
            Question(line.text, tuple(self.codes[label].lineage for label in line.labels)) for line in lines
        ]

    def _typed(self, guide: TopicGuide) -> str:
        labels = {code.lineage: label for label, code in self.codes.items()}
        return write(
            Line(each.text, tuple(labels[idea] for idea in each.constructs if idea in labels))
            for each in guide.questions.all()
        )


class NewGuideForm(GuideForm):
    group = forms.ModelChoiceField(ParticipantGroup.objects.none(), label=_("Group"), empty_label=_("Choose"))
    field_order = ("group", "used_from", "questions", "note")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = GuideReview
        fields = ["reviewed_on", "reviewers", "note", "changed"]
        widgets = {
            "reviewed_on": forms.DateInput(_DAY, "%Y-%m-%d"),
            "note": forms.Textarea({"rows": 3}),
            "changed": forms.Textarea({"rows": 3}),
        }


class NotedForm(forms.ModelForm):  # type: ignore[type-arg]
    """How an interview was held."""

    class Meta:
        model = Interview
        fields = ["topic_guide", "place", "recording_device", "transcriber", "notes", "incidents"]
        widgets = {"notes": forms.Textarea({"rows": 4}), "incidents": forms.Textarea({"rows": 2})}
        help_texts = {
            "notes": _("What you saw and thought; nothing that names the person."),
            "incidents": _("Distress, interruptions, a recorder that failed."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guides = TopicGuide.objects.filter(group=self.instance.participant.group_id).select_related("group")
        self.fields["topic_guide"].queryset = guides  # type: ignore[attr-defined]
        self.fields["topic_guide"].empty_label = _("Not known")  # type: ignore[attr-defined]

    @property
    def noted(self) -> Noted:
        return Noted(**self.cleaned_data)
