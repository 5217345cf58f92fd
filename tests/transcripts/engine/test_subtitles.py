"""Captions become turns."""

import pytest

from apps.core.refusal import Refused
from apps.transcripts.engine.reading import read


def turns(text: str, name: str = "a.vtt") -> list[tuple[str | None, int | None, int | None, str]]:
    return [
        (part.label, part.start_ms, part.end_ms, part.text) for part in read(name, text.encode()).paragraphs
    ]


def test_voices_of_one_cue_are_two_turns_and_successive_cues_of_a_voice_one() -> None:
    assert turns(
        "WEBVTT - title\n\nNOTE made by hand\nand checked\n\nSTYLE\n::cue {}\n\n"
        "1\n00:01.000 --> 00:03.000 align:start\n"
        "<v.loud Ann Lee>How <i>was</i> it &amp; why?</v> <v Bob>Well,</v>\n\n"
        "00:03.000 --> 00:05.000\n<v Bob>it was\nlate.\n\n01:00:05.000 --> 01:00:06.000\n<v Ann Lee>Oh."
    ) == [
        ("Ann Lee", 1_000, 3_000, "How was it & why?"),
        ("Bob", 1_000, 5_000, "Well, it was late."),
        ("Ann Lee", 3_605_000, 3_606_000, "Oh."),
    ]


def test_cues_that_cut_one_utterance_are_joined_without_a_space() -> None:
    assert turns(
        "WEBVTT\n\nab-1/7-0\n00:00:01.000 --> 00:00:03.000\n<v Ann>how I'd been sle</v>\n\n"
        "ab-1/7-1\n00:00:01.000 --> 00:00:03.000\n<v Ann>eping and </v>\n\n"
        "ab-1/7-2\n00:00:01.000 --> 00:00:03.000\n<v Ann>so on.</v>\n\n"
        "ab-1/9-0\n00:00:04.000 --> 00:00:05.000\n<v Ann>Then.</v>"
    ) == [("Ann", 1_000, 5_000, "how I'd been sleeping and so on. Then.")]


def test_names_before_colons_are_voices() -> None:
    cues = (
        "Ann: How was it?",
        "Bob: Time flew.\nTime: ten.",
        "and more.",
        "Ann: Oh?",
        "Bob: Yes.\nEve Ray: And I?",
    )
    text = "\ufeff" + "\r\n".join(
        f"{number}\r\n00:00:0{number},000 --> 00:00:0{number},900\r\n{cue}\r\n"
        for number, cue in enumerate(cues)
    )
    assert turns(text, "a.srt") == [
        ("Ann", 0, 900, "How was it?"),
        ("Bob", 1_000, 2_900, "Time flew. Time: ten. and more."),
        ("Ann", 3_000, 3_900, "Oh?"),
        ("Bob", 4_000, 4_900, "Yes. Eve Ray: And I?"),
    ]


def test_captions_without_voices_are_joined_until_a_pause() -> None:
    assert turns(
        "WEBVTT\n\n00:01.000 --> 00:03.000\nhello there\n\n00:03.000 --> 00:04.000\nwe went.\n\n"
        "00:08.000 --> 00:09.000\nThen back."
    ) == [(None, 1_000, 4_000, "hello there we went."), (None, 8_000, 9_000, "Then back.")]


def test_captions_are_recognised_whatever_their_name() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann>Hello\n\n00:03.000 --> 00:04.000\n<v Bob>Hi"
    assert read("a.txt", text.encode()).kind == "vtt"
    assert read("a.txt", b"1\n00:00:01,000 --> 00:00:02,000\nHi").kind == "srt"


def test_captions_without_cues_are_refused() -> None:
    with pytest.raises(Refused, match=r"^a\.vtt holds no timed captions\.$"):
        read("a.vtt", b"WEBVTT\n\nNOTE nothing")
