from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.models import Characteristic, SamplingTarget
from apps.studies.models import ParticipantGroup, Site, Study


class NoReason(Refusal):
    template = gettext_noop("Say why; the reason stays beside the target.")


class RangeTurnedRound(Refusal):
    template = gettext_noop("At most %(maximum)s is fewer than at least %(minimum)s.")


class SameCharacteristicTwice(Refusal):
    template = gettext_noop("Choose two different characteristics, or one.")


class NoValueForTheCell(Refusal):
    template = gettext_noop("Say which value of “%(name)s” is meant.")


class NotAskedInTheGroup(Refusal):
    template = gettext_noop("“%(name)s” is not collected in the group “%(group)s”.")


@dataclass(frozen=True)
class CellOf:
    """Which cell is meant, as a page or a file says it."""

    group: ParticipantGroup
    site: Site | None = None
    characteristic: Characteristic | None = None
    value: str = ""
    second_characteristic: Characteristic | None = None
    second_value: str = ""

    @property
    def values(self) -> list[tuple[Characteristic, str]]:
        pairs = ((self.characteristic, self.value), (self.second_characteristic, self.second_value))
        return [(characteristic, value) for characteristic, value in pairs if characteristic]

    @property
    def fields(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __str__(self) -> str:
        words = [self.group.name, self.site.name if self.site else ""]
        return ", ".join(filter(None, [*words, *(f"{each.name}: {value}" for each, value in self.values)]))


@transaction.atomic
def set_target(
    *,
    study: Study,
    cell: CellOf,
    minimum: int | None,
    maximum: int | None = None,
    reason: str,
    by: User,
    now: datetime,
) -> SamplingTarget | None:
    """What a cell should bring from now on; what held before stays on record. None where nothing changed."""
    check_cell(study, cell)
    group = ParticipantGroup.objects.select_for_update(no_key=True).get(id=cell.group.id)
    if minimum is not None and maximum is not None and maximum < minimum:
        raise RangeTurnedRound(minimum=minimum, maximum=maximum)
    standing = SamplingTarget.objects.filter(study=study, **cell.fields).order_by("-set_at", "-id").first()
    before = (standing.minimum, standing.maximum) if standing else (None, None)
    if before == (minimum, maximum):
        return None
    if not reason.strip():
        raise NoReason
    made = SamplingTarget.objects.create(
        study=study,
        **cell.fields,
        minimum=minimum,
        maximum=maximum,
        reason=reason.strip(),
        set_at=now,
        set_by=by,
    )
    if cell == CellOf(cell.group):
        group.target = minimum or maximum or 0
        group.save(update_fields=["target"])
    record(
        "set",
        "sampling target",
        by=by,
        now=now,
        study_id=study.id,
        object_id=made.id,
        object_name=str(cell),
        before=list(before),
        minimum=minimum,
        maximum=maximum,
        reason=made.reason,
    )
    return made


def check_cell(study: Study, cell: CellOf) -> None:
    """Everything in the cell is of this study, and asked of its group."""
    for row in (cell.group, cell.site, cell.characteristic, cell.second_characteristic):
        if row is not None and row.study_id != study.id:
            raise OfAnotherStudy(name=row.name)
    if cell.second_characteristic and cell.characteristic in (None, cell.second_characteristic):
        raise SameCharacteristicTwice
    for characteristic, value in cell.values:
        if not value.strip():
            raise NoValueForTheCell(name=characteristic.name)
        if not characteristic.applies_to(cell.group):
            raise NotAskedInTheGroup(name=characteristic.name, group=cell.group.name)
