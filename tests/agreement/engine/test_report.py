"""What is shown, what is not and why, and what is left out."""

from typing import Any

import pytest

from apps.agreement.engine import (
    Code,
    Estimate,
    Figure,
    InputError,
    LeftOut,
    PairCounts,
    Parameters,
    Report,
    Span,
    Study,
    Transcript,
    Turn,
    UnitRules,
    compute,
    from_json,
    summarise,
    tabulate,
    to_json,
)

from .make import Marked, speech, study

CODEBOOK = [Code("A"), Code("a1", "A"), Code("a2", "A"), Code("other")]


def sentences(*numbers: int) -> list[tuple[int, int]]:
    """The extents of sentences by number; `speech` cuts every ten characters."""
    return [(10 * number, 10 * number + 10) for number in numbers]


def marked(coder: str, code: str, *numbers: int) -> list[Marked]:
    return [(coder, code, start, end) for start, end in sentences(*numbers)]


def shown(rows: list[Marked], code: str = "a", *, min_units: int = 10, length: int = 1000) -> Figure:
    given = study(rows, transcript=speech(length), codes=[Code("a"), Code("b")])
    return compute(given, min_units=min_units).figure("sentence", code)


def many(transcripts: int, *, strata: int = 1, coders: tuple[str, ...] = ("ann", "bob")) -> Study:
    """Transcripts of 20 sentences; all but the first coder miss up to three and add one."""
    texts = [
        Transcript.of(
            f"t{place:02}",
            200,
            turns=[Turn(0, 200, "participant")],
            sentences=sentences(*range(20)),
            stratum=str(place % strata),
            groups={"site": "north" if place % 2 else "south"},
        )
        for place in range(transcripts)
    ]
    spans = []
    for place, text in enumerate(texts):
        for number, (start, end) in enumerate(sentences(*range(20))):
            for coder in coders:
                off = coder != coders[0] and (number < place % 4 or number == 15 + place % 4)
                if (number < 6) != off:
                    spans.append(Span(f"{coder}{place}-{number}", text.id, coder, "a", start, end))
    return Study.of(
        transcripts=texts,
        codes=[Code("a")],
        assignments=[(text.id, coder) for text in texts for coder in coders],
        spans=spans,
    )


def test_nobody_used_it() -> None:
    figure = shown([("ann", "a", 0, 200)], "b")
    assert figure.status == "not_used"
    assert {estimate.reason for estimate in figure.estimates.values()} == {"not_used"}
    assert {estimate.value for estimate in figure.estimates.values()} == {None}


def test_fewer_than_ten_units_show_counts_only() -> None:
    nine = shown(marked("ann", "a", *range(9)) + marked("bob", "a", *range(5)))
    assert (nine.status, nine.coded_by_any) == ("counts_only", 9)
    assert nine.estimate("krippendorff_alpha") == Estimate(None, "few_units", None, None, "no_value", 0)
    ten = shown(marked("ann", "a", *range(9)) + marked("bob", "a", 9))
    assert (ten.status, ten.coded_by_any) == ("shown", 10)


def test_at_character_level_the_codings_are_counted_and_not_the_characters() -> None:
    apart = [("ann", "a", 100 * place, 100 * place + 50) for place in range(10)]
    transcript = speech(1000)
    nine = compute(study(apart[:9], transcript=transcript)).figure("character", "a")
    ten = compute(study(apart, transcript=transcript)).figure("character", "a")
    assert (nine.status, nine.coded_by_any) == ("counts_only", 450)
    assert (ten.status, ten.coded_by_any) == ("shown", 500)


def test_one_coder_used_it_and_the_other_did_not() -> None:
    figure = shown(marked("ann", "a", *range(20)))
    assert figure.estimate("cohen_kappa").value == 0.0
    assert figure.estimate("positive_agreement").value == 0.0
    assert figure.estimate("krippendorff_alpha").value == pytest.approx(-0.1055555556)
    assert figure.coded_by == {"ann": 20, "bob": 0}


def test_everything_was_coded_by_both() -> None:
    figure = shown(marked("ann", "a", *range(100)) + marked("bob", "a", *range(100)))
    for name in ("krippendorff_alpha", "cohen_kappa", "scott_pi", "negative_agreement"):
        assert figure.estimate(name).reason == "no_variation"
    for name in ("positive_agreement", "percent", "gwet_ac1", "brennan_prediger"):
        assert figure.estimate(name).value == 1.0


def test_no_interval_below_eight_transcripts() -> None:
    alpha = compute(many(7)).figure("sentence", "a").estimate("krippendorff_alpha")
    assert (alpha.reason, alpha.low, alpha.interval_reason) == (None, None, "few_transcripts")


@pytest.mark.parametrize(("transcripts", "narrow"), [(7, False), (8, True), (19, True), (20, False)])
def test_an_interval_of_fewer_than_twenty_is_probably_too_narrow(transcripts: int, narrow: bool) -> None:
    figure = compute(many(transcripts)).figure("sentence", "a")
    assert figure.narrow == narrow
    assert (figure.estimate("krippendorff_alpha").low is not None) == (transcripts >= 8)


def test_no_interval_was_asked_for() -> None:
    alpha = compute(many(8), replicates=0).figure("sentence", "a").estimate("krippendorff_alpha")
    assert alpha.interval_reason == "not_asked"


def test_an_interval_holds_the_value() -> None:
    for estimate in compute(many(12)).figure("sentence", "a").estimates.values():
        bounds = estimate.low, estimate.value, estimate.high
        assert None not in bounds
        assert sorted(bounds, key=float) == list(bounds)  # type: ignore[arg-type]


def test_a_code_in_one_transcript_of_many_has_no_stable_interval() -> None:
    given = many(12)
    spans = [
        Span(f"{coder}{start}", "t00", coder, "b", start, end)
        for start, end in sentences(*range(15))
        for coder in given.coders
    ]
    with_b = Study.of(
        transcripts=given.transcripts,
        codes=[Code("b")],
        assignments=[(text.id, coder) for text in given.transcripts for coder in given.coders],
        spans=spans,
    )
    alpha = compute(with_b).figure("sentence", "b").estimate("krippendorff_alpha")
    assert (alpha.value, alpha.low, alpha.interval_reason) == (1.0, None, "unstable")
    assert alpha.undefined_replicates > 200


def test_presence_has_counts_and_no_coefficients() -> None:
    figure = compute(many(12)).figure("transcript", "a")
    assert (figure.status, figure.units, dict(figure.estimates)) == ("counts_only", 12, {})
    assert figure.counts == PairCounts(12, 0, 0, 0)
    assert figure.estimate("krippendorff_alpha").reason == "not_given"


class TestConstructs:
    ROWS = [
        *marked("ann", "a1", 0, 1),
        *marked("bob", "a2", 1, 2),
        *marked("ann", "A", 5),
        *marked("bob", "A", 5),
    ]

    def report(self) -> Report:
        return compute(study(self.ROWS, transcript=speech(100), codes=CODEBOOK), min_units=0)

    def test_roll_up_from_all_below(self) -> None:
        figure = self.report().figure("sentence", "A")
        assert figure.kind == "construct"
        assert figure.coded_by == {"ann": 3, "bob": 3}
        assert figure.counts == PairCounts(2, 1, 1, 6)

    def test_unspecified_counts_at_construct_level_only(self) -> None:
        report = self.report()
        assert report.figure("sentence", "a1").coded_by == {"ann": 2, "bob": 0}
        assert report.figure("sentence", kind="pooled_codes").coded_by == {"ann": 2, "bob": 2}
        assert report.figure("sentence", kind="pooled_constructs").coded_by == {"ann": 3, "bob": 3}

    def test_a_pool_holds_one_decision_for_each_unit_and_used_code(self) -> None:
        report = self.report()
        assert report.figure("sentence", kind="pooled_codes").units == 20
        assert report.figure("sentence", kind="pooled_constructs").units == 10
        assert report.not_used == ("other",)

    def test_grandchildren_count(self) -> None:
        codes = [Code("top"), Code("mid", "top"), Code("low", "mid")]
        report = compute(study(marked("ann", "low", 3), codes=codes), min_units=0)
        assert [report.figure("sentence", code).coded_by["ann"] for code in ("top", "mid", "low")] == [
            1,
            1,
            1,
        ]


def test_interviewer_speech_is_no_unit() -> None:
    transcript = Transcript.of(
        "t",
        30,
        turns=[Turn(0, 10, "participant"), Turn(10, 20, "interviewer"), Turn(20, 30, "participant")],
        sentences=sentences(0, 1, 2),
    )
    report = compute(study([("ann", "a", 0, 20), ("bob", "a", 12, 18)], transcript=transcript), min_units=0)
    assert report.figure("sentence", "a").coded_by == {"ann": 1, "bob": 0}
    assert report.figure("character", "a").coded_by == {"ann": 10, "bob": 0}
    assert report.units["character"] == 20


class TestCoders:
    def test_a_coder_without_spans_coded_nothing(self) -> None:
        figure = shown(marked("ann", "a", *range(12)))
        assert figure.counts is not None
        assert (figure.counts.only_first, figure.counts.neither) == (12, 88)

    def test_a_coder_who_was_not_assigned_is_missing(self) -> None:
        given = Study.of(
            transcripts=[speech(100, id="t"), speech(100, id="u"), speech(100, id="v")],
            codes=[Code("a")],
            assignments=[("t", "ann"), ("t", "bob"), ("u", "bob"), ("u", "cho"), ("v", "cho")],
            spans=[
                Span("1", "t", "ann", "a", 0, 50),
                Span("2", "u", "cho", "a", 0, 30),
                Span("3", "v", "cho", "a", 0, 9),
            ],
        )
        report = compute(given, min_units=0)
        assert report.left_out == (LeftOut("v", "one_coder"),)
        assert report.transcripts == ("t", "u")
        together = report.figure("sentence", "a")
        assert (together.coders, together.units, together.coded_by) == (
            ("ann", "bob", "cho"),
            20,
            {"ann": 5, "bob": 0, "cho": 3},
        )
        pairs = [one for one in report.figures if one.pair and one.level == "sentence" and one.code == "a"]
        assert [(one.coders, one.units, one.coded_by_any) for one in pairs] == [
            (("ann", "bob"), 10, 5),
            (("bob", "cho"), 10, 3),
        ]
        assert together.by_number is None

    def test_how_many_coded_it_is_told_only_where_all_did(self) -> None:
        given = Study.of(
            transcripts=[speech(100, id="t"), speech(100, id="u")],
            codes=[Code("a")],
            assignments=[("t", "ann"), ("t", "bob"), ("t", "cho"), ("u", "ann"), ("u", "bob")],
            spans=[Span("1", "t", "cho", "a", 0, 50), Span("2", "u", "bob", "a", 0, 30)],
        )
        figure = compute(given, min_units=0).figure("sentence", "a")
        assert (figure.by_number, figure.coded_by) == (None, {"ann": 0, "bob": 3, "cho": 5})

    def test_two_coders_are_one_pair_and_all(self) -> None:
        report = compute(many(8))
        assert {one.coders for one in report.figures} == {("ann", "bob")}
        assert len({(one.level, one.kind, one.code) for one in report.figures}) == len(report.figures)

    def test_three_coders_have_their_own_names_of_coefficients(self) -> None:
        report = compute(many(8, coders=("ann", "bob", "cho")))
        group = report.figure("sentence", "a")
        pair = report.figure("sentence", "a", coders=("bob", "cho"))
        assert {"conger_kappa", "light_kappa", "fleiss_kappa"} <= set(group.estimates)
        assert "cohen_kappa" not in group.estimates
        assert {"cohen_kappa", "scott_pi"} <= set(pair.estimates)
        assert (group.by_number, pair.by_number) == ((104, 12, 8, 36), None)


class TestGroups:
    def test_each_value_has_its_own_figures(self) -> None:
        report = compute(many(17), group_by=["site"])
        north = report.figure("sentence", "a", group=("site", "north"))
        south = report.figure("sentence", "a", group=("site", "south"))
        whole = report.figure("sentence", "a")
        assert (north.transcripts, south.transcripts, whole.transcripts) == (8, 9, 17)
        assert north.coded_by_any + south.coded_by_any == whole.coded_by_any

    def test_a_group_is_what_a_study_of_it_alone_would_be(self) -> None:
        given = many(18, strata=2)
        members = [text for text in given.transcripts if text.groups["site"] == "north"]
        rows = [place for place, text in enumerate(given.transcripts) if text in members]
        alone = Study.of(
            transcripts=members,
            codes=given.codes,
            assignments=[(text.id, coder) for text in members for coder in given.coders],
            spans=[
                Span(
                    str(row),
                    given.transcripts[place].id,
                    given.coders[given.spans.coder[row]],
                    "a",
                    start,
                    end,
                )
                for row, (place, start, end) in enumerate(
                    zip(
                        given.spans.transcript.tolist(),
                        given.spans.start.tolist(),
                        given.spans.end.tolist(),
                        strict=True,
                    )
                )
                if place in rows
            ],
        )
        grouped = compute(given, group_by=["site"]).figure("sentence", "a", group=("site", "north"))
        assert grouped.estimates == compute(alone).figure("sentence", "a").estimates

    def test_an_unknown_grouping_gives_nothing(self) -> None:
        assert compute(many(8), group_by=["round"]).figures == compute(many(8)).figures


def test_levels_that_cannot_be_counted_say_why() -> None:
    report = compute(study([("ann", "a", 0, 9)], transcript=Transcript.of("t", 50)))
    assert report.unavailable == {"answer": "no_turns", "sentence": "no_sentences", "turn": "no_turns"}
    assert set(report.units) == {"character", "transcript"}


def test_other_speakers_can_be_counted() -> None:
    transcript = Transcript.of("t", 20, turns=[Turn(0, 10, "participant"), Turn(10, 20, "other")])
    given = study([("ann", "a", 5, 15)], transcript=transcript)
    both = UnitRules(roles=("participant", "other"))
    assert compute(given).figure("character", "a").coded_by["ann"] == 5
    assert compute(given, rules=both).figure("character", "a").coded_by["ann"] == 10


def test_median_and_range_over_codes() -> None:
    rows = [*marked("ann", "a", *range(20)), *marked("bob", "a", *range(20))]
    rows += [*marked("ann", "b", *range(20)), *marked("bob", "b", *range(10, 30))]
    report = compute(study(rows, transcript=speech(1000)), levels=["sentence"])
    spread = next(one for one in report.spreads if one.measure == "positive_agreement")
    assert (spread.codes, spread.low, spread.median, spread.high) == (2, 0.5, 0.75, 1.0)


def test_in_two_steps_and_for_fewer_levels() -> None:
    given = many(10)
    tables = tabulate(given)
    whole = compute(given, group_by=["site"])
    assert summarise(tables, whole.parameters) == whole
    fewer = Parameters(
        levels=("sentence",),
        group_by=(),
        replicates=1000,
        seed=0,
        confidence=0.95,
        interval_form="expanded",
        min_units=10,
        rules=UnitRules(),
    )
    again = summarise(tables, fewer)
    assert again.figures == compute(given, levels=["sentence"]).figures


def test_the_seed_changes_intervals_and_nothing_else() -> None:
    first, second = (
        compute(many(10), seed=seed).figure("sentence", "a").estimate("krippendorff_alpha") for seed in (1, 2)
    )
    assert first.value == second.value
    assert (first.low, first.high) != (second.low, second.high)


def test_json_and_back() -> None:
    report = compute(many(9, coders=("ann", "bob", "cho")), group_by=["site"])
    assert from_json(Report, to_json(report)) == report


def test_a_figure_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        compute(many(8)).figure("sentence", "zzz")


def test_other_names_of_the_same_number() -> None:
    figure = compute(many(8)).figure("character", "a")
    for name, other in [("f1", "positive_agreement"), ("holsti", "percent"), ("pabak", "brennan_prediger")]:
        assert figure.estimate(name) == figure.estimates[other]
    assert figure.estimate("u_alpha") == figure.estimates["bar_u_alpha"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levels": ["word"]}, "levels: 'word' is none of"),
        ({"replicates": 1}, "replicates: 1 give no interval; take 40 or more, or 0 for none"),
        ({"replicates": 99, "confidence": 0.98}, "take 100 or more"),
        ({"confidence": 1.5}, "confidence: 1.5 does not lie between 0 and 1"),
        ({"interval_form": "wide"}, "interval form: 'wide' is none of percentile, expanded"),
    ],
)
def test_parameters_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compute(many(3), **options)
