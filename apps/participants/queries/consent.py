"""What people have consented to, and what follows for whatever somebody wants to do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from apps.core.refusal import Remark, gettext_noop
from apps.participants.engine.consent import NOT_RECORDED, YES, Given, Verdict, standing, verdict
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    Participant,
)
from apps.studies.models import Membership, Study

_SENTENCES = {
    "no": gettext_noop("%(pseudonym)s has said no to: %(scope)s."),
    "withdrawn": gettext_noop("%(pseudonym)s has withdrawn consent to: %(scope)s."),
    "not_recorded": gettext_noop("It is not recorded whether %(pseudonym)s has consented to: %(scope)s."),
}


@dataclass(frozen=True)
class Standing:
    """The answer of one person about one scope, and what it permits."""

    participant: Participant
    scope: str
    answer: str

    @property
    def scope_name(self) -> str:
        return str(ConsentScope(self.scope).label)

    @property
    def answer_name(self) -> str:
        return str(ConsentAnswer.Answer(self.answer).label)

    @property
    def verdict(self) -> Verdict:
        return verdict(self.answer, self.scope)

    @property
    def is_blocked(self) -> bool:
        return self.verdict is Verdict.BLOCK

    @property
    def remark(self) -> Remark | None:
        """The sentence to show where it bites; None where there is consent."""
        if self.answer not in _SENTENCES:
            return None
        facts: dict[str, str | int] = {
            "pseudonym": self.participant.pseudonym,
            "scope": str(ConsentScope(self.scope).label).lower(),
        }
        return Remark("ConsentForbids", _SENTENCES[self.answer], facts)


@dataclass(frozen=True)
class Row:
    """A line of the grid in which consents are recorded: a person, and the answer to each clause.

    Without a person it is the form itself.
    """

    participant: Participant | None
    consent: Consent | None
    answers: tuple[tuple[ConsentClause, ConsentAnswer | None], ...]


def consent_of(people: Iterable[Participant], scope: str) -> dict[UUID, Standing]:
    """Participant -> where they stand on one scope, in one query for all of them."""
    people = list(people)
    given = _given(people)
    return {person.id: Standing(person, scope, _answer(given[person.id], scope)) for person in people}


def asks_about(study: Study, scope: str) -> bool:
    """Whether any version of the study's consent form asks it: a study may keep its consents elsewhere."""
    return ConsentClause.objects.filter(version__study=study, scope=scope).exists()


def wish_to_check(study: Study, people: Iterable[Participant]) -> frozenset[UUID]:
    """Who is to see their words before they are quoted: whoever wished it, or of whom it is not recorded."""
    if not asks_about(study, ConsentScope.QUOTATION_AFTER_CHECK):
        return frozenset()
    standings = consent_of(people, ConsentScope.QUOTATION_AFTER_CHECK)
    return frozenset(key for key, each in standings.items() if each.answer in (YES, NOT_RECORDED))


def rows(version: ConsentVersion, people: Collection[Participant]) -> list[Row]:
    """The grid of one version, in the order of the people; three queries, however many there are."""
    clauses = list(version.clauses.all())
    consents = {
        each.participant_id: each
        for each in version.consents.filter(participant__in=people).prefetch_related("answers")
    }
    return [_row(person, consents.get(person.id), clauses) for person in people]


def empty_row(version: ConsentVersion) -> Row:
    """The clauses of a version as nobody has answered them yet."""
    return Row(None, None, tuple((clause, None) for clause in version.clauses.all()))


def versions(membership: Membership) -> QuerySet[ConsentVersion]:
    """The study's forms, the latest first, with `asked` clauses and `answered` people whom one may see."""
    seen = Participant.objects.visible_to(membership)
    return (
        ConsentVersion.objects.filter(study=membership.study_id)
        .annotate(
            asked=Count("clauses", distinct=True),
            answered=Count("consents", filter=Q(consents__participant__in=seen), distinct=True),
            # Said again: Django drops the order of a model where something is counted.
        )
        .order_by(F("used_from").desc(nulls_last=True), "-created_at")
    )


def without_consent(
    membership: Membership, version: ConsentVersion, *, after: Participant
) -> Participant | None:
    """The next person, in the order of pseudonyms, of whom nothing is recorded for a version."""
    waiting = Participant.objects.visible_to(membership).exclude(consents__version=version)
    following = Q(group__position__gt=after.group.position) | Q(group=after.group, number__gt=after.number)
    return waiting.filter(following).first()


def standings(participant: Participant) -> list[Standing]:
    """Where one person stands on everything that the study's forms ask, in the order of the scopes."""
    clauses = ConsentClause.objects.filter(version__study=participant.study_id)
    asked = set(clauses.values_list("scope", flat=True))
    given = _given([participant])[participant.id]
    return [
        Standing(participant, scope, _answer(given, scope))
        for scope in ConsentScope
        if scope in asked and scope != ConsentScope.OTHER
    ]


def _row(person: Participant, consent: Consent | None, clauses: list[ConsentClause]) -> Row:
    answers = {each.clause_id: each for each in consent.answers.all()} if consent else {}
    return Row(person, consent, tuple((clause, answers.get(clause.id)) for clause in clauses))


def _answer(given: list[Given], scope: str) -> str:
    found = standing(given).get(scope)
    return found.answer if found else NOT_RECORDED


def _given(people: list[Participant]) -> dict[UUID, list[Given]]:
    """Participant -> everything that they have answered, older forms first."""
    given: dict[UUID, list[Given]] = {person.id: [] for person in people}
    answers = ConsentAnswer.objects.filter(consent__participant__in=people).order_by(
        F("consent__version__used_from").asc(nulls_first=True), "consent__created_at"
    )
    for order, answer in enumerate(answers.select_related("consent", "clause")):
        given[answer.consent.participant_id].append(
            Given(answer.clause.scope, answer.answer, answer.answered_on, order)
        )
    return given
