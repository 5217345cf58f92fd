"""Who may do what: one table of role x permission. Nothing else in Concord decides this."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PI = "pi", _("Lead researcher (PI)")
    ADMINISTRATOR = "administrator", _("Study administrator")
    CODER = "coder", _("Coder")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
    RECRUITER = "recruiter", _("Recruiter")
    OBSERVER = "observer", _("Observer")


class Permission(StrEnum):
    STUDY_VIEW = "study.view"
    STUDY_EDIT = "study.edit"
    MEMBERS_VIEW = "members.view"
    MEMBERS_MANAGE = "members.manage"
    PARTICIPANTS_VIEW = "participants.view"
    PARTICIPANTS_EDIT = "participants.edit"
    RECRUITMENT_RECORD = "recruitment.record"
    CONTACTS_OPEN = "contacts.open"
    TRANSCRIPTS_VIEW = "transcripts.view"
    TRANSCRIPTS_EDIT = "transcripts.edit"
    CODEBOOK_VIEW = "codebook.view"
    CODEBOOK_EDIT = "codebook.edit"
    CODING_CODE = "coding.code"
    CODING_ASSIGN = "coding.assign"
    CODING_OPEN = "coding.open"
    CODINGS_VIEW = "codings.view"
    ROUNDS_VIEW = "rounds.view"
    ROUNDS_PLAN = "rounds.plan"
    AGREEMENT_VIEW = "agreement.view"
    DISCREPANCIES_VIEW = "discrepancies.view"
    DISCREPANCIES_CONFER = "discrepancies.confer"
    DISCREPANCIES_SETTLE = "discrepancies.settle"
    AUDIT_VIEW = "audit.view"


_P = Permission

_EVERYBODY = {_P.STUDY_VIEW, _P.CODEBOOK_VIEW}
_READS_CODINGS = {
    _P.TRANSCRIPTS_VIEW,
    _P.CODING_CODE,
    _P.CODINGS_VIEW,
    _P.ROUNDS_VIEW,
    _P.AGREEMENT_VIEW,
    _P.DISCREPANCIES_VIEW,
    _P.DISCREPANCIES_CONFER,
}
_KEEPS_THE_STUDY = {
    _P.STUDY_EDIT,
    _P.MEMBERS_VIEW,
    _P.MEMBERS_MANAGE,
    _P.PARTICIPANTS_VIEW,
    _P.PARTICIPANTS_EDIT,
    _P.RECRUITMENT_RECORD,
    _P.TRANSCRIPTS_VIEW,
    _P.TRANSCRIPTS_EDIT,
    _P.CODING_ASSIGN,
    _P.ROUNDS_VIEW,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PI: frozenset(
        _EVERYBODY
        | _READS_CODINGS
        | _KEEPS_THE_STUDY
        | {_P.CODING_OPEN, _P.CODEBOOK_EDIT, _P.ROUNDS_PLAN, _P.DISCREPANCIES_SETTLE, _P.AUDIT_VIEW}
    ),
    Role.ADMINISTRATOR: frozenset(_EVERYBODY | _KEEPS_THE_STUDY | {_P.CONTACTS_OPEN}),
    Role.CODER: frozenset(_EVERYBODY | _READS_CODINGS),
    Role.ADJUDICATOR: frozenset(_EVERYBODY | _READS_CODINGS | {_P.DISCREPANCIES_SETTLE}),
    Role.RECRUITER: frozenset(_EVERYBODY | {_P.PARTICIPANTS_VIEW, _P.RECRUITMENT_RECORD, _P.CONTACTS_OPEN}),
    Role.OBSERVER: frozenset(_EVERYBODY | {_P.AGREEMENT_VIEW}),
}


def roles_with(permission: Permission) -> list[str]:
    """The roles that hold a permission, in the order of `Role`."""
    return [role.value for role in Role if permission in PERMISSIONS[role]]
