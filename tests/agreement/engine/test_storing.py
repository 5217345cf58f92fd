"""Stored tables answer as the counted ones do."""

from apps.agreement.engine import (
    Code,
    Parameters,
    Span,
    Study,
    UnitRules,
    figures,
    restricted,
    summarise,
    tabulate,
)
from apps.agreement.engine.report import DEFAULT_FORM
from apps.agreement.engine.storing import pack, unpack
from tests.agreement.engine import make


def parameters(*group_by: str) -> Parameters:
    return Parameters(
        levels=("answer", "character"),
        group_by=group_by,
        replicates=50,
        seed=3,
        confidence=0.95,
        interval_form=DEFAULT_FORM,
        min_units=1,
        rules=UnitRules(),
    )


def double_coded(transcripts: int, coders: tuple[str, ...] = ("ruth", "jin")) -> Study:
    texts = [
        make.speech(100, id=f"t{number}", stratum=f"s{number % 2}", words=True)
        for number in range(transcripts)
    ]
    spans = [
        Span(f"{coder}{number}", f"t{number}", coder, "a", number, number + 20 + shift, "helps")
        for number in range(transcripts)
        for shift, coder in enumerate(coders)
    ]
    return Study.of(
        transcripts=texts,
        codes=[Code("a"), Code("b")],
        assignments=[(text.id, coder) for text in texts for coder in coders],
        spans=spans,
    )


def test_what_was_packed_answers_as_before() -> None:
    tables = tabulate(double_coded(9))
    again = unpack(pack(tables))
    assert summarise(again, parameters()) == summarise(tables, parameters())
    assert list(again.levels) == list(tables.levels)


def test_nothing_to_compare_is_packed_too() -> None:
    tables = tabulate(double_coded(0))
    assert summarise(unpack(pack(tables)), parameters()) == summarise(tables, parameters())


def test_some_levels_and_some_transcripts_answer_as_if_there_were_no_others() -> None:
    few = [f"t{number}" for number in range(8)]
    packed = pack(tabulate(double_coded(12)))
    kept = restricted(unpack(packed, levels=["answer"]), few)
    alone = summarise(tabulate(double_coded(8)), parameters())
    assert list(kept.levels) == ["answer"]
    assert kept.confusions == alone.confusions
    assert figures(kept, parameters()) == tuple(each for each in alone.figures if each.level == "answer")


def test_one_pair_has_the_figures_that_it_has_in_the_report() -> None:
    tables = tabulate(double_coded(9, ("ann", "bob", "cho")))
    report = summarise(tables, parameters())
    pair = ("bob", "cho")
    assert figures(tables, parameters(), coders=pair) == tuple(
        each for each in report.figures if each.coders == pair
    )
    assert figures(restricted(tables, []), parameters(), coders=pair) == ()
