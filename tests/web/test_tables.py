import io
import zipfile
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core.refusal import Refused
from apps.exports.models import TableRelease
from apps.participants import actions
from apps.participants.engine.disclosure import assess
from apps.participants.engine.tables import percent
from apps.participants.models import Characteristic, Population
from apps.participants.queries.tables import default_options, paper_tables
from tests import make
from tests.web.asking import at, is_clean, queries_of, said

WHO = [("Consultant", "White"), ("Nurse", "White"), ("=1+1", None)]


@pytest.fixture
def job(cast: make.Cast) -> Characteristic:
    return actions.define_characteristic(
        study=cast.study,
        name="Job",
        categories={"Consultant": "Clinical", "Nurse": "Clinical"},
        by=cast.administrator,
        now=make.NOW,
    )


@pytest.fixture
def people(cast: make.Cast, job: Characteristic) -> None:
    """Three people who were interviewed, and one who was not."""
    by: dict[str, Any] = {"by": cast.administrator, "now": make.NOW}
    ethnicity = actions.define_characteristic(study=cast.study, name="Ethnicity", **by)
    for minutes, (work, origin) in zip((50, 60, 70), WHO, strict=True):
        person = make.participant(cast.study, group=cast.group, site=cast.site)
        make.interview(cast.study, participant=person, minutes=minutes)
        actions.set_value(participant=person, characteristic=job, value=work, **by)
        if origin:
            actions.set_value(participant=person, characteristic=ethnicity, value=origin, **by)
        else:
            actions.set_value(participant=person, characteristic=ethnicity, state="prefer_not", **by)
    make.participant(cast.study, group=cast.group, site=cast.site)


def tables(cast: make.Cast) -> Any:
    membership = cast.study.memberships.get(user=cast.administrator)
    return paper_tables(membership, default_options(cast.study))


@pytest.mark.parametrize(("count", "among", "expected"), [(10, 19, 53), (1, 8, 13), (2, 19, 11), (0, 0, 0)])
def test_per_cent_are_rounded_as_papers_do(count: int, among: int, expected: int) -> None:
    assert percent(count, among) == expected


@pytest.mark.parametrize(
    ("sizes", "population", "is_linked", "risk", "matching"),
    [
        ({}, None, True, "unknown", None),
        ({("job", "Consultant"): 3}, None, True, "high", 3),
        ({("job", "Consultant"): 3}, None, False, "unknown", 3),
        ({("job", "Consultant"): 50, ("origin", "White"): 800}, 1000, True, "low", 40),
        ({("job", "Consultant"): 50, ("origin", "White"): 40}, 1000, True, "high", 2),
        ({("job", "Consultant"): 1, ("origin", "White"): 900}, 1000, False, "high", 1),
        ({("job", "Consultant"): 50}, 1000, True, "unknown", 50),
    ],
)
def test_linkage_is_judged_by_the_population(
    sizes: dict[tuple[str, str], int],
    population: int | None,
    is_linked: bool,
    risk: str,
    matching: float | None,
) -> None:
    row = [("job", "Consultant"), ("origin", "White")]
    found = assess(row, sizes=sizes, population=population, threshold=5, is_linked=is_linked)
    assert (found.risk, found.matching) == (risk, matching and pytest.approx(matching))


def test_tables_hold_those_who_were_interviewed(cast: make.Cast, people: None) -> None:
    found = tables(cast)
    assert [row.cells for row, _ in found.by_person[0].rows] == [
        ("Consultant", "White"),
        ("Nurse", "White"),
        ("=1+1", "–"),
    ]
    assert [(block.name, [(line.label, line.counts) for line in block.lines]) for block in found.summary] == [
        ("Job", [("=1+1", ((1, 33),)), ("Consultant", ((1, 33),)), ("Nurse", ((1, 33),))]),
        ("Ethnicity", [("White", ((2, 67),)), ("Prefer not to say", ((1, 33),))]),
    ]
    assert [(line.people, line.mean, line.shortest, line.longest) for line in found.interviews] == [
        (3, 60, 50, 70),
        (3, 60, 50, 70),
    ]
    assert found.footnotes == ("Ethnicity: 1 preferred not to say.",)


def test_the_page_names_no_site_and_takes_constant_queries(
    client: Client, cast: make.Cast, people: None
) -> None:
    client.force_login(cast.administrator)
    page = client.get(at("tables", cast))
    assert is_clean(page)
    assert "Northmoor" not in page.content.decode()
    before = queries_of(client, at("tables", cast))
    for _ in range(3):
        make.interview(cast.study, participant=make.participant(cast.study, group=cast.group))
    assert queries_of(client, at("tables", cast)) == before


def test_broader_categories_and_no_pseudonyms(
    client: Client, cast: make.Cast, people: None, job: Characteristic
) -> None:
    client.force_login(cast.administrator)
    address = f"{at('tables', cast)}?shown=1&columns={job.id}&banded={job.id}&unnamed=on&threshold=5"
    found = client.get(address).context["tables"]
    assert [(row.pseudonym, row.cells) for row, _ in found.by_person[0].rows] == [
        ("", ("=1+1",)),
        ("", ("Clinical",)),
        ("", ("Clinical",)),
    ]
    assert "Job is given in broader categories to protect participants." in found.footnotes


def test_nothing_leaves_before_it_is_signed_and_then_exactly_that(
    client: Client, cast: make.Cast, people: None, job: Characteristic
) -> None:
    client.force_login(cast.administrator)
    seen = tables(cast).digest
    refused = client.post(at("tables_release", cast), {"seen": seen, "reason": ""})
    assert "3 rows" in said(refused)[-1]
    assert "changed since you looked" in said(client.post(at("tables_release", cast), {"seen": "0"}))[-1]
    client.post(at("tables_release", cast), {"seen": seen, "reason": "Agreed by all three"})
    release = TableRelease.objects.get()
    assert (release.released_by, release.people_count, release.unknown_count) == (cast.administrator, 3, 3)
    for kind in ("docx", "xlsx", "csv", "summary.csv"):
        answer = client.get(at("tables_download", cast, release.id, kind))
        assert answer.status_code == 200
        assert b"Northmoor" not in _text(answer.content)
    csv = client.get(at("tables_download", cast, release.id, "csv")).content.decode("utf-8-sig")
    assert "'=1+1" in csv
    assert AuditEvent.objects.filter(verb="downloaded").count() == 5
    person = cast.study.participants.first()
    actions.set_value(
        participant=person, characteristic=job, value="Porter", by=cast.administrator, now=make.NOW
    )
    changed = client.get(at("tables_download", cast, release.id, "csv"))
    assert (changed.status_code, "has changed since" in said(changed)[-1]) == (302, True)


def _text(content: bytes) -> bytes:
    if content[:2] != b"PK":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_sizes_are_stated_taken_back_and_never_zero(client: Client, cast: make.Cast, people: None) -> None:
    client.force_login(cast.administrator)
    assert tables(cast).parts[0].size is None
    client.post(at("populations_state", cast), {"size-0": "4000", "size-1": "2"})
    assert [part.size for part in tables(cast).parts[:2]] == [4000, 2]
    assert tables(cast).at("high") == 1
    assert "nothing was written" in said(client.post(at("populations_state", cast), {"size-0": "0"}))[-1]
    client.post(at("populations_state", cast), {"size-0": ""})
    assert tables(cast).parts[0].size is None
    with pytest.raises(Refused):
        actions.state_populations(
            study=cast.study, sizes={(cast.group, None, ""): 0}, by=cast.administrator, now=make.NOW
        )


def test_the_constraints_bite(cast: make.Cast) -> None:
    stated = {"study": cast.study, "group": cast.group, "stated_at": make.NOW, "stated_by": cast.pi}
    release = {
        "study": cast.study, "options": {}, "digest": "0", "people_count": 1, "at_risk_count": 1,
        "unknown_count": 0, "reason": "", "released_at": make.NOW, "released_by": cast.pi,
    }  # fmt: skip
    Population.objects.create(**stated, size=3)
    for name, manager, fields in (
        ("population_is_stated_once", Population.objects, {**stated, "size": 4}),
        (
            "population_value_and_characteristic_are_paired",
            Population.objects,
            {**stated, "size": 4, "value": "Nurse"},
        ),
        (
            "population_is_of_somebody",
            Population.objects,
            {**stated, "size": 0, "group": make.group(cast.study)},
        ),
        ("tablerelease_with_a_risk_says_why", TableRelease.objects, release),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            manager.create(**fields)


@pytest.mark.parametrize("who", ["recruiter", "ruth", "observer"])
def test_tables_are_for_those_who_keep_the_study(client: Client, cast: make.Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(at("tables", cast)).status_code == 403
