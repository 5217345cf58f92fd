"""What a person can do to a study, its sites and groups, its team, and the invitations into it."""

from apps.studies.actions.invitations import (
    Invited,
    accept_as_new_person,
    accept_invitation,
    find_invitation,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from apps.studies.actions.members import change_roles, leave, remove_member
from apps.studies.actions.studies import (
    add_group,
    add_site,
    change_group,
    change_study,
    open_study,
    remove_group,
    remove_site,
    rename_site,
)

__all__ = [
    "Invited",
    "accept_as_new_person",
    "accept_invitation",
    "add_group",
    "add_site",
    "change_group",
    "change_roles",
    "change_study",
    "find_invitation",
    "invite",
    "leave",
    "open_study",
    "remove_group",
    "remove_member",
    "remove_site",
    "rename_site",
    "renew_invitation",
    "withdraw_invitation",
]
