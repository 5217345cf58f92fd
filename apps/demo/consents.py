"""The consent form of the demonstration, and what its people have answered: nearly always yes."""

from datetime import date, timedelta

from apps.demo.keys import key
from apps.participants.actions.consent import PRESET
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    Interview,
)
from apps.studies.models import Study

LABEL = "v2, 14 May 2021"
WORDING = {
    ConsentScope.INTERVIEW: "I agree to take part in one interview.",
    ConsentScope.RECORDING: "I agree that the interview is recorded and typed.",
    ConsentScope.QUOTATION: "My words may be quoted without my name.",
    ConsentScope.QUOTATION_AFTER_CHECK: "I want to see quotations before they are printed.",
    ConsentScope.ARCHIVE: "The de-identified transcript may be kept in the university's archive.",
    ConsentScope.SHARING: "Other researchers may use it on request.",
    ConsentScope.MONITORING: "The sponsor may look at my data to check the study.",
    ConsentScope.RE_CONTACT: "I may be contacted again about this study.",
}
# Who has said no, and to what: by the place in the order of pseudonyms.
NO = {
    5: ConsentScope.SHARING,
    17: ConsentScope.ARCHIVE,
    31: ConsentScope.SHARING,
    44: ConsentScope.RE_CONTACT,
}
# Few wish to see quotations before they are printed.
SEE_FIRST = {4, 11, 25, 40}
NOT_RECORDED = {22: ConsentScope.ARCHIVE, 58: ConsentScope.MONITORING}


def make_consents(study: Study) -> None:
    """A day before each interview, on the form of that time."""
    version = ConsentVersion.objects.create(
        id=key("consent", LABEL), study=study, label=LABEL, used_from=date(2021, 5, 14)
    )
    clauses = ConsentClause.objects.bulk_create(
        ConsentClause(version=version, scope=scope, wording=WORDING[scope], position=position)
        for position, scope in enumerate(PRESET)
    )
    interviews = Interview.objects.filter(study=study).order_by("participant__pseudonym")
    consents = Consent.objects.bulk_create(
        Consent(
            participant_id=interview.participant_id,
            version=version,
            given_on=interview.held_on - timedelta(days=1) if interview.held_on else None,
            way=Consent.Way.ELECTRONIC,
        )
        for interview in interviews
    )
    ConsentAnswer.objects.bulk_create(
        ConsentAnswer(
            consent=consent,
            clause=clause,
            answer=_answer(place, clause.scope),
            answered_on=consent.given_on,
        )
        for place, consent in enumerate(consents)
        for clause in clauses
        if NOT_RECORDED.get(place) != clause.scope
    )


def _answer(place: int, scope: str) -> str:
    if scope == ConsentScope.QUOTATION_AFTER_CHECK:
        return "yes" if place in SEE_FIRST else "no"
    return "no" if NO.get(place) == scope else "yes"
