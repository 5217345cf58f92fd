"""What the study holds of the people that a list speaks of, found by the words of the list."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from apps.core.row_keys import Keys, as_text
from apps.participants.models import Characteristic, CharacteristicValue, Interview
from apps.participants.queries.snapshots import INTERVIEW_FIELDS
from apps.studies.models import Study


@dataclass(frozen=True)
class StoredInterview:
    id: UUID
    status: str
    held_on: date | None
    mode: str
    minutes: int | None
    interviewer_id: UUID | None
    interviewer_name: str


@dataclass(frozen=True)
class StoredPerson:
    """A person with (state, value) by characteristic and their interviews."""

    id: UUID
    pseudonym: str
    reference: str
    note: str
    group_id: UUID
    site_id: UUID
    values: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    interviews: list[StoredInterview] = field(default_factory=list)


@dataclass
class Stored:
    """Groups, sites, team and characteristics; people once `find` was told of whom the list speaks."""

    study: Study
    groups: dict[str, UUID]
    sites: dict[str, UUID]
    team: dict[str, UUID]
    characteristics: dict[str, Characteristic]
    by_reference: dict[str, StoredPerson] = field(default_factory=dict)
    by_pseudonym: dict[str, StoredPerson] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> "Stored":
        members = study.memberships.select_related("user")
        return cls(
            study=study,
            groups={folded(name): key for key, name in study.groups.values_list("id", "name")},
            sites={folded(name): key for key, name in study.sites.values_list("id", "name")},
            team={folded(each.user.name): each.user_id for each in members},
            characteristics={folded(each.name): each for each in study.characteristics.all()},
        )

    def find(self, references: Collection[str], pseudonyms: Collection[str]) -> None:
        """Reads the people with these references or pseudonyms; three queries, however many they are."""
        wanted, named = set(references) - {""}, {folded(each) for each in pseudonyms} - {""}
        found = {}
        rows = self.study.participants.order_by().values_list(
            "id", "pseudonym", "reference", "note", "group_id", "site_id"
        )
        for row in rows:
            if row[2] in wanted or folded(row[1]) in named:
                person = StoredPerson(*row)
                found[str(person.id)] = person
                self.by_pseudonym[folded(person.pseudonym)] = person
                if person.reference:
                    self.by_reference[person.reference] = person
        self._read_values(found)
        self._read_interviews(found)

    def characteristic(self, header: str, key: str) -> Characteristic | None:
        """The one that a column stands for: chosen by key, or of the same name as its heading."""
        if not key:
            return self.characteristics.get(folded(header))
        return next((each for each in self.characteristics.values() if str(each.id) == key), None)

    def _read_values(self, people: dict[str, StoredPerson]) -> None:
        keys = Keys()
        of_study = CharacteristicValue.objects.filter(participant__study=self.study).order_by()
        rows = of_study.values_list(as_text("participant_id"), as_text("characteristic_id"), "state", "value")
        for person, characteristic, state, value in rows if people else ():
            if person in people:
                people[person].values[keys[characteristic]] = (state, value)

    def _read_interviews(self, people: dict[str, StoredPerson]) -> None:
        of_study = Interview.objects.filter(study=self.study).order_by("held_on")
        rows = of_study.values_list(as_text("participant_id"), "id", *INTERVIEW_FIELDS)
        for person, *fields in rows if people else ():
            if person in people:
                people[person].interviews.append(StoredInterview(*fields))


def folded(text: str) -> str:
    """A name without its capitals and surplus spaces."""
    return " ".join(text.split()).casefold()
