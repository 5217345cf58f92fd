from datetime import datetime

from django.db import transaction
from django.db.models import Max, ProtectedError, QuerySet

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Membership, ParticipantGroup, Site, Study
from apps.studies.permissions import Role


class MayNotOpenStudies(Refusal):
    template = gettext_noop("Your account cannot open studies. Ask whoever runs this server.")


class NameIsTaken(Refusal):
    template = gettext_noop("This study has “%(name)s” already.")


class StillInUse(Refusal):
    template = gettext_noop("“%(name)s” is in use by people, members or invitations and cannot be removed.")


class PseudonymsAreMinted(Refusal):
    template = gettext_noop(
        "Pseudonyms that begin with “%(stem)s” were given out already; they stay as they are."
    )


@transaction.atomic
def open_study(
    *, name: str, question: str = "", is_demonstration: bool = False, by: User, now: datetime
) -> Study:
    """A new study, whose first PI is the person who opens it."""
    if not by.may_open_studies:
        raise MayNotOpenStudies
    study = Study.objects.create(
        name=name, question=question, is_demonstration=is_demonstration, opened_by=by
    )
    Membership.objects.create(study=study, user=by, roles=[Role.PI])
    record("opened", "study", by=by, now=now, study_id=study.id, object_id=study.id, object_name=name)
    return study


@transaction.atomic
def change_study(
    study: Study,
    *,
    name: str,
    question: str,
    are_sites_hidden_from_coders: bool,
    transcripts_late_after_days: int | None = None,
    by: User,
    now: datetime,
) -> Study:
    """Saves and records only what is different; None leaves the days as they are."""
    study = Study.objects.select_for_update().get(id=study.id)
    wanted = {
        "name": name,
        "question": question,
        "are_sites_hidden_from_coders": are_sites_hidden_from_coders,
        "transcripts_late_after_days": transcripts_late_after_days or study.transcripts_late_after_days,
    }
    changes = {
        field: {"from": getattr(study, field), "to": value}
        for field, value in wanted.items()
        if getattr(study, field) != value
    }
    if not changes:
        return study
    for field in changes:
        setattr(study, field, wanted[field])
    study.save(update_fields=list(changes))
    record(
        "changed",
        "study",
        by=by,
        now=now,
        study_id=study.id,
        object_id=study.id,
        object_name=name,
        changes=changes,
    )
    return study


@transaction.atomic
def add_site(study: Study, *, name: str, by: User, now: datetime) -> Site:
    _check_free(study.sites.filter(name=name), name)
    site = Site.objects.create(study=study, name=name, position=_next_position(study.sites.all()))
    record("added", "site", by=by, now=now, study_id=study.id, object_id=site.id, object_name=name)
    return site


@transaction.atomic
def rename_site(site: Site, *, name: str, by: User, now: datetime) -> Site:
    site = Site.objects.select_for_update(of=("self",)).select_related("study").get(id=site.id)
    _check_free(site.study.sites.filter(name=name).exclude(id=site.id), name)
    before, site.name = site.name, name
    site.save(update_fields=["name"])
    record(
        "renamed",
        "site",
        by=by,
        now=now,
        study_id=site.study_id,
        object_id=site.id,
        object_name=name,
        before=before,
    )
    return site


@transaction.atomic
def remove_site(site: Site, *, by: User, now: datetime) -> None:
    """Only a site that nobody belongs to."""
    _remove(site, "site", by=by, now=now)


@transaction.atomic
def add_group(
    study: Study, *, name: str, stem: str, target: int = 0, by: User, now: datetime
) -> ParticipantGroup:
    """A participant group; its people will be called by the stem and a number."""
    _check_free(study.groups.filter(name=name), name)
    _check_free(study.groups.filter(stem=stem), stem)
    position = _next_position(study.groups.all())
    group = ParticipantGroup.objects.create(
        study=study, name=name, stem=stem, target=target, position=position
    )
    record(
        "added",
        "group",
        by=by,
        now=now,
        study_id=study.id,
        object_id=group.id,
        object_name=name,
        stem=stem,
        target=target,
    )
    return group


@transaction.atomic
def change_group(
    group: ParticipantGroup, *, name: str, stem: str, target: int, by: User, now: datetime
) -> ParticipantGroup:
    """The stem can change only while no pseudonym begins with it."""
    group = _locked(group)
    others = group.study.groups.exclude(id=group.id)
    _check_free(others.filter(name=name), name)
    _check_free(others.filter(stem=stem), stem)
    if stem != group.stem and group.numbers_minted:
        raise PseudonymsAreMinted(stem=group.stem)
    before = {"name": group.name, "stem": group.stem, "target": group.target}
    group.name, group.stem, group.target = name, stem, target
    group.save(update_fields=["name", "stem", "target"])
    record(
        "changed",
        "group",
        by=by,
        now=now,
        study_id=group.study_id,
        object_id=group.id,
        object_name=name,
        before=before,
        after={"name": name, "stem": stem, "target": target},
    )
    return group


@transaction.atomic
def remove_group(group: ParticipantGroup, *, by: User, now: datetime) -> None:
    """Only a group that never had anybody: its pseudonyms must not be minted a second time."""
    group = _locked(group)
    if group.numbers_minted:
        raise StillInUse(name=group.name)
    _remove(group, "group", by=by, now=now)


def _locked(group: ParticipantGroup) -> ParticipantGroup:
    rows = ParticipantGroup.objects.select_for_update(of=("self",)).select_related("study")
    return rows.get(id=group.id)


def _remove(row: Site | ParticipantGroup, noun: str, *, by: User, now: datetime) -> None:
    row_id, name, study_id = row.id, row.name, row.study_id
    try:
        row.delete()
    except ProtectedError as error:
        raise StillInUse(name=name) from error
    record("removed", noun, by=by, now=now, study_id=study_id, object_id=row_id, object_name=name)


def _check_free(holders: QuerySet[Site] | QuerySet[ParticipantGroup], name: str) -> None:
    if holders.exists():
        raise NameIsTaken(name=name)


def _next_position(rows: QuerySet[Site] | QuerySet[ParticipantGroup]) -> int:
    last = rows.aggregate(last=Max("position"))["last"]
    return 1 if last is None else last + 1
