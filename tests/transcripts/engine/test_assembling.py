"""The stored text, its turns and its sentences."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.refusal import Refused
from apps.transcripts.engine.assembling import Document, Turn, assemble, label_alternately
from apps.transcripts.engine.drafts import Draft, Paragraph, Role
from apps.transcripts.engine.reading import read
from apps.transcripts.engine.roles import describe_labels
from apps.transcripts.engine.words import count_words

INTERVIEW = "I: How was it?\n\nP: Late. It was 3.5 miles.\n\nNote: he coughs\n\nI: And?"


def document(text: str, **roles: Role) -> Document:
    return assemble(read("a.txt", text.encode()), {label: role for label, role in roles.items()})  # noqa: C416 - a wider type of key


def test_text_holds_speech_only_and_turns_point_into_it() -> None:
    made = document(
        "I: How was it?\nP: Late. It was 3.5 miles.\nI: And?\nP: So.", I="interviewer", P="participant"
    )
    assert made.text == "How was it?\n\nLate. It was 3.5 miles.\n\nAnd?\n\nSo."
    assert made.turns == (
        Turn(0, 11, "I", "interviewer", None, 3),
        Turn(13, 36, "P", "participant", None, 5),
        Turn(38, 42, "I", "interviewer", None, 1),
        Turn(44, 47, "P", "participant", None, 1),
    )
    assert [made.text[start:end] for start, end in made.sentences] == [
        "How was it?",
        "Late.",
        "It was 3.5 miles.",
        "And?",
        "So.",
    ]


def test_paragraphs_of_one_turn_are_lines_of_it() -> None:
    made = document(
        "I: How?\n\nP: Late.\n\nVery late.\n\nI: And?\n\nP: So.", I="interviewer", P="participant"
    )
    assert [made.text[turn.start : turn.end] for turn in made.turns] == [
        "How?",
        "Late.\nVery late.",
        "And?",
        "So.",
    ]


def test_a_label_on_a_line_of_its_own_gives_the_turn_its_time() -> None:
    lines = "Ana Li   0:01|How?|Bo Fox   0:06|Late.|Very.|Bo Fox   1:15|So.|Ana Li   1:20|Mm."
    text = lines.replace("|", "\n\n")
    made = document(text, **{"Ana Li": "interviewer", "Bo Fox": "participant"})
    assert [(turn.timestamp_ms, made.text[turn.start : turn.end]) for turn in made.turns] == [
        (1_000, "How?"),
        (6_000, "Late.\nVery."),
        (75_000, "So."),
        (80_000, "Mm."),
    ]


def test_a_label_that_is_no_speaker_goes_back_into_the_text() -> None:
    text = "I: How?\n\nP: Late.\n\nTime: ten\n\nI: And?\n\nP: So.\n\nTime: twelve"
    made = document(text, I="interviewer", P="participant", Time="not_a_speaker")
    assert [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns] == [
        ("I", "How?"),
        ("P", "Late.\nTime: ten"),
        ("I", "And?"),
        ("P", "So.\nTime: twelve"),
    ]


def test_text_under_no_label_is_kept_as_other_or_left_out() -> None:
    draft = read("a.txt", b"Title\n\nI: How?\n\nP: Late.\n\nI: And?\n\nP: So.")
    roles: dict[str | None, Role] = {"I": "interviewer", "P": "participant"}
    kept = assemble(draft, roles)
    left_out = assemble(draft, {**roles, None: "not_a_speaker"})
    assert kept.turns[0] == Turn(0, 5, "", "other", None, 1)
    assert left_out.text == "How?\n\nLate.\n\nAnd?\n\nSo."


def test_speakers_can_be_renamed() -> None:
    draft = read("a.txt", b"Ann: How?\n\nBob: Late.\n\nAnn: And?\n\nBob: So.")
    made = assemble(draft, {"Ann": "interviewer", "Bob": "participant"}, speakers={"Bob": "Hub client 07"})
    assert [turn.speaker for turn in made.turns] == ["Ann", "Hub client 07", "Ann", "Hub client 07"]


def test_without_labels_paragraphs_are_turns_of_one_speaker_or_alternate() -> None:
    draft = read("a.txt", b"How was it then?\n\nLate.\n\nAnd?")
    alone = assemble(draft, {None: "participant"})
    alternating = label_alternately(draft)
    assert [turn.role for turn in alone.turns] == ["participant"] * 3
    assert [label.name for label in alternating.labels] == ["Interviewer", "Participant"]
    assert [
        turn.speaker
        for turn in assemble(alternating, {"Interviewer": "interviewer", "Participant": "participant"}).turns
    ] == [
        "Interviewer",
        "Participant",
        "Interviewer",
    ]


def test_every_label_needs_a_role() -> None:
    with pytest.raises(ValueError, match=r"^No role was given for P\.$"):
        document("I: How?\n\nP: Late.\n\nI: And?\n\nP: So.", I="interviewer")


def test_a_document_without_speech_is_refused() -> None:
    with pytest.raises(Refused, match=r"^No speech is left when these roles are applied\.$"):
        assemble(read("a.txt", b"Only a title"), {None: "not_a_speaker"})


speech = st.text(alphabet="aZ é\u0301\u00a0\t.?!…😀👩\u200d🔬שלום١\u202b“”:;\n[]0", min_size=1, max_size=60)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    labels = draw(st.lists(st.sampled_from([None, "I", "P", "Note"]), min_size=1, max_size=8))
    paragraphs = tuple(
        Paragraph(draw(speech), label, f"{label}: " if label else "", draw(st.booleans())) for label in labels
    )
    return Draft("", "utf-8", False, "txt", paragraphs, describe_labels(paragraphs), ())


@given(drafts())
def test_turns_partition_the_text_and_sentences_the_turns(draft: Draft) -> None:
    roles: dict[str | None, Role] = {"I": "interviewer", "P": "participant", "Note": "not_a_speaker"}
    try:
        made = assemble(draft, roles)
    except Refused:
        assert all(not paragraph.text.strip() and paragraph.label != "Note" for paragraph in draft.paragraphs)
        return
    turns = [made.text[turn.start : turn.end] for turn in made.turns]
    assert made.text.split("\n\n") == turns
    assert [turn.words for turn in made.turns] == [count_words(turn) for turn in turns]
    for turn in made.turns:
        inside = [span for span in made.sentences if turn.start <= span[0] and span[1] <= turn.end]
        said = "".join(made.text[start:end] for start, end in inside)
        assert "".join(said.split()) == "".join(made.text[turn.start : turn.end].split())
        assert (inside[0][0], inside[-1][1]) == (turn.start, turn.end)
    given_characters = "".join(
        "".join(
            (paragraph.lead if paragraph.label == "Note" else "") + paragraph.text
            for paragraph in draft.paragraphs
        ).split()
    )
    assert "".join(made.text.split()) == given_characters


@given(drafts())
def test_a_draft_survives_json(draft: Draft) -> None:
    assert Draft.from_json(json.loads(json.dumps(draft.to_json()))) == draft


@given(
    st.lists(
        st.text(alphabet="aé\u0301\u00a0\tשلا😀👩\u200d🔬 ,", min_size=1).map(str.strip).filter(bool),
        min_size=2,
        max_size=6,
    )
)
def test_speech_comes_back_code_point_for_code_point(said: list[str]) -> None:
    text = "\r\n\r\n".join(f"{'IP'[place % 2]}: {words}" for place, words in enumerate(said * 2))
    made = document(text, I="interviewer", P="participant")
    assert [made.text[turn.start : turn.end] for turn in made.turns] == said * 2
