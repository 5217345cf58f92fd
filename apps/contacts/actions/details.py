from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.contacts import queries
from apps.contacts.engine.details import Details
from apps.contacts.engine.sealing import NotOurKeyError, new_key, seal, unseal
from apps.contacts.models import Contact
from apps.core import keys
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import ConsentScope, ContactPermission, Participant
from apps.participants.queries.consent import consent_of
from apps.studies.models import Membership


class NoReason(Refusal):
    template = gettext_noop("Say why you look at contact details; it is written down with each look.")


class NotPermitted(Refusal):
    template = gettext_noop("You may not see the contact details of %(pseudonym)s.")


class MustNotBeContacted(Refusal):
    template = gettext_noop("Nobody was taken out: %(pseudonyms)s must not be contacted.")


class CannotBeRead(Refusal):
    template = gettext_noop(
        "The details of %(pseudonym)s cannot be read: their key is not on this server, or the study key is "
        "not the one that they were sealed with."
    )


class ChangedMeanwhile(Refusal):
    template = gettext_noop(
        "Somebody else has changed the details of %(pseudonym)s meanwhile; read them again before you save."
    )


@transaction.atomic
def write(
    *,
    participant: Participant,
    details: Details,
    membership: Membership,
    version: int | None = None,
    by: User,
    now: datetime,
) -> Contact:
    """Seals what is known of a person; `version` is the one that was on the page, 0 for none."""
    _check(participant, membership)
    Participant.objects.select_for_update(no_key=True).get(id=participant.id)
    contact = Contact.objects.filter(participant=participant).first()
    if version is not None and version != (contact.version if contact else 0):
        raise ChangedMeanwhile(pseudonym=participant.pseudonym)
    before = _unsealed(contact) if contact else Details()
    changed = details.differing(before)
    if contact and not changed:
        return contact
    sealed = seal(details, wrapped=_key(participant), study_keys=settings.STUDY_KEYS)
    if contact is None:
        contact = Contact.objects.create(participant=participant, sealed=sealed, changed_at=now)
    else:
        contact.sealed, contact.version, contact.changed_at = sealed, contact.version + 1, now
        contact.save(update_fields=["sealed", "version", "changed_at"])
    _record("wrote", participant, by=by, now=now, changed=changed)
    return contact


@transaction.atomic
def look(
    *, participant: Participant, membership: Membership, reason: str, by: User, now: datetime
) -> tuple[Details, int]:
    """The details of one person and their version (0 where there are none); an access event says why."""
    _check(participant, membership)
    if not reason.strip():
        raise NoReason
    _record("looked at", participant, by=by, now=now, reason=reason)
    contact = Contact.objects.visible_to(membership).filter(participant=participant).first()
    return (_unsealed(contact), contact.version) if contact else (Details(), 0)


@transaction.atomic
def look_through(
    *,
    people: Iterable[Participant],
    membership: Membership,
    reason: str,
    purpose: str,
    words: str = "",
    by: User,
    now: datetime,
) -> list[tuple[Participant, Details]]:
    """The details of several people, of those that mention the words; one access event names them all."""
    if not reason.strip():
        raise NoReason
    contacts = Contact.objects.visible_to(membership).filter(participant__in=list(people))
    read = [(each.participant, _unsealed(each)) for each in contacts.select_related("participant__group")]
    found = [(person, details) for person, details in read if details.mentions(words)]
    record(
        purpose,
        "contact details",
        by=by,
        now=now,
        study_id=membership.study_id,
        object_name=", ".join(person.pseudonym for person, _ in found),
        reason=reason,
        looked_through=len(read),
    )
    return found


@transaction.atomic
def take_out(
    *, people: Collection[Participant], membership: Membership, reason: str, by: User, now: datetime
) -> list[tuple[Participant, Details]]:
    """The details of people to whom somebody wants to write; nobody of them may have said no to that."""
    no = ContactPermission.objects.filter(participant__in=people, answer=ContactPermission.Answer.NO)
    pseudonyms = set(no.values_list("participant__pseudonym", flat=True))
    again = consent_of(people, ConsentScope.RE_CONTACT).values()
    pseudonyms |= {each.participant.pseudonym for each in again if each.is_blocked}
    if pseudonyms:
        raise MustNotBeContacted(pseudonyms=", ".join(sorted(pseudonyms)))
    return look_through(
        people=people, membership=membership, reason=reason, purpose="took out for letters", by=by, now=now
    )


@transaction.atomic
def destroy(*, participant: Participant, by: User, now: datetime) -> bool:
    """Forgets who somebody is: the row goes now, the key once that is stored. False if nothing was kept.

    A PI may do this too, who may not see what is destroyed; the database's function decides.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_destroy_contact(%s)", [participant.id])
        if not cursor.fetchone()[0]:
            return False
    _record("destroyed", participant, by=by, now=now)
    transaction.on_commit(lambda: keys.destroy(participant.id))
    return True


def _check(participant: Participant, membership: Membership) -> None:
    if not queries.may_open(participant, membership):
        raise NotPermitted(pseudonym=participant.pseudonym)


def _key(participant: Participant) -> bytes:
    """The person's wrapped key, made at the first writing."""
    wrapped = keys.find(participant.id)
    if wrapped is None:
        wrapped = new_key(settings.STUDY_KEYS)
        keys.keep(participant.id, wrapped)
    return wrapped


def _unsealed(contact: Contact) -> Details:
    wrapped = keys.find(contact.participant_id)
    if wrapped is None:
        raise CannotBeRead(pseudonym=contact.participant.pseudonym)
    try:
        return unseal(bytes(contact.sealed), wrapped=wrapped, study_keys=settings.STUDY_KEYS)
    except NotOurKeyError as error:
        raise CannotBeRead(pseudonym=contact.participant.pseudonym) from error


def _record(verb: str, participant: Participant, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "contact details",
        by=by,
        now=now,
        study_id=participant.study_id,
        object_id=participant.id,
        object_name=participant.pseudonym,
        **detail,
    )
