from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.transcripts.engine.limits import MAX_CHARACTERS
from apps.transcripts.queries import Spoken


class CorrectionForm(forms.Form):
    """Other words for the turns that were chosen, and for no more of them."""

    version = forms.UUIDField(widget=forms.HiddenInput)
    hides_somebody = forms.BooleanField(
        label=_("This takes out something that gives somebody away"),
        required=False,
        help_text=_(
            "The words that are taken out are then blacked out in the earlier versions too, for everybody "
            "and for good. Files of codings that were made before and hold this transcript are taken away."
        ),
    )

    def __init__(self, *args: Any, turns: list[Spoken], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turns = turns
        for turn in turns:
            self.fields[f"turn-{turn.number}"] = forms.CharField(
                label=f"{turn.number} · {turn.speaker or '–'}",
                initial=turn.words,
                strip=False,
                max_length=MAX_CHARACTERS,
                widget=forms.Textarea(attrs={"rows": min(12, 2 + len(turn.words) // 70), "dir": "auto"}),
            )
        self.order_fields([*(f"turn-{turn.number}" for turn in turns), "hides_somebody"])

    @property
    def words(self) -> dict[int, str]:
        """By position of the turn, as the actions take them."""
        return {turn.number - 1: self.cleaned_data[f"turn-{turn.number}"] for turn in self.turns}
