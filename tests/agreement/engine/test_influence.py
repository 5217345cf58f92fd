"""Agreement on influence, over matched codings only."""

from typing import Any

import pytest

from apps.agreement.engine import (
    Code,
    Influence,
    InfluenceAgreement,
    Span,
    Study,
    Tables,
    align,
    influence_agreement,
    pack,
    restricted,
    tabulate,
    unpack,
    with_matches,
)

from .make import Marked, speech, study

Pair = tuple[Influence | None, Influence | None]
HELPS: Pair = ("helps", "helps")
HINDERS: Pair = ("hinders", "hinders")
MIXED: Pair = ("helps", "hinders")
UNCLEAR: Pair = (None, "unclear")


def rows(pairs: list[Pair]) -> list[Marked]:
    """Matched codings of one code, ten characters apart, with the influence of either coder."""
    return [
        (coder, "a", 20 * place, 20 * place + 10, influence)
        for place, both in enumerate(pairs)
        for coder, influence in zip(("ann", "bob"), both, strict=True)
    ]


def counted(given: Study) -> Tables:
    return with_matches(tabulate(given), align(given))


def compared(given: Study) -> tuple[InfluenceAgreement, ...]:
    return influence_agreement(counted(given))


def agreed(given: Study) -> dict[str | None, Any]:
    found = compared(given)
    return {one.code: (one.matched, one.percent.value, one.krippendorff_alpha.value) for one in found}


def test_over_all_codes_and_by_code() -> None:
    pairs: list[Pair] = [*[HELPS] * 6, *[HINDERS] * 4, MIXED, MIXED]
    given = study([*rows(pairs), ("ann", "b", 900, 950, "both")], transcript=speech(1000))
    assert agreed(given) == {
        None: (12, pytest.approx(10 / 12), pytest.approx(1 - 23 * 4 / (24 * 24 - 14 * 14 - 10 * 10))),
        "a": (12, pytest.approx(10 / 12), pytest.approx(1 - 23 * 4 / (24 * 24 - 14 * 14 - 10 * 10))),
    }


def test_none_is_a_value_of_its_own() -> None:
    given = study(rows([*[HELPS] * 5, *[UNCLEAR] * 5]), transcript=speech(400))
    (whole, _) = compared(given)
    assert whole.values == ("helps", "hinders", "both", "unclear", None)
    assert whole.cells == ((5, 0, 0, 0, 0), (0,) * 5, (0,) * 5, (0,) * 5, (0, 0, 0, 5, 0))
    assert whole.percent.value == 0.5


def test_fewer_than_ten_show_counts_only() -> None:
    given = study(rows([HELPS] * 9), transcript=speech(400))
    (whole, _) = compared(given)
    assert (whole.matched, whole.percent.reason, whole.krippendorff_alpha.reason) == (
        9,
        "few_units",
        "few_units",
    )


def test_always_the_same_value_has_no_alpha() -> None:
    given = study(rows([HELPS] * 10), transcript=speech(400))
    (whole, _) = compared(given)
    assert (whole.percent.value, whole.krippendorff_alpha.reason) == (1.0, "no_variation")


def test_a_study_without_influences() -> None:
    given = study(rows([(None, None)] * 10), transcript=speech(400))
    assert compared(given) == ()


def test_one_pair_answers_as_among_all_pairs() -> None:
    marked: list[Marked] = [
        (coder, "a", 20 * number, 20 * number + 10, "helps" if (number + at) % 3 else "hinders")
        for at, coder in enumerate(("ann", "bob", "cho"))
        for number in range(12)
    ]
    tables = counted(study(marked, transcript=speech(400), coders=("ann", "bob", "cho")))
    every = influence_agreement(tables)
    assert {each.coders for each in every} == {("ann", "bob"), ("ann", "cho"), ("bob", "cho")}
    of_pair = tuple(each for each in every if each.coders == ("ann", "cho"))
    assert influence_agreement(tables, coders=("cho", "ann")) == of_pair


def test_intervals_by_transcript() -> None:
    texts = [speech(400, id=f"t{place}") for place in range(9)]
    spans: list[Span] = [
        Span(f"{text.id}-{number}-{coder}", text.id, coder, "a", 20 * number, 20 * number + 10, influence)
        for place, text in enumerate(texts)
        for number in range(4)
        for coder, influence in zip(("ann", "bob"), HELPS if (number + place) % 4 else MIXED, strict=True)
    ]
    given = Study.of(
        transcripts=texts,
        codes=[Code("a")],
        assignments=[(text.id, coder) for text in texts for coder in ("ann", "bob")],
        spans=spans,
    )
    (whole, _) = compared(given)
    assert (whole.matched, whole.percent.value) == (36, 0.75)
    assert (whole.percent.low, whole.percent.high) == (0.75, 0.75)  # every transcript has three of four
    few = influence_agreement(counted(given), replicates=0)[0]
    assert few.percent.interval_reason == "not_asked"


def test_some_transcripts_answer_as_a_study_of_their_own() -> None:
    texts = [speech(400, id=f"t{place}", stratum="ab"[place % 2]) for place in range(12)]

    def of(ids: list[str]) -> Study:
        kept = [text for text in texts if text.id in ids]
        spans = [
            Span(
                f"{text.id}-{number}-{coder}",
                text.id,
                coder,
                "ab"[number % 2],
                20 * number,
                20 * number + 10,
                one,
            )
            for text in kept
            for number in range(8)
            for coder, one in zip(
                ("ann", "bob"), HELPS if (number * int(text.id[1:])) % 5 else MIXED, strict=True
            )
        ]
        rows = [(text.id, coder) for text in kept for coder in ("ann", "bob")]
        return Study.of(transcripts=kept, codes=[Code("a"), Code("b")], assignments=rows, spans=spans)

    chosen = [text.id for text in texts[2:11]]
    stored = unpack(pack(counted(of([text.id for text in texts]))), levels=["sentence"])
    found = influence_agreement(restricted(stored, chosen), seed=3)
    assert found == influence_agreement(counted(of(chosen)), seed=3)
    assert [one.code for one in found] == [None, "a", "b"]
    assert all(one.krippendorff_alpha.low is not None for one in found)
    assert influence_agreement(restricted(stored, [])) == ()


@pytest.mark.parametrize(("shared", "has_interval"), [(7, False), (8, True)])
def test_a_pair_is_counted_where_both_coded_whoever_else_did(shared: int, has_interval: bool) -> None:
    texts = [speech(400, id=f"t{place}") for place in range(10)]
    said: dict[str, Influence] = {"ann": "helps", "bob": "helps", "cho": "hinders"}
    rows = [(text.id, coder) for text in texts for coder in ("ann", "cho")]
    rows += [(text.id, "bob") for text in texts[:shared]]
    spans = [
        Span(f"{text}-{number}-{coder}", text, coder, "a", 20 * number, 20 * number + 10, said[coder])
        for text, coder in rows
        for number in range(4)
    ]
    given = Study.of(transcripts=texts, codes=[Code("a")], assignments=rows, spans=spans)
    found = {each.coders: each for each in compared(given) if each.code is None}
    assert {pair: (each.matched, each.percent.value) for pair, each in found.items()} == {
        ("ann", "bob"): (4 * shared, 1.0),
        ("ann", "cho"): (40, 0.0),
        ("bob", "cho"): (4 * shared, 0.0),
    }
    assert (found["ann", "bob"].percent.low is not None) == has_interval
