"""Transcripts as services and typists deliver them; not part of the project, so skipped where absent."""

from pathlib import Path

import pytest

from apps.core.refusal import Refused
from apps.transcripts.engine.assembling import assemble
from apps.transcripts.engine.reading import read

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "transcripts"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="no folder of sample transcripts beside the checkout"
)

FIRST_ANSWER = (
    "It was, um, an email from comms – one of those all-staff bulletins. I nearly deleted it to be honest."
)
LAST_ANSWER = "More of it outside nine to five. And tell the managers first, not last."


@pytest.mark.parametrize(
    ("name", "labels", "is_timed"),
    [
        ("synth_cp1252.txt", ["INT", "RESP", "OBS"], False),
        ("synth_utf16le_bom.txt", ["INT", "RESP", "OBS"], False),
        ("synth_otter.txt", ["Hannah Reed", "Speaker 1", "Unknown Speaker"], True),
        ("synth_rev.txt", ["Hannah Reed", "P07", "Observer"], True),
        ("synth_captions.srt", ["Hannah Reed", "P07", "Observer"], True),
        ("synth_zoom.vtt", ["Hannah Reed", "P07", "Observer"], True),
        ("synth_teams_new.vtt", ["Hannah Reed", "P07", "Observer"], True),
        ("synth_teams.docx", ["Reed, Hannah (Research)", "P07", "Observer"], True),
        ("synth_typist_I_P.docx", ["I", "P", "I2"], False),
    ],
)
def test_one_interview_in_nine_files(name: str, labels: list[str], is_timed: bool) -> None:
    draft = read(name, (SAMPLES / name).read_bytes())
    made = assemble(draft, {label.name: label.role for label in draft.labels} | {None: "not_a_speaker"})
    spoken = [made.text[turn.start : turn.end] for turn in made.turns]
    assert [(label.name, label.count) for label in draft.labels] == list(zip(labels, (6, 7, 1), strict=True))
    assert [label.role for label in draft.labels[:2]] == ["interviewer", "participant"]
    assert (spoken[1], spoken[-1], len(spoken)) == (FIRST_ANSWER, LAST_ANSWER, 14)
    assert [turn.timestamp_ms for turn in made.turns][:3] == (
        [4_000, 10_000, 28_000] if is_timed else [None] * 3
    )
    assert len(made.sentences) == 28


def test_a_word_file_with_everything_in_it() -> None:
    draft = read("advers2.docx", (SAMPLES / "advers2.docx").read_bytes())
    assert [(part.label, part.start_ms, part.text) for part in draft.paragraphs[3:]] == [
        ("I", None, "Thanks for joining. Can you tell me about the Hub?"),
        ("P", None, "It was, INSERTED really helpful – “quite” good…commented"),
        ("P", None, "Line one\nsoft line two"),
        ("I", None, "SDT paragraph in content control?"),
        ("P", None, "SMARTTAG Manchester"),
        ("I", 62_000, "Table turn question?"),
        ("P", 69_000, "Table turn answer."),
        ("P", None, "emoji 😀 and accents café; non-breaking\u00a0space, zero\u200bwidth."),
    ]


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("qualcoder_ID1.docx", {}),
        ("qualcoder_transcript.txt", {"id1": 3, "id2": 2, "id3": 2}),
        ("qux360_interview_A.docx", {"Jordan Lee": 16, "Alex Morgan": 16}),
    ],
)
def test_labels_of_real_files(name: str, labels: dict[str, int]) -> None:
    draft = read(name, (SAMPLES / name).read_bytes())
    assert {label.name: label.count for label in draft.labels} == labels


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bl.docx", "xml_entities"),
        ("xxe.docx", "xml_entities"),
        ("pdpilot_P1.pdf", "wrong_kind"),
        ("qualcoder_ID2.odt", "wrong_kind"),
        ("synth_typist.rtf", "wrong_kind"),
    ],
)
def test_files_that_are_refused(name: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name, (SAMPLES / name).read_bytes())
    assert caught.value.code == code
