"""The invented interviews measured: are they shaped as real ones are?"""

import re
from collections import Counter
from collections.abc import Iterator
from statistics import mean, median, quantiles

import pytest

from apps.demo import library
from apps.demo.engine.bank import GUIDE
from apps.demo.engine.compose import Speaker, compose
from apps.demo.engine.script import Script
from apps.demo.scripts import WORDS_A_MINUTE, is_excerpt, scripts
from apps.transcripts.engine.sentences import sentence_spans
from apps.transcripts.engine.words import count_words

BACKCHANNEL_WORDS = 4
GAP = re.compile(r"\\\{\w+\\\}")
PEOPLE = {person.pseudonym: person for person in library.people()}
WRITTEN = [name for name, person in PEOPLE.items() if library.written_script(person)]


@pytest.fixture(scope="module")
def corpus() -> dict[str, Script]:
    return scripts()


@pytest.fixture(scope="module")
def full() -> dict[str, Script]:
    """The longest interviews with the smallest bank."""
    spent: Counter[str] = Counter()
    return {
        name: compose(
            library.bank(person.stem),
            Speaker(name, person.voices),
            words=person.minutes * WORDS_A_MINUTE,
            spent=spent,
            may_repeat=True,
        )
        for name, person in PEOPLE.items()
        if person.stem == "Wider stakeholder"
    }


def answers(script: Script) -> Iterator[int]:
    """The number of words between two questions of more than four words."""
    words = 0
    for turn in script.turns:
        said = count_words(script.text[turn.start : turn.end])
        if turn.speaker == "P":
            words += said
        elif said > BACKCHANNEL_WORDS and words:
            yield words
            words = 0
    if words:
        yield words


def share_of_interviewer(script: Script) -> float:
    return sum(map(count_words, script.said_by("I"))) / script.words


def share_of_short_turns(script: Script) -> float:
    said = [count_words(script.text[turn.start : turn.end]) for turn in script.turns]
    return sum(words <= BACKCHANNEL_WORDS for words in said) / len(said)


def coded_share(script: Script) -> float:
    """The share of the participant's characters that the author would code."""
    spoken = [place for turn in script.turns if turn.speaker == "P" for place in range(turn.start, turn.end)]
    coded = {place for mark in script.marks for place in range(mark.start, mark.end)}
    return sum(place in coded for place in spoken) / len(spoken)


def mark_words(script: Script) -> list[int]:
    return [count_words(script.text[mark.start : mark.end]) for mark in script.marks]


def test_eight_are_written_two_of_each_group_and_long(corpus: dict[str, Script]) -> None:
    assert Counter(PEOPLE[name].stem for name in WRITTEN) == dict.fromkeys(library.BANK_OF, 2)
    assert min(corpus[name].words for name in WRITTEN) >= 1500


def test_answers_are_as_long_as_in_real_interviews(corpus: dict[str, Script]) -> None:
    lengths = [words for script in corpus.values() for words in answers(script)]
    assert 58 <= median(lengths) <= 72
    assert 180 <= quantiles(lengths, n=10)[8] <= 240
    assert max(lengths) <= 500


def test_the_interviewer_speaks_a_sixth(corpus: dict[str, Script]) -> None:
    shares = [share_of_interviewer(script) for script in corpus.values()]
    assert 0.15 <= mean(shares) <= 0.2
    assert 0.12 <= min(shares) <= max(shares) <= 0.23


def test_every_fifth_turn_is_a_backchannel(corpus: dict[str, Script]) -> None:
    shares = [share_of_short_turns(script) for script in corpus.values()]
    assert 0.15 <= min(shares) <= max(shares) <= 0.25


def test_half_of_the_speech_is_left_uncoded(corpus: dict[str, Script]) -> None:
    shares = [coded_share(script) for script in corpus.values()]
    assert 0.45 <= mean(shares) <= 0.55
    assert 0.3 <= min(shares) <= max(shares) <= 0.65


def test_codings_have_25_to_70_words_and_a_quarter_shares_a_passage(corpus: dict[str, Script]) -> None:
    lengths = [words for script in corpus.values() for words in mark_words(script)]
    twentieths = quantiles(lengths, n=20)
    assert 20 <= twentieths[0] <= twentieths[-1] <= 70
    on_passage = Counter((name, mark.passage) for name, script in corpus.items() for mark in script.marks)
    shared = sum(number for number in on_passage.values() if number > 1)
    assert 0.2 <= shared / len(lengths) <= 0.32


def test_marks_begin_and_end_with_words(corpus: dict[str, Script]) -> None:
    for script in corpus.values():
        for mark in script.marks:
            around = f" {script.text} "[mark.start : mark.end + 2]
            assert re.fullmatch(r"\s\S(.*\S)?\s", around, re.DOTALL)


def test_all_codes_are_met(corpus: dict[str, Script]) -> None:
    assert {mark.code for script in corpus.values() for mark in script.marks} == set(GUIDE)


def test_speakers_take_turns(corpus: dict[str, Script]) -> None:
    for script in corpus.values():
        speakers = [turn.speaker for turn in script.turns]
        assert speakers == [("I", "P")[place % 2] for place in range(len(speakers))]


def test_nobody_says_a_sentence_twice(corpus: dict[str, Script]) -> None:
    for name, script in corpus.items():
        said = [each for turn in script.said_by("P") for each in sentences_of(turn) if len(each) > 40]
        assert [sentence for sentence, times in Counter(said).items() if times > 1] == [], name


def test_interviews_of_one_group_do_not_look_alike(corpus: dict[str, Script]) -> None:
    for stem in library.BANK_OF:
        members = [script for name, script in corpus.items() if name.startswith(stem)]
        said = [{each for each in sentences(script) if len(each) > 40} for script in members]
        shared = [len(one & other) / len(one) for one in said for other in said if one is not other]
        assert mean(shared) <= 0.33, stem


def test_everything_said_is_in_our_own_texts(corpus: dict[str, Script]) -> None:
    ours = {sentence for text in library.all_texts() for sentence in sentences_of(text)}
    filled = re.compile("|".join(GAP.sub(r"[\\w' -]+", re.escape(each)) for each in ours if "{" in each))
    composed = [script for name, script in corpus.items() if name not in WRITTEN]
    said = {sentence for script in composed for sentence in sentences(script)}
    assert {sentence for sentence in said - ours if not filled.fullmatch(sentence)} == set()


def test_people_say_only_what_suits_them(corpus: dict[str, Script]) -> None:
    for name, person in PEOPLE.items():
        if name in WRITTEN:
            continue
        for passage in library.bank(person.stem).passages:
            beginning = passage.sentences[0]
            if passage.voices and "{" not in beginning and beginning in corpus[name].text:
                assert passage.voices & person.voices, (name, beginning)


def test_those_who_discontinued_break_off(corpus: dict[str, Script]) -> None:
    ends = {name: corpus[name].turns[-1].speaker for name in PEOPLE if name not in WRITTEN}
    broken_off = {name for name, speaker in ends.items() if speaker == "P"}
    assert broken_off == {name for name, person in PEOPLE.items() if person.support == "Discontinued"}


def test_what_is_shorter_than_its_minutes_is_an_excerpt(corpus: dict[str, Script]) -> None:
    excerpts = {name for name, person in PEOPLE.items() if is_excerpt(person, corpus[name])}
    assert set(PEOPLE) - excerpts == {"Hub client 12", "Hub client 18"}


def test_the_same_interviews_each_time(corpus: dict[str, Script]) -> None:
    assert scripts() == corpus


def test_another_person_says_other_things() -> None:
    bank, voices = library.bank("Hub staff"), frozenset({"clinician"})
    one, other = (
        compose(bank, Speaker(name, voices), words=2500, spent=Counter()) for name in ("One", "Another")
    )
    assert one.text != other.text


def test_at_full_length_interviews_are_as_long_as_their_minutes(full: dict[str, Script]) -> None:
    pace = [script.words / PEOPLE[name].minutes for name, script in full.items()]
    assert 138 <= min(pace) <= max(pace) <= 152


def test_at_full_length_there_are_as_many_answers_as_in_real_interviews(full: dict[str, Script]) -> None:
    counts = [len(list(answers(script))) for script in full.values()]
    assert 50 <= mean(counts) <= 75


def sentences(script: Script) -> Iterator[str]:
    return (script.text[start:end] for start, end in script.sentences)


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]
