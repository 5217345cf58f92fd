"""The plan of a round, and what is said when something comes between."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Round, RoundTranscript
from apps.agreement.models.rounds import default_levels
from apps.codebooks.models import Code, CodebookVersion
from apps.participants.models import Rule
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript, TranscriptVersion
from apps.web.forms.agreement import NamedPeople, free_transcripts
from apps.web.forms.own_numbers import WithOwnNumbers


class Numbers(forms.CharField):
    """Numbers between 0 and 1, set apart by blanks: 0.667 0.8."""

    def clean(self, value: Any) -> list[float]:
        words = str(super().clean(value) or "").replace(",", ".").replace(";", " ").split()
        try:
            numbers = sorted({float(word) for word in words})
        except ValueError:
            raise forms.ValidationError(_now("Write numbers such as 0.667 0.800.")) from None
        if any(not 0 < number <= 1 for number in numbers):
            raise forms.ValidationError(_now("A threshold lies above 0 and not above 1."))
        return numbers


class Batches(forms.CharField):
    """One a line, such as "First week: 6"; the last one needs no number."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[tuple[str, int | None]]:
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        return [self._read(line, is_last=line is lines[-1]) for line in lines]

    def _read(self, line: str, *, is_last: bool) -> tuple[str, int | None]:
        name, _colon, number = (part.strip() for part in line.rpartition(":"))
        if name and number.isdecimal() and len(name) <= 80:
            return name, int(number)
        if is_last and len(line) <= 80:
            return line, None
        raise forms.ValidationError(
            _now("Write a name, a colon and a number of transcripts on each line, such as First week: 6.")
        )


class PlanForm(WithOwnNumbers):
    """Everything that is decided before a round is drawn."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Round.Kind.choices,
        help_text=_("A calibration is picked by hand and never stands among the reported figures."),
    )
    codebook_version = forms.ModelChoiceField(
        label=_("Codebook"),
        queryset=CodebookVersion.objects.none(),
        empty_label=None,
        help_text=_("The version is frozen as soon as the round is drawn."),
    )
    coders = NamedPeople(label=_("Coders"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple)
    coders_per_transcript = forms.IntegerField(
        label=_("Coders for each transcript"),
        min_value=2,
        max_value=8,
        help_text=_("Where there are more coders, transcripts are shared out evenly and pairs take turns."),
    )
    adjudicator = forms.ModelChoiceField(
        label=_("Adjudicator"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("Decides what the coders leave open; must not be one of them."),
    )
    if_interviewed = forms.ChoiceField(
        label=_("Coders who held the interview themselves"),
        choices=Rule.choices,
        help_text=_("It is recorded, and agreement can be shown with and without these transcripts."),
    )
    strata = forms.MultipleChoiceField(
        label=_("Draw from each"),
        choices=Round.Stratum.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    at_least = forms.IntegerField(label=_("At least so many transcripts"), min_value=0, max_value=1000)
    percent = forms.IntegerField(
        label=_("Or this share of all interviews, in %"),
        min_value=0,
        max_value=100,
        help_text=_("The larger of the two is drawn."),
    )
    per_group = forms.IntegerField(label=_("At least from each group"), min_value=0, max_value=100)
    per_site = forms.IntegerField(label=_("At least from each site"), min_value=0, max_value=100)
    per_interviewer = forms.IntegerField(
        label=_("At least from each interviewer"), min_value=0, max_value=100
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**53,
        help_text=_("The same seed draws the same transcripts, so that anybody can check it."),
    )
    picked = forms.ModelMultipleChoiceField(
        label=_("Picked by hand"),
        queryset=Transcript.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("In the round whatever the draw says; the round page states it."),
    )
    rationale = forms.CharField(
        label=_("Why these transcripts"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    tolerance = forms.FloatField(label=_("Tolerance"), min_value=0, max_value=1000)
    tolerance_unit = forms.ChoiceField(
        label=_("Tolerance counts"),
        choices=Round.ToleranceUnit.choices,
        help_text=_(
            "Two codings of one code agree if they have at least this share in common, "
            "or if their ends lie at most so far apart."
        ),
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels"), choices=Round.Level.choices, widget=forms.CheckboxSelectMultiple
    )
    thresholds = Numbers(
        label=_("Thresholds"),
        required=False,
        help_text=_("Such as 0.667 0.800. Set now or never: a line drawn after the figures says nothing."),
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes to wait before the release"),
        min_value=0,
        max_value=1440,
        help_text=_("After the last submission; until then a coder may take a submission back."),
    )
    batches = Batches(
        label=_("Release in batches"),
        required=False,
        help_text=_(
            "Empty: the whole round is released at once. Or one batch a line with its number of transcripts, "
            "filled in the order of the draw, such as First week: 6. The last one takes the rest. Each is "
            "released by itself; the others stay blind."
        ),
    )
    has_sealed_proposals = forms.BooleanField(
        label=_("Proposals are sealed until both coders have made theirs"), required=False
    )
    has_unnamed_sides = forms.BooleanField(
        label=_("The adjudicator sees the two codings unnamed and in random order"),
        required=False,
        help_text=_("Until the close, wherever a discrepancy is shown. The report names the coders."),
    )
    has_coefficients = forms.BooleanField(label=_("Compute coefficients of agreement"), required=False)

    SECTIONS = (
        (
            "who",
            _("Who codes what"),
            "kind codebook_version coders coders_per_transcript adjudicator if_interviewed",
        ),
        (
            "draw",
            _("The draw"),
            "strata at_least percent per_group per_site per_interviewer seed picked rationale",
        ),
        (
            "count",
            _("What counts as agreement"),
            "tolerance tolerance_unit levels thresholds has_coefficients",
        ),
        ("after", _("Release and decisions"), "hold_minutes batches has_sealed_proposals has_unnamed_sides"),
    )

    def __init__(self, *args: Any, study: Study, round: Round | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(study, round)
        members = study.memberships.current()
        coders = members.holding(Permission.CODING_CODE).values("user")
        deciders = members.holding(Permission.DISCREPANCIES_SETTLE).values("user")
        versions = CodebookVersion.objects.filter(codebook__study=study).select_related("codebook")
        free = free_transcripts(study)
        if round is not None:
            own = Transcript.objects.filter(versions__in=round.transcripts.values("transcript_version"))
            ids = [*free.values_list("id", flat=True), *own.values_list("id", flat=True)]
            free = Transcript.objects.filter(id__in=ids).select_related("interview__participant")
        choices: dict[str, Any] = {
            "codebook_version": versions,
            "coders": User.objects.filter(id__in=coders).order_by("name"),
            "adjudicator": User.objects.filter(id__in=deciders).order_by("name"),
            "picked": free,
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        self.add_own_numbers(queries.parts(study=study), round)

    @property
    def sections(self) -> list[tuple[str, Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(key, title, [self[name] for name in names.split()]) for key, title, names in self.SECTIONS]

    @property
    def plan(self) -> actions.Plan:
        values = dict(self.cleaned_data)
        values.pop("picked")
        values["kind"] = Round.Kind(values["kind"])
        values["share"] = values.pop("percent") / 100
        values["coders"] = list(values["coders"])
        values["own_numbers"] = self.take_own_numbers(values)
        return actions.Plan(**values)

    @property
    def versions_picked(self) -> list[TranscriptVersion]:
        newest = TranscriptVersion.objects.newest().filter(transcript__in=self.cleaned_data["picked"])
        return list(newest.select_related("transcript__interview__participant"))


def _initial(study: Study, round: Round | None) -> dict[str, Any]:
    """The plan as it stands, or the defaults of the field."""
    if round is None:
        defaults = Round(levels=default_levels(), strata=list(Round.Stratum.values))
        newest = study.rounds.order_by("-number").first()
        return {**_values(defaults), "seed": 1 + (newest.seed if newest else 0)}
    coders = round.coders.values_list("coder", flat=True)
    picked = Transcript.objects.filter(versions__in=round.transcripts.values("transcript_version"))
    people = {"codebook_version": round.codebook_version_id, "adjudicator": round.adjudicator_id}
    return {**_values(round), **people, "coders": list(coders), "picked": [each.id for each in picked]}


def _values(round: Round) -> dict[str, Any]:
    names = (
        "kind coders_per_transcript if_interviewed strata at_least per_group per_site per_interviewer seed "
        "rationale tolerance tolerance_unit levels hold_minutes has_sealed_proposals has_unnamed_sides "
        "has_coefficients"
    )
    values = {name: getattr(round, name) for name in names.split()}
    thresholds = " ".join(f"{number:g}" for number in round.thresholds)
    named = round.batches.exclude(name="") if round.number else ()
    values["batches"] = "\n".join(f"{each.name}: {each.size}" if each.size else each.name for each in named)
    return {**values, "percent": int(round.share * 100 + 0.5), "thresholds": thresholds}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("It stands in the audit trail of the round."),
    )


class ReopenForm(ReasonForm):
    """Which of the transcript's coders goes over it once more."""

    coder = forms.ModelChoiceField(label=_("Coder"), queryset=User.objects.none(), empty_label=None)
    field_order = ("coder", "reason")

    def __init__(self, *args: Any, member: RoundTranscript, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coders = member.assignments.filter(assignment__voided_at=None).values("assignment__coder")
        self.fields["coder"].queryset = User.objects.filter(id__in=coders).order_by("name")  # type: ignore[attr-defined]
        self.fields["coder"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]


class ReplaceForm(forms.Form):
    leaving = forms.ModelChoiceField(label=_("Who leaves"), queryset=User.objects.none(), empty_label=None)
    instead = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The other coders of the round, evenly"),
        help_text=_("Name somebody where nobody else of the round may take over a transcript."),
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coding = round.coders.filter(left_at=None).values("coder")
        able = round.study.memberships.current().holding(Permission.CODING_CODE).values("user")
        others = User.objects.filter(id__in=able).exclude(Q(id=round.adjudicator_id)).order_by("name")
        self.fields["leaving"].queryset = User.objects.filter(id__in=coding)  # type: ignore[attr-defined]
        self.fields["instead"].queryset = others  # type: ignore[attr-defined]
        for name in ("leaving", "instead"):
            self.fields[name].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]


class AdjudicatorForm(forms.Form):
    instead = forms.ModelChoiceField(
        label=_("Who decides from now on"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = round.study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE).values("user")
        others = User.objects.filter(id__in=able).exclude(id=round.adjudicator_id)
        others = others.exclude(id__in=round.coders.values("coder")).order_by("name")
        self.fields["instead"].queryset = others  # type: ignore[attr-defined]
        self.fields["instead"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]


class RulingForm(forms.Form):
    code = forms.ModelChoiceField(label=_("Code"), queryset=Code.objects.none())
    text = forms.CharField(
        label=_("Ruling"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("How the definition is to be read. What changes its scope waits for the next version."),
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = round.codebook_version.codes.order_by("label")
        self.fields["code"].queryset = codes  # type: ignore[attr-defined]
        self.fields["code"].label_from_instance = lambda code: f"{code.label} {code.name}"  # type: ignore[attr-defined]
