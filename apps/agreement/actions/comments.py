"""The thread of a discrepancy."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import pair, record_on
from apps.agreement.models import Comment, Discrepancy, Round
from apps.core.identity import acting_as
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.studies.permissions import Permission


class NothingSaid(Refusal):
    template = gettext_noop("Write something first.")


class RoundIsClosed(Refusal):
    template = gettext_noop("The round is closed; its threads are kept as they are.")


class NotYourComment(Refusal):
    template = gettext_noop("Only whoever wrote a comment can take it back.")


def comment(*, discrepancy: Discrepancy, text: str, by: User, now: datetime, path: str = "") -> Comment:
    """Writes a line in the thread; the pair, and whoever is named after an @, get a notice."""
    if not text.strip():
        raise NothingSaid
    with acting_as(by.id), transaction.atomic():
        round = _open_round_of(discrepancy)
        mentioned = _mentioned(text, round)
        made = Comment.objects.create(
            discrepancy=discrepancy,
            author=by,
            text=text.strip(),
            mentioned=[each.id for each in mentioned],
            written_at=now,
        )
        record_on("commented", discrepancy, round, by=by, now=now)
        _tell(made, mentioned, round, path=path, now=now)
        return made


def remove_comment(*, comment: Comment, by: User, now: datetime) -> Comment:
    """Takes a line back."""
    if comment.author_id != by.id:
        raise NotYourComment
    with acting_as(by.id), transaction.atomic():
        _open_round_of(comment.discrepancy)
        comment.removed_at = now
        comment.save(update_fields=["removed_at"])
        return comment


def _open_round_of(discrepancy: Discrepancy) -> Round:
    round = Round.objects.select_related("study").get(transcripts=discrepancy.round_transcript_id)
    if round.state in {Round.State.CLOSED, Round.State.VOID}:
        raise RoundIsClosed
    return round


def _mentioned(text: str, round: Round) -> list[User]:
    """Members who may read discrepancies and whose whole name, or first name, follows an @."""
    if "@" not in text:
        return []
    readers = round.study.memberships.current().holding(Permission.DISCREPANCIES_VIEW)
    people = [each.user for each in readers.select_related("user")]
    words = text.casefold()
    firsts = [each.name.split()[0].casefold() for each in people if each.name.split()]

    def is_named(person: User) -> bool:
        first = person.name.split()[0].casefold() if person.name.split() else ""
        is_only_one = bool(first) and firsts.count(first) == 1
        return _calls(words, person.name.casefold()) or (is_only_one and _calls(words, first))

    return [each for each in people if is_named(each)]


def _calls(words: str, name: str) -> bool:
    """Whether the name follows an @, and not as the beginning of a longer one."""
    return re.search(rf"@{re.escape(name)}(?![\w-])", words) is not None


def _tell(made: Comment, mentioned: list[User], round: Round, *, path: str, now: datetime) -> None:
    discrepancy = made.discrepancy
    transcript = str(discrepancy.round_transcript.transcript_version.transcript)
    names = {each.id for each in mentioned}
    coders = User.objects.filter(id__in=pair(discrepancy))
    for person in {*mentioned, *coders} - {made.author}:
        hides = queries.hides_names(round=round, discrepancy=discrepancy, reader=person)
        facts = {
            "person": gettext("A coder")
            if hides and made.author_id in pair(discrepancy)
            else made.author.name,
            "transcript": transcript,
        }
        told = (
            gettext("%(person)s mentions you in a thread on %(transcript)s.") % facts
            if person.id in names
            else gettext("%(person)s has written on a discrepancy in %(transcript)s.") % facts
        )
        notices.tell(recipient=person, study=round.study, kind="comment", text=told, path=path, now=now)
