from __future__ import annotations

from django.db import models

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models import Participant
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission, Role


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, membership: Membership) -> ContactQuerySet:
        """Those of the study for its administrators, those of their site for recruiters, else none. The
        row-level policy says the same."""
        found = self.filter(participant__study=membership.study_id)
        if not membership.may(Permission.CONTACTS_OPEN):
            return found.none()
        if Role.ADMINISTRATOR in membership.roles:
            return found
        return found.filter(participant__site=membership.site_id)


class Contact(Record):
    """Who a participant is, sealed with a key of their own that lies outside the database."""

    # The database itself takes the row away with the participant: whoever may remove a person added by
    # mistake need not be somebody who may see this row.
    participant = models.OneToOneField(
        Participant, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    objects = ContactQuerySet.as_manager()

    privacy = classified(open="id created_at version changed_at", identifying="participant sealed")

    class Meta:
        ordering = ["participant__group__position", "participant__number"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(sealed=b""), name="contact_is_sealed"),
        ]


class ContactList(Record):
    """A list of contact details on its way in, sealed with a key of its own that is destroyed with it.

    The key of a list that was left lying is destroyed after an hour, like any key without its row.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    sealed = models.BinaryField()

    privacy = classified(open="id created_at study begun_by begun_at", identifying="sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "begun_by"], name="contactlist_is_one_per_person"),
            models.CheckConstraint(condition=~models.Q(sealed=b""), name="contactlist_is_sealed"),
        ]
