from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.agreement.models import CodebookChange
from apps.codebooks.models import Code, Codebook
from apps.codebooks.queries import Node, flat

_LONG = {"rows": 3}


class Lines(forms.CharField):
    """Several short texts, one on each line."""

    widget = forms.Textarea

    def __init__(self, *, longest: int = 120, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in str(value or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        for line in value:
            if len(line) > self.longest:
                message = _("“%(begin)s…” is longer than %(limit)s characters.")
                raise forms.ValidationError(message, params={"begin": line[:30], "limit": self.longest})

    def run_validators(self, value: Any) -> None:
        for line in value:
            super().run_validators(line)


class EmptyStartForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Codebook
        fields = ["name"]
        labels = {"name": _("Name of the codebook")}


class RenameForm(EmptyStartForm):
    """Another name for the codebook, and whether it grows; versions and codes stay."""

    class Meta(EmptyStartForm.Meta):
        fields = ["name", "takes_new_codes"]
        labels = {**EmptyStartForm.Meta.labels, "takes_new_codes": _("Coders add codes while they code")}
        help_texts = {"takes_new_codes": _("In primary coding, until the version is used for double-coding.")}


class NewVersionForm(forms.Form):
    note = forms.CharField(
        label=_("What will change, and why"),
        required=False,
        widget=forms.Textarea(attrs=_LONG),
        help_text=_("It stands above the version from now on."),
    )
    changes = forms.ModelMultipleChoiceField(
        label=_("Made because of these discrepancies"),
        queryset=CodebookChange.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, waiting: QuerySet[CodebookChange], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["changes"].queryset = waiting  # type: ignore[attr-defined]


class CodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a code."""

    aliases = Lines(
        label=_("Other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line. The picker finds the code by them too."),
    )

    class Meta:
        model = Code
        fields = ["name", "definition", "include", "exclude", "example", "aliases", "is_applicable"]
        widgets = {
            name: forms.Textarea(attrs=_LONG) for name in ("definition", "include", "exclude", "example")
        }
        help_texts = {
            "definition": _("What it means in this study."),
            "include": _("When to use it."),
            "exclude": _("When not to use it, and which code to use instead."),
            "example": _("A short invented passage."),
            "is_applicable": _("Off for a construct that only holds its subconstructs."),
        }


class NewCodeForm(CodeForm):
    """A code with its first place."""

    is_outside_framework = forms.BooleanField(
        label=_("Outside the framework"),
        required=False,
        help_text=_("For context, outcome and the like: it belongs to no construct."),
    )


class PlaceForm(forms.Form):
    """Where a code stands: under which code, and before which of those there."""

    parent = forms.ChoiceField(label=_("Under"), required=False)

    def __init__(self, *args: Any, nodes: list[Node], code: Code | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = next((flat([node]) for node in flat(nodes) if code and node.id == code.id), [])
        places = [
            (str(node.id), f"{' ' * 3 * node.depth}{node.label} {node.name}")
            for node in flat(nodes)
            if node not in own
        ]
        self.fields["parent"].choices = [("", _("Nothing: it is a construct")), *places]  # type: ignore[attr-defined]

    def clean_parent(self) -> UUID | None:
        return UUID(self.cleaned_data["parent"]) if self.cleaned_data["parent"] else None
