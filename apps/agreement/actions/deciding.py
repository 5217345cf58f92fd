"""What every decision has in common: the locks, the rules, the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.engine.consensus import InfluenceOpenError, Passage
from apps.agreement.models import (
    CodebookChange,
    Decision,
    Discrepancy,
    Escalation,
    Meeting,
    Resolution,
    Round,
    RoundTranscript,
    StandingPassage,
)
from apps.agreement.queries import Wish
from apps.audit.actions import record
from apps.coding.actions import NotApplicable, OutsideText
from apps.core.identity import acting_as
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.notices.models import Notice
from apps.studies.permissions import Permission

_OF_NOTHING = {Decision.Outcome.NEITHER, Decision.Outcome.CODEBOOK}
_SWAPPED = {
    Decision.Outcome.FIRST: Decision.Outcome.SECOND,
    Decision.Outcome.SECOND: Decision.Outcome.FIRST,
}


class NotOpenForDecisions(Refusal):
    template = gettext_noop("Decisions can be made and undone between the release and the close of a round.")


class AlreadySettled(Refusal):
    template = gettext_noop("%(person)s settled this already, on %(when)s: %(outcome)s.")


class TakenOut(Refusal):
    template = gettext_noop("%(transcript)s was taken out of the round: nothing is decided on it any more.")


class ReasonMissing(Refusal):
    template = gettext_noop("Say in a sentence why nothing stands, or what the codebook lacks.")


class NoSuchSide(Refusal):
    template = gettext_noop("That coder has no coding here that could be taken.")


class CodeMissing(Refusal):
    template = gettext_noop("Say which other code stands.")


class BoundariesMissing(Refusal):
    template = gettext_noop("Say where the new passage begins and ends.")


class NotHere(Refusal):
    template = gettext_noop("New boundaries must touch the passage that the coders differ about.")


class NothingShared(Refusal):
    template = gettext_noop("The two codings share no words, so nothing would stand.")


class InfluenceMissing(Refusal):
    template = gettext_noop("The coders differ in the influence too: say which one stands.")


@contextmanager
def decisions_on(round_id: UUID, *, by: User) -> Iterator[Round]:
    """The round, locked, while it is open for decisions: of two who decide at once one comes first."""
    with acting_as(by.id), transaction.atomic():
        rounds = Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator")
        round = rounds.get(id=round_id)
        if round.state not in {Round.State.CONFERRING, Round.State.ADJUDICATING}:
            raise NotOpenForDecisions
        yield round


def must_be_open(discrepancy: Discrepancy, round: Round, *, by: User) -> None:
    """Tells the one who comes second who decided what and when."""
    member = discrepancy.round_transcript
    if RoundTranscript.objects.filter(id=member.id, withdrawn_at__isnull=False).exists():
        raise TakenOut(transcript=str(member.transcript_version.transcript))
    standing = Resolution.objects.filter(discrepancy=discrepancy, undone_at=None).first()
    if standing is None:
        return
    is_by_pair = standing.decided_by_id in pair(discrepancy)
    hides_names = queries.hides_names(round=round, discrepancy=discrepancy, reader=by)
    raise AlreadySettled(
        person=gettext("The pair") if is_by_pair and hides_names else standing.decided_by.name,
        when=date_format(localtime(standing.decided_at), "j F Y, H:i"),
        outcome=queries.in_words(standing, discrepancy=discrepancy, reader=by, round=round),
    )


def pair(discrepancy: Discrepancy) -> tuple[UUID, UUID]:
    """The two coders of a discrepancy."""
    return discrepancy.first_assignment.coder_id, discrepancy.second_assignment.coder_id


def is_decider(user: User, round: Round) -> bool:
    """Whether somebody's role lets them settle alone what others differ about."""
    members = round.study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE)
    return members.filter(user=user).exists()


def checked(discrepancy: Discrepancy, wish: Wish, round: Round) -> tuple[Passage, ...]:
    """The passages that a wish leaves standing, or why it makes no sense here."""
    outcome = wish["outcome"]
    if outcome in _OF_NOTHING and not wish.get("reason", "").strip():
        raise ReasonMissing
    between = queries.sides(discrepancy)
    needed = {"first": between[:1], "second": between[1:], "both": between}.get(outcome.value, ())
    if not all(needed):
        raise NoSuchSide
    _check_code(wish, round)
    _check_boundaries(discrepancy, wish)
    try:
        passages = queries.what_would_stand(discrepancy, wish, between)
    except InfluenceOpenError:
        raise InfluenceMissing from None
    if not passages and outcome not in _OF_NOTHING:
        raise NothingShared
    return passages


def decide(
    discrepancy: Discrepancy,
    wish: Wish,
    passages: tuple[Passage, ...],
    *,
    round: Round,
    by: User,
    now: datetime,
    confirmed_by: User | None = None,
    meeting: Meeting | None = None,
    bulk: UUID | None = None,
    tie: str = "",
) -> Resolution:
    """Writes a decision, and the same one for other pairs who ask the same; a tie goes on record with it."""
    whole: dict[str, Any] = {"confirmed_by": confirmed_by, "meeting": meeting, "bulk": bulk}
    made = _write(discrepancy, wish, passages, round=round, by=by, now=now, tie=tie, **whole)
    for other_id, is_swapped in queries.asking_the_same(discrepancy):
        other = Discrepancy.objects.get(id=other_id)
        if Resolution.objects.filter(discrepancy=other, undone_at=None).exists():
            continue
        own = Wish(**wish)
        if is_swapped:
            own["outcome"] = _SWAPPED.get(wish["outcome"], wish["outcome"])
        theirs = _between(other, own)
        if theirs is not None:
            _write(other, own, theirs, round=round, by=by, now=now, tie=tie, settled_with=made, **whole)
    move_on(round, now=now)
    return made


def _between(other: Discrepancy, wish: Wish) -> tuple[Passage, ...] | None:
    """What the decision of one pair would leave standing between another; None where they must say more."""
    try:
        passages = queries.what_would_stand(other, wish)
    except InfluenceOpenError:
        return None
    return passages if passages or wish["outcome"] in _OF_NOTHING else None


def move_on(round: Round, *, now: datetime) -> None:
    """What is open goes to the adjudicator once the pairs have nothing left to confer about."""
    if round.state != Round.State.CONFERRING:
        return
    left = queries.still_open(Discrepancy.objects.filter(agreement_run=queries.latest_run(round=round)))
    escalated = Escalation.objects.filter(withdrawn_at=None).values("discrepancy")
    if left.exclude(id__in=escalated).exists() or not left.exists():
        return
    hand_over(round, by=None, now=now)


def hand_over(round: Round, *, by: User | None, now: datetime) -> None:
    """What is open is left to the adjudicator, and stays there when another batch is conferred on."""
    if by is not None and round.is_being_coded:
        _leave_each(round, by=by, now=now)
    round.state = Round.State.ADJUDICATING
    round.save(update_fields=["state"])
    record_round("conferred", round, by=by, now=now)
    left = queries.still_open(Discrepancy.objects.filter(agreement_run=queries.latest_run(round=round)))
    told = gettext("%(round)s: what the coders left open waits for you.") % {"round": round}
    members = round.transcripts.filter(id__in=left.order_by().values("round_transcript"))
    tell_deciders(round, members, text=told, now=now)


def _leave_each(round: Round, *, by: User, now: datetime) -> None:
    run = queries.latest_run(round=round)
    left = queries.still_open(Discrepancy.objects.filter(agreement_run=run))
    escalated = Escalation.objects.filter(withdrawn_at=None).values("discrepancy")
    Escalation.objects.bulk_create(
        Escalation(discrepancy=each, escalated_by=by, escalated_at=now)
        for each in left.exclude(id__in=escalated)
    )


def tell_deciders(round: Round, members: QuerySet[RoundTranscript], *, text: str, now: datetime) -> None:
    """The adjudicator, of what they may decide; of the transcripts that a tie bars them from, who can."""
    found = list(members.select_related(queries.PERSON).defer("transcript_version__text"))
    able = queries.who_can_decide(round=round, members=found)
    barred = [people for people in able.values() if round.adjudicator not in people]
    if len(barred) < len(able):
        tell_once(round.adjudicator, round, kind="left to adjudicator", text=text, now=now)
    words = {"round": round, "person": round.adjudicator.name}
    instead = gettext("%(round)s: you can decide what the coders left open and %(person)s may not.") % words
    for person in dict.fromkeys(person for people in barred for person in people):
        tell_once(person, round, kind="left to adjudicator", text=instead, now=now)


def tell_once(recipient: User, round: Round, *, kind: str, text: str, now: datetime, path: str = "") -> None:
    """A line that the person has and has not read yet is not told again."""
    unread = Notice.objects.visible_to(recipient).unread()
    if not unread.filter(study=round.study, kind=kind, text=text, path=path).exists():
        notices.tell(recipient=recipient, study=round.study, kind=kind, text=text, path=path, now=now)


def record_on(
    verb: str, discrepancy: Discrepancy, round: Round, *, by: User, now: datetime, **detail: object
) -> None:
    """An audit event about a discrepancy."""
    record(
        verb,
        "discrepancy",
        by=by,
        now=now,
        study_id=round.study_id,
        object_id=discrepancy.id,
        object_name=str(discrepancy.round_transcript.transcript_version.transcript),
        **detail,
    )


def record_round(verb: str, round: Round, *, by: User | None, now: datetime, **detail: object) -> None:
    """An audit event about a round."""
    record(
        verb,
        "round",
        by=by,
        now=now,
        study_id=round.study_id,
        object_id=round.id,
        object_name=str(round),
        **detail,
    )


def _write(
    discrepancy: Discrepancy,
    wish: Wish,
    passages: tuple[Passage, ...],
    *,
    round: Round,
    by: User,
    now: datetime,
    tie: str,
    settled_with: Resolution | None = None,
    **whole: object,
) -> Resolution:
    reason = wish.get("reason", "").strip()
    made = Resolution.objects.create(
        discrepancy=discrepancy,
        **{**wish, "reason": reason},
        decided_by=by,
        decided_at=now,
        settled_with=settled_with,
        **whole,
    )
    StandingPassage.objects.bulk_create(
        StandingPassage(
            resolution=made, code_id=UUID(each.code), start=each.start, end=each.end, influence=each.influence
        )
        for each in passages
    )
    if made.outcome == Decision.Outcome.CODEBOOK and settled_with is None:
        CodebookChange.objects.create(
            study=round.study, resolution=made, wording=reason, proposed_by=by, proposed_at=now
        )
    facts = {"outcome": made.outcome, "extent": made.extent, "influence": made.influence, "tie": tie}
    record_on(
        "settled",
        discrepancy,
        round,
        by=by,
        now=now,
        **{name: value for name, value in facts.items() if value},
        cause=made.cause,
        reason=reason,
    )
    return made


def _check_code(wish: Wish, round: Round) -> None:
    code = wish.get("code")
    if (wish["outcome"] == Decision.Outcome.ANOTHER) != (code is not None):
        raise CodeMissing
    if code and not (code.version_id == round.codebook_version_id and code.is_applicable):
        raise NotApplicable(name=code.name)


def _check_boundaries(discrepancy: Discrepancy, wish: Wish) -> None:
    start, end = wish.get("start"), wish.get("end")
    if wish.get("extent", "") != Decision.Extent.NEW:
        return
    if start is None or end is None:
        raise BoundariesMissing
    length = discrepancy.round_transcript.transcript_version.length
    if not 0 <= start < end <= length:
        raise OutsideText(start=start, end=end, length=length)
    if not (start < discrepancy.end and discrepancy.start < end):
        raise NotHere
