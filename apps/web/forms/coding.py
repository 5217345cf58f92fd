from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import Code, CodebookVersion
from apps.codebooks.queries import Redefined, code_of
from apps.coding import queries
from apps.coding.models import Coding, CodingAssignment, SecondLook
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class NamedPerson(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person to choose, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class AssignForm(forms.Form):
    """Which transcripts one coder is to code, and with which codebook."""

    coder = NamedPerson(
        label=_("Coder"), queryset=User.objects.none(), empty_label=_("Choose a coder"), required=True
    )
    codebook_version = forms.ModelChoiceField(
        label=_("Codebook"),
        queryset=CodebookVersion.objects.none(),
        empty_label=None,
        help_text=_("The version is frozen as soon as somebody codes with it."),
    )
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    transcripts = forms.ModelMultipleChoiceField(
        label=_("Transcripts"),
        queryset=TranscriptVersion.objects.none(),
        error_messages={"required": _("Choose at least one transcript.")},
    )
    knows_of_ties = forms.BooleanField(label=_("Assign it all the same"), required=False)

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study
        coders = study.memberships.current().holding(Permission.CODING_CODE).values("user")
        versions = CodebookVersion.objects.filter(codebook__study=study).select_related("codebook")
        choices: dict[str, Any] = {
            "coder": User.objects.filter(id__in=coders).order_by("name"),
            "codebook_version": versions.order_by("-created_at"),
            "transcripts": queries.assignable(study=study),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A tie that warns must be known to whoever assigns; one that blocks is refused by the act itself."""
        given = super().clean() or self.cleaned_data
        if "coder" in given and "transcripts" in given and not given["knows_of_ties"]:
            named = queries.ties_that_warn(
                study=self.study, coder=given["coder"], versions=given["transcripts"]
            )
            if named:
                told = _("%(coder)s has a tie (%(ties)s). Tick the box to assign it all the same.")
                facts = {"coder": given["coder"].name, "ties": "; ".join(named)}
                self.add_error("knows_of_ties", forms.ValidationError(told, params=facts))
        return given


class CodingForm(forms.Form):
    """A passage and its code, as the coding page sends it."""

    client_id = forms.UUIDField()
    code = forms.UUIDField()
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    influence = forms.ChoiceField(choices=Coding.Influence.choices, required=False)
    transcript_version = forms.UUIDField(required=False)

    def __init__(self, *args: Any, assignment: CodingAssignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codebook_version = assignment.codebook_version_id

    def clean_code(self) -> Code:
        code = code_of(version=self.codebook_version, code=self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(_("This code is not in the codebook."))
        return code


class _Shared(dict[str, forms.Field]):
    """Fields that no form of a class changes: to copy them for each takes as long as to read a message."""

    def __deepcopy__(self, memo: object) -> "_Shared":
        return self


CodingForm.base_fields = _Shared(CodingForm.base_fields)


class MessageForm(forms.Form):
    """A message of the page; sent again, it changes nothing."""

    client_id = forms.UUIDField(required=False)


class ChangeForm(MessageForm):
    """Influence and "discuss" of a coding, and the version of it that the page had read."""

    influence = forms.ChoiceField(choices=Coding.Influence.choices, required=False)
    is_to_discuss = forms.BooleanField(required=False)
    version = forms.IntegerField(required=False)


class EdgesForm(MessageForm):
    """Where a coding begins and ends, and the version of it that the page had read."""

    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    transcript_version = forms.UUIDField(required=False)
    version = forms.IntegerField(required=False)


class TurnForm(MessageForm):
    """Undo or redo; `of` is the gesture that the page takes for the last one."""

    of = forms.UUIDField(required=False)


class MemoForm(MessageForm):
    """A memo and the version of it that the page had read; 0 where there was none."""

    text = forms.CharField(required=False, strip=False, max_length=20_000)
    version = forms.IntegerField(min_value=0)


class PlaceForm(forms.Form):
    """Where the caret stands, and which stretch of the text is on the screen."""

    position = forms.IntegerField(min_value=0)
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=0)
    transcript_version = forms.UUIDField(required=False)


class PinForm(forms.Form):
    """A code of the assignment's codebook, and whether it is to be at hand."""

    code = forms.ModelChoiceField(queryset=Code.objects.none())
    is_pinned = forms.BooleanField(required=False)

    def __init__(self, *args: Any, assignment: CodingAssignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Code.objects.filter(version=assignment.codebook_version_id, is_applicable=True)
        self.fields["code"].queryset = codes.select_related("version__codebook")  # type: ignore[attr-defined]


class SecondLookForm(forms.Form):
    """What is found when a coding is looked at again; a retired code can only be replaced or let go."""

    outcome = forms.ChoiceField(label=_("What is found"), choices=SecondLook.Outcome.choices)
    code = forms.ModelChoiceField(
        label=_("Another code"), queryset=Code.objects.none(), required=False, empty_label="–"
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(
        self, *args: Any, version: CodebookVersion, before: Redefined | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        codes = version.codes.filter(is_applicable=True).order_by("hue", "label")
        if before is not None:
            codes = codes.exclude(lineage=before.before.lineage)
        self.fields["code"].queryset = codes  # type: ignore[attr-defined]
        self.fields["code"].label_from_instance = lambda code: f"{code.label} {code.name}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "outcome" in given:
            given["outcome"] = SecondLook.Outcome(given["outcome"])
            if given["outcome"] != SecondLook.Outcome.ANOTHER:
                given["code"] = None
        return given
