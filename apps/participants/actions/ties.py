"""The register of who of the team knows whom."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Activity, Participant, Rule, Tie
from apps.participants.queries import tie_between
from apps.studies.models import ParticipantGroup, Site, Study


class TieBlocks(Refusal):
    template = gettext_noop(
        "%(person)s may not do this for %(pseudonym)s: a tie to %(to)s is on the register."
    )


class TieKnown(Refusal):
    template = gettext_noop("This tie of %(person)s is on the register already.")


class TieOfAStranger(Refusal):
    template = gettext_noop("%(person)s is not a member of this study.")


@transaction.atomic
def record_tie(
    *,
    study: Study,
    member: User,
    to: Site | ParticipantGroup | Participant,
    kind: str = Tie.Kind.KNOWS,
    note: str = "",
    interview: str = Rule.WARN,
    code: str = Rule.WARN,
    decide: str = Rule.WARN,
    by: User,
    now: datetime,
) -> Tie:
    """Puts a tie of a member on the register."""
    if not study.memberships.filter(user=member).exists():
        raise TieOfAStranger(person=member.name)
    place = {Site: "site", ParticipantGroup: "group", Participant: "participant"}[type(to)]
    rules = {"interview": interview, "code": code, "decide": decide}
    try:
        with transaction.atomic():
            tie = Tie.objects.create(
                study=study, member=member, kind=kind, note=note, recorded_by=by, **{place: to}, **rules
            )
    except IntegrityError:
        raise TieKnown(person=member.name) from None
    _record("recorded", tie, by=by, now=now, to=place, **rules)
    return tie


@transaction.atomic
def change_tie(*, tie: Tie, note: str, rules: dict[str, str], by: User, now: datetime) -> Tie:
    """Says anew what a tie is and what it does; whom it binds to what stays."""
    before = {activity.value: tie.rule_for(activity) for activity in Activity}
    tie.note = note
    for activity, rule in rules.items():
        setattr(tie, Activity(activity).value, Rule(rule).value)
    tie.save(update_fields=["note", *rules])
    changed = {name: rule for name, rule in rules.items() if before[name] != rule}
    _record("changed", tie, by=by, now=now, **changed)
    return tie


@transaction.atomic
def remove_tie(*, tie: Tie, by: User, now: datetime) -> None:
    """Takes a tie off the register, when it was recorded by mistake."""
    _record("removed", tie, by=by, now=now)
    tie.delete()


def must_not_be_barred(*, participant: Participant, member: User, activity: Activity) -> Tie | None:
    """Refuses where a tie blocks the activity; else returns the tie that warns, for the record."""
    tie = tie_between(participant=participant, member=member, activity=activity)
    if tie is not None and tie.rule_for(activity) == Rule.BLOCK:
        raise TieBlocks(person=member.name, pseudonym=participant.pseudonym, to=tie.to)
    return tie


def _record(verb: str, tie: Tie, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "tie",
        by=by,
        now=now,
        study_id=tie.study_id,
        object_id=tie.id,
        object_name=tie.member.name,
        kind=tie.kind,
        **detail,
    )
