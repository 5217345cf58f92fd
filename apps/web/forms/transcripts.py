from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.participants.models import Interview
from apps.studies.models import ParticipantGroup, Study
from apps.transcripts.actions import Roles
from apps.transcripts.engine.drafts import Draft
from apps.transcripts.engine.limits import MAX_CHARACTERS
from apps.transcripts.models import Turn
from apps.transcripts.queries import NOT_READY, READY, Targets, Unlabelled, interviews_without

NOT_A_SPEAKER = ("not_a_speaker", _("Not a speaker"))
LEFT_OUT = ("not_a_speaker", _("Leave it out"))


class FilterForm(forms.Form):
    """Narrows the list of transcripts; who sees only ready ones is not asked about that."""

    name = forms.CharField(label=_("Pseudonym"), required=False, max_length=80)
    group = forms.ModelChoiceField(
        ParticipantGroup.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), (READY, _("Ready")), (NOT_READY, _("To be checked"))],
    )

    def __init__(self, *args: Any, study: Study, has_states: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
        if not has_states:
            del self.fields["state"]


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none: each is judged by itself when it is read, an empty one too."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        return [file for file in data or [] if file]


class _TurnsForm(forms.Form):
    do_speakers_alternate = forms.BooleanField(
        label=_("Where no speakers are named, two people speak in turn"),
        required=False,
        help_text=_("The interviewer first; each paragraph is one turn."),
    )


class UploadForm(_TurnsForm):
    file = FilesField(label=_("Files"), required=False)

    field_order = ["file", "do_speakers_alternate"]


class PasteForm(_TurnsForm):
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Each turn begins with who speaks and a colon, such as “Interviewer:”."),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("For finding it in the list of uploads, such as the pseudonym."),
    )

    field_order = ["text", "name", "do_speakers_alternate"]


class SpeakersForm(forms.Form):
    """For each label who it is, and what to write instead of it."""

    def __init__(self, *args: Any, draft: Draft, unlabelled: Unlabelled | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = draft.labels
        for place, label in enumerate(draft.labels):
            self.fields[f"role-{place}"] = forms.ChoiceField(
                label=_("Role"), choices=[*Turn.Role.choices, NOT_A_SPEAKER], initial=label.role
            )
            self.fields[f"speaker-{place}"] = forms.CharField(
                label=_("Name in the transcript"), required=False, max_length=120
            )
        if unlabelled:
            self.fields["unlabelled"] = forms.ChoiceField(
                label=_("Role"), choices=[*Turn.Role.choices, LEFT_OUT], initial=Turn.Role.OTHER
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Each label of the draft with its two fields."""
        return [
            (label, self[f"role-{place}"], self[f"speaker-{place}"])
            for place, label in enumerate(self.labels)
        ]

    @property
    def roles(self) -> Roles:
        """What the actions take."""
        given = self.cleaned_data
        roles: dict[str | None, Any] = {
            label.name: given[f"role-{place}"] for place, label in enumerate(self.labels)
        }
        return roles | {None: given.get("unlabelled", Turn.Role.OTHER.value)}

    @property
    def speakers(self) -> dict[str, str]:
        """Only the labels that get another name."""
        named = {label.name: self.cleaned_data[f"speaker-{at}"] for at, label in enumerate(self.labels)}
        return {label: name for label, name in named.items() if name}


class TargetForm(forms.Form):
    """Whose interview an upload is; a first letter in the value says which kind of row it names."""

    target = forms.ChoiceField(label=_("Interview"))
    held_on = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=Interview.Mode.choices, required=False)
    is_excerpt = forms.BooleanField(
        label=_("This is an excerpt"),
        required=False,
        help_text=_("Only a part of the interview was transcribed; lists and outputs say so."),
    )

    def __init__(self, *args: Any, targets: Targets, suggested: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["target"] = suggested
        self._rows = {value: row for _group, rows in _choices(targets) for value, row, _words in rows}
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *(
                (group, [(value, words) for value, _row, words in rows])
                for group, rows in _choices(targets)
                if rows
            ),
        ]

    @property
    def chosen(self) -> Any:
        """An interview, a person without one, or a transcript to correct."""
        return self._rows[self.cleaned_data["target"]]

    def clean(self) -> dict[str, Any]:
        is_new = self.cleaned_data.get("target", "").startswith("person:")
        if is_new and not self.cleaned_data.get("held_on"):
            self.add_error("held_on", _("Say when the interview was held."))
        return self.cleaned_data


class ReadyForm(forms.Form):
    """The two statements; whoever ticks them answers for them."""

    is_checked = forms.BooleanField(label=_("It was checked against the recording."))
    is_deidentified = forms.BooleanField(
        label=_("It was de-identified: no names, places or other particulars that give somebody away.")
    )


class InterviewChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return _interview(obj)


class MoveForm(forms.Form):
    """Whose interview a transcript really is."""

    interview = InterviewChoice(
        Interview.objects.none(), label=_("Interview without a transcript"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interview"].queryset = interviews_without(study)  # type: ignore[attr-defined]


def suggested_target(targets: Targets, person: UUID | None, transcript: UUID | None) -> str:
    """The value of the only thing that this person's upload can become, if it is one only."""
    if transcript:
        return f"transcript:{transcript}"
    interviews = [f"interview:{each.id}" for each in targets.interviews if each.participant_id == person]
    people = [f"person:{each.id}" for each in targets.people if each.id == person]
    found = interviews + people
    return found[0] if len(found) == 1 else ""


def _choices(targets: Targets) -> Iterable[tuple[Any, list[tuple[str, Any, Any]]]]:
    yield (
        _("Interviews without a transcript"),
        [(f"interview:{each.id}", each, _interview(each)) for each in targets.interviews],
    )
    yield (
        _("People whose interview is not recorded yet"),
        [(f"person:{each.id}", each, each.pseudonym) for each in targets.people],
    )
    yield (
        _("Correct a transcript that nobody codes yet"),
        [(f"transcript:{each.id}", each, str(each)) for each in targets.transcripts],
    )


def _interview(interview: Interview) -> str:
    day = date_format(interview.held_on, "j F Y") if interview.held_on else ""
    return f"{interview.participant.pseudonym} · {day} · {interview.get_mode_display()}"
