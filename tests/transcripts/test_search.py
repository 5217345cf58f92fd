"""Finding words in transcripts: which are found, whose, and by which index."""

from dataclasses import replace

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection

from apps.studies.models import Membership
from apps.studies.permissions import Role
from apps.transcripts.models import SearchedTurn, Turn
from apps.transcripts.queries import Found, find, marked
from apps.transcripts.queries.finding import CONFIGURATION
from tests import make

pytestmark = pytest.mark.django_db


def membership(cast: make.Cast, name: str = "ruth") -> Membership:
    return Membership.objects.select_related("study").get(study=cast.study, user=getattr(cast, name))


def found(cast: make.Cast, asked: str, name: str = "ruth", **filters: object) -> list[tuple[int, str]]:
    """Number of the turn, and the words that were hit."""
    hits = find(membership(cast, name), asked, **filters)
    return [
        (hit.number, "|".join(piece.words for piece in hit.pieces if piece.is_hit))
        for hit in (hits[0:20] if hits else [])
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("NIGHTS", [(4, "nights")]),
        ('"rang back"', [(6, "rang|back")]),
        ('"back rang"', []),
        ("coll*", [(4, "colleague")]),
        ("coll", []),
        ("not", [(6, "not")]),
        ("e-mail", [(2, "e|mail")]),
        ("nearly honest", [(2, "nearly|honest")]),
        ("nearly nights", []),
        ("'); drop table turn; --", []),
        ("col'l*", []),
        ("a\\b* |", []),
        ("!!!", []),
    ],
)
def test_what_is_found(cast: make.Cast, asked: str, expected: list[tuple[int, str]]) -> None:
    make.transcript(cast.study)
    assert found(cast, asked) == expected


@pytest.mark.parametrize(
    "speech",
    [
        (("I", "Why 🙂?"), ("P", "Weil ich’s nicht mochte 👩‍👩‍👧."), ("I", "Ah.")),
        (("P", "e\u0301te\u0301"), ("I", "שלום"), ("P", "a\u00a0b\tc")),
    ],
)
def test_each_turn_is_kept_as_it_stands_in_the_text(
    cast: make.Cast, speech: tuple[tuple[str, str], ...]
) -> None:
    version = make.transcript(cast.study, speech=speech)
    kept = SearchedTurn.objects.filter(version=version).order_by("position").values_list("text", flat=True)
    turns = version.turns.order_by("position")
    assert list(kept) == [version.text[turn.start : turn.end] for turn in turns] != []


@pytest.mark.parametrize("asked", ["café", "cafe", "CAFÉ"])
def test_accents_do_not_count(cast: make.Cast, asked: str) -> None:
    make.transcript(cast.study, speech=(("P", "We met in the café 🙂."),))
    assert found(cast, asked) == [(1, "café")]


def test_words_in_other_scripts_are_found(cast: make.Cast) -> None:
    make.transcript(cast.study, speech=(("P", "قالت شكرا ثم ذهبت"), ("P", "Он сказал спасибо")))
    assert found(cast, "شكرا") == [(1, "شكرا")]
    assert found(cast, "спас*") == [(2, "спасибо")]


def test_filters_narrow_and_pages_go_on_where_the_last_one_ended(cast: make.Cast) -> None:
    for _ in range(3):
        make.transcript(cast.study)
    hits = find(membership(cast), "rang*")
    assert isinstance(hits, Found)
    assert (len(hits), len(hits.positions)) == (6, 3)
    pages = [hit.turn.id for start in range(0, 6, 2) for hit in hits[start : start + 2]]
    assert pages == [hit.turn.id for hit in hits[0:20]]
    assert len(set(pages)) == 6
    assert len(find(membership(cast), "rang*", role=Turn.Role.INTERVIEWER) or ()) == 3
    assert len(find(membership(cast), "rang*", name="Hub client 02") or ()) == 2
    assert len(find(membership(cast), "rang*", group=make.group(cast.study).id) or ()) == 0


def test_a_turn_that_is_gone_since_it_was_found_is_passed_over(cast: make.Cast) -> None:
    make.transcript(cast.study)
    hits = find(membership(cast), "rang*")
    assert isinstance(hits, Found)
    [(version, positions)] = hits.positions.items()
    gone = replace(hits, positions={version: [*positions, 999]})
    assert gone[0:20] == hits[0:20]


def test_a_coder_finds_nothing_in_texts_that_are_not_ready_nor_anybody_in_another_study(
    cast: make.Cast,
) -> None:
    make.transcript(cast.study, is_ready=False)
    assert (found(cast, "nights"), found(cast, "nights", "pi")) == ([], [(4, "nights")])
    other = Membership.objects.select_related("study").get(user=cast.outsider)
    assert other.study_id != cast.study.id
    assert len(find(other, "nights") or ()) == 0


def test_a_text_shows_all_of_its_hits(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    turns = marked(version, "rang*")
    assert [turn.number for turn in turns if turn.pieces] == [5, 6]
    assert ["".join(piece.words for piece in turn.pieces) or turn.words for turn in turns] == [
        turn.words for turn in turns
    ]


def test_the_index_answers_as_the_role_that_serves_pages(cast: make.Cast) -> None:
    """No row-level policy stands before the words of transcripts, so the index may be used."""
    make.transcript(cast.study)
    assert len(find(membership(cast), "nights") or ())
    nights = SearchQuery("nights", config=CONFIGURATION, search_type="phrase")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, relrowsecurity FROM pg_class WHERE relname = %s", [_table()])
        assert cursor.fetchone() == ("concord_app", False)
        # A few rows are quicker read one after another; this index is only ever read through a bitmap.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "searchedturn_words" in SearchedTurn.objects.filter(words=nights).order_by().explain()


def _table() -> str:
    return SearchedTurn._meta.db_table


def test_roles_that_read_no_transcripts_have_no_search() -> None:
    from apps.studies.permissions import PERMISSIONS, Permission

    without = {role for role in Role if Permission.TRANSCRIPTS_VIEW not in PERMISSIONS[role]}
    assert without == {Role.RECRUITER, Role.OBSERVER}
