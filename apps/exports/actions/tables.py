from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.exports.models import TableRelease
from apps.participants.engine.disclosure import HIGH, UNKNOWN
from apps.participants.queries.tables import PaperTables, TableOptions, paper_tables
from apps.studies.models import Membership


class RiskWithoutReason(Refusal):
    template = gettext_noop(
        "%(count)s rows may let somebody be recognised, or nobody can say: give a reason, or change it."
    )


class NotAsShown(Refusal):
    template = gettext_noop("The tables have changed since you looked at them; look at them again.")


class NothingToRelease(Refusal):
    template = gettext_noop("Nobody was interviewed yet, so there is no table.")


class ChangedSinceRelease(Refusal):
    template = gettext_noop(
        "What these tables say has changed since they were signed off; check and sign them again."
    )


@transaction.atomic
def release_tables(
    *,
    membership: Membership,
    options: TableOptions,
    seen: str,
    reason: str,
    by: User,
    now: datetime,
) -> TableRelease:
    """Signs off by name that the tables may leave as they were `seen` (their digest)."""
    tables = paper_tables(membership, options)
    if not tables.people:
        raise NothingToRelease
    if tables.digest != seen:
        raise NotAsShown
    at_risk, unknown = tables.at(HIGH), tables.at(UNKNOWN)
    if (at_risk or unknown) and not reason.strip():
        raise RiskWithoutReason(count=at_risk + unknown)
    made = TableRelease.objects.create(
        study=membership.study,
        options=options.to_json(),
        digest=tables.digest,
        people_count=tables.people,
        at_risk_count=at_risk,
        unknown_count=unknown,
        reason=reason.strip(),
        released_at=now,
        released_by=by,
    )
    record(
        "released",
        "tables",
        by=by,
        now=now,
        study_id=made.study_id,
        object_id=made.id,
        object_name=f"{tables.people} people",
        at_risk=at_risk,
        unknown=unknown,
        reason=made.reason,
    )
    return made


def released_tables(*, membership: Membership, release: TableRelease) -> PaperTables:
    """The tables of a release; refused where they would say something else now than was signed off."""
    tables = paper_tables(membership, TableOptions.from_json(release.options))
    if tables.digest != release.digest:
        raise ChangedSinceRelease
    return tables
