from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import forms
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.agreement import queries
from apps.agreement.models import Decision, Discrepancy, Round
from apps.agreement.queries import Wish
from apps.codebooks.models import Code
from apps.codebooks.queries import names_to_apply

# Choices of the page that are a decision for both with something of their own.
_FOR_BOTH = {"union", "intersection", "new", "influence"}


class CodeSelect(forms.Select):
    """Written at once: a template for each of sixty codes took as long as the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        codes = tuple(each for each in self.choices)  # Asked for its length, it would ask the database.
        options = _options(codes, *self.format_value(value))
        shown = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, shown, options)


@lru_cache(maxsize=64)
def _options(codes: tuple[tuple[Any, str], ...], chosen: str) -> SafeString:
    """The same ones stand on the pages of all discrepancies of a round."""
    rows = ((id, mark_safe(" selected") if str(id) == chosen else "", said) for id, said in codes)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class CodeChoices(ModelChoiceIterator):  # type: ignore[type-arg]
    """Codes to choose from, as their names alone: nothing else of them is shown."""

    field: "CodeField"

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", str(self.field.empty_label)
        for id, label, name in names_to_apply(version=self.field.version):
            yield id, f"{label} {name}"


class CodeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A code of a version of the codebook that can be applied."""

    version: UUID
    iterator = CodeChoices
    widget = CodeSelect

    def offer(self, version: UUID) -> None:
        self.version = version
        self.queryset = Code.objects.filter(version=version, is_applicable=True)


class DecisionForm(forms.Form):
    """What should stand, and why. Nothing is preselected: that would answer for the person who judges."""

    outcome = forms.ChoiceField(
        choices=[
            *Decision.Outcome.choices,
            ("union", gettext_lazy("The union")),
            ("intersection", gettext_lazy("What both marked")),
            ("new", gettext_lazy("New boundaries")),
            ("influence", gettext_lazy("Another influence")),
        ],
        error_messages={"required": gettext_lazy("Choose what should stand.")},
    )
    extent = forms.ChoiceField(choices=Decision.Extent.choices, required=False)
    code = CodeField(label=gettext_lazy("Another code"), queryset=Code.objects.none(), required=False)
    words = forms.CharField(
        label=gettext_lazy("New passage"),
        help_text=gettext_lazy("Select it in the text, or copy its exact words here."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=20_000,
    )
    influence = forms.ChoiceField(
        label=gettext_lazy("Influence"), choices=Decision.Influence.choices, required=False
    )
    cause = forms.ChoiceField(choices=[("", ""), *Decision.Cause.choices], required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed only where nothing stands, or where the codebook must change."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )

    def __init__(
        self, *args: Any, discrepancy: Discrepancy, round: Round, is_turned: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.discrepancy, self.is_turned = discrepancy, is_turned
        self.fields["code"].offer(round.codebook_version_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._needs_words(cleaned):
            self._find(cleaned)
        if cleaned.get("outcome") == "influence" and not cleaned.get("influence"):
            self.add_error("influence", _("Say which influence stands."))
        return cleaned

    def wish(self) -> Wish:
        """What was chosen, in the words of the actions and with the sides as they are stored."""
        chosen = self.cleaned_data
        outcome, extent = chosen["outcome"], chosen["extent"]
        if outcome in _FOR_BOTH:
            extent = "" if outcome == "influence" else outcome
            outcome = self._all_that_is_there()
        outcome = queries.as_stored(outcome, is_turned=self.is_turned)
        is_nothing = outcome in {Decision.Outcome.NEITHER, Decision.Outcome.CODEBOOK}
        return Wish(
            outcome=Decision.Outcome(outcome),
            extent="" if is_nothing else extent,
            code=chosen["code"] if outcome == Decision.Outcome.ANOTHER else None,
            start=chosen.get("start"),
            end=chosen.get("end"),
            influence="" if is_nothing else chosen["influence"],
            cause=chosen["cause"],
            reason=chosen["reason"],
        )

    def _all_that_is_there(self) -> str:
        """Both sides, or the only one that has coded something; as the page names it."""
        if self.discrepancy.first_codings and self.discrepancy.second_codings:
            return "both"
        side = "first" if self.discrepancy.first_codings else "second"
        return queries.as_stored(side, is_turned=self.is_turned)

    def _needs_words(self, cleaned: dict[str, Any]) -> bool:
        is_nothing = cleaned.get("outcome") in {"neither", "codebook"}
        return not is_nothing and "new" in {cleaned.get("outcome"), cleaned.get("extent")}

    def _find(self, cleaned: dict[str, Any]) -> None:
        found = queries.find_words(discrepancy=self.discrepancy, words=cleaned.get("words", ""))
        if len(found) == 1:
            cleaned["start"], cleaned["end"] = found[0]
        elif found:
            self.add_error("words", _("These words stand here more than once: take a few more."))
        else:
            self.add_error("words", _("These words do not stand in this passage."))


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Write to the other"),
        help_text=gettext_lazy("Use @ and a name to bring in somebody else."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=4000,
    )


class UniteForm(forms.Form):
    """Up to how many words a boundary difference is small enough to be settled by the union."""

    words = forms.IntegerField(label=gettext_lazy("Fewer words than"), min_value=1, max_value=200, initial=5)
