"""Composes an interview from a bank: introduction, the topic guide in order, and an end."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from string import Formatter

from apps.demo.engine.bank import GUIDE, Bank, Passage
from apps.demo.engine.chance import seeded
from apps.demo.engine.marks import Placed, marks_of
from apps.demo.engine.script import Said, Script, lay_out
from apps.transcripts.engine.words import count_words

Wanted = Callable[[Passage], bool]

PARTICIPANT_SHARE = 0.835
CODED_SHARE = 0.59
LONGEST_ANSWER = 460
BACKCHANNELS_PER_ANSWER = 0.68
FRAME = ("opening", "closing", "farewell", "probe")
WORDS_FOR_A_CODE = 100
RARE = {"context": 0.6, "outcome": 0.6, "outside_the_framework": 0.3}
"""How likely these are asked about at all."""
SHORT_ANSWER = 35
MOST_DIGRESSIONS = 2


@dataclass(frozen=True)
class Speaker:
    """Who is interviewed: what they can say, and whether they leave off before the end."""

    name: str
    voices: frozenset[str]

    @property
    def has_discontinued(self) -> bool:
        return "discontinued" in self.voices


@dataclass
class Answer:
    """What is said between two questions."""

    question: str
    passages: list[Passage]

    @property
    def words(self) -> int:
        return sum(passage.words for passage in self.passages)

    @property
    def digressions(self) -> int:
        return sum(not passage.is_coded for passage in self.passages)


def compose(
    bank: Bank, speaker: Speaker, *, words: int, spent: Counter[str], may_repeat: bool = False
) -> Script:
    """An interview of about so many words, always the same for the same speaker and the same `spent`.

    `spent` counts how often each text was used in other interviews, and is counted on here, so that
    interviews of one group share as little as they can. No passage comes twice in an interview, unless the
    bank is used up and `may_repeat` allows it.
    """
    rng = seeded("interview", speaker.name)
    stock = _Stock(bank, speaker, rng, spent, may_repeat=may_repeat)
    answers = _conversation(stock, words=words * PARTICIPANT_SHARE)
    return _write(answers, bank, rng, farewell=stock.ask("farewell") if not speaker.has_discontinued else "")


class _Stock:
    """What is left to be asked and said in this interview."""

    def __init__(
        self, bank: Bank, speaker: Speaker, rng: random.Random, spent: Counter[str], *, may_repeat: bool
    ) -> None:
        self.bank, self.speaker, self.rng, self.spent, self.may_repeat = bank, speaker, rng, spent, may_repeat
        self._sayable = [passage for passage in bank.passages if self._suits(passage)]
        self._passages = list(self._sayable)
        self._questions = list(bank.questions)
        self._fillers = _Fillers(bank, rng)

    def say(self, wanted: Wanted) -> Passage | None:
        """The wanted passage that others have said least; what belongs to this person alone comes first."""
        found = [each for each in self._passages if wanted(each)]
        if not found and self.may_repeat:
            found = [each for each in self._sayable if wanted(each) and not each.place and not each.one_of]
        if not found:
            return None
        own = self.speaker.voices
        chosen = min(
            found, key=lambda each: (self.spent[each.text] - 9 * bool(each.voices & own), self.rng.random())
        )
        self.spent[chosen.text] += 1
        self._passages = [
            each for each in self._passages if each.text != chosen.text and not each.one_of & chosen.one_of
        ]
        return self._fillers.fill(chosen)

    def ask(self, about: str) -> str:
        """A question about a code or topic that was not asked before, as long as there is one."""
        found = [each for each in self._questions if about in (each.code, each.topic)]
        found = found or self.bank.asking(about)
        chosen = min(found, key=lambda each: (self.spent[each.text], self.rng.random()))
        self.spent[chosen.text] += 1
        self._questions = [each for each in self._questions if each.text != chosen.text]
        return chosen.text

    def _suits(self, passage: Passage) -> bool:
        if passage.voices and not passage.voices & self.speaker.voices:
            return False
        praises = passage.influence == "helps" and passage.code in (
            "activation",
            "individual_appraisal",
            "outcome",
        )
        return not (praises and self.speaker.has_discontinued)


class _Fillers:
    """Puts words for {colleague}, {month} and the like; one person keeps to one {workplace}."""

    def __init__(self, bank: Bank, rng: random.Random) -> None:
        self._words = {name: rng.sample(words, len(words)) for name, words in sorted(bank.fillers.items())}

    def fill(self, passage: Passage) -> Passage:
        names = [name for _, name, _, _ in Formatter().parse(passage.text) if name]
        return replace(passage, text=passage.text.format(**{name: self._next(name) for name in names}))

    def _next(self, name: str) -> str:
        words = self._words[name]
        if name != "workplace":
            words.append(words.pop(0))
        return words[-1]


def _conversation(stock: _Stock, *, words: float) -> list[Answer]:
    before = [*_opening(stock), *_introduction(stock, words=words)]
    spoken = sum(answer.words for answer in before)
    chosen = _choose_coded(stock, words=words * CODED_SHARE)
    spoken += sum(passage.words for passages in chosen.values() for passage in passages)
    guided = list(_guided(stock, chosen))
    _digress(stock, guided, words=words - spoken)
    after = _breaking_off(stock) if stock.speaker.has_discontinued else _closing(stock)
    return [*before, *guided, *after]


def _opening(stock: _Stock) -> Iterator[Answer]:
    passage = stock.say(lambda each: each.place == "opening")
    if passage:
        yield Answer(stock.ask("opening"), [passage])


def _introduction(stock: _Stock, *, words: float) -> Iterator[Answer]:
    """Questions about the person and the work, more of them in a longer interview."""
    topics = list(
        dict.fromkeys(each.topic for each in stock.bank.questions if each.topic not in ("", *FRAME))
    )
    first, *others = topics
    wanted = {first, *stock.rng.sample(others, min(len(others), 1 + int(words / 1500)))}
    for topic in (each for each in topics if each in wanted):
        passages = [stock.say(_on_topic(topic)) for _ in range(stock.rng.choice((1, 1, 2)))]
        told = [passage for passage in passages if passage]
        if told:
            yield Answer(stock.ask(topic), told)


def _choose_coded(stock: _Stock, *, words: float) -> dict[str, list[Passage]]:
    """Passages about the codes, one of each in turn, until enough was said; a short talk leaves codes out."""
    chosen: dict[str, list[Passage]] = defaultdict(list)
    asked = _codes_to_ask_about(stock, words=words)
    while words > 0:
        before = words
        for code in stock.rng.sample(asked, len(asked)):
            if words <= 0:
                break
            passage = stock.say(_about(code))
            if passage:
                chosen[code].append(passage)
                words -= passage.words
        if before == words:
            break
    return chosen


def _on_topic(topic: str) -> Wanted:
    return lambda each: each.topic == topic


def _about(code: str) -> Wanted:
    return lambda each: each.code == code and "discontinued" not in each.voices


def _codes_to_ask_about(stock: _Stock, *, words: float) -> list[str]:
    likely = [code for code in GUIDE if stock.rng.random() < RARE.get(code, 1)]
    return stock.rng.sample(likely, min(len(likely), max(9, round(words / WORDS_FOR_A_CODE))))


def _guided(stock: _Stock, chosen: dict[str, list[Passage]]) -> Iterator[Answer]:
    """The chosen passages as answers to questions about their codes, in the order of the topic guide."""
    for code in GUIDE:
        left = sorted(chosen.get(code, []), key=lambda each: each.influence)
        is_first = True
        while left:
            count = _how_many(left, stock.rng)
            about = code if is_first or stock.rng.random() < 0.5 else "probe"
            yield Answer(stock.ask(about), left[:count])
            left, is_first = left[count:], False


def _how_many(passages: list[Passage], rng: random.Random) -> int:
    """How many of these an answer takes in; nobody says in one breath that a thing helped and hindered."""
    wanted = rng.choices((1, 2, 3), (36, 30, 34) if len(passages) < 4 else (75, 17, 8))[0]
    count = 1
    while count < len(passages) and not _contradict(passages[: count + 1]):
        if count >= wanted and sum(each.words for each in passages[:count]) >= SHORT_ANSWER:
            break
        count += 1
    return count


def _contradict(passages: list[Passage]) -> bool:
    return {"helps", "hinders"} <= {each.influence for each in passages}


def _digress(stock: _Stock, answers: list[Answer], *, words: float) -> None:
    """Lets people wander: some answers grow, and some questions only lead further away."""
    while words > 0:
        passage = stock.say(lambda each: not each.is_coded and not each.place)
        if passage is None:
            return
        words -= passage.words
        place = _place_for(passage, answers, stock.rng)
        if place is None or (passage.words > 25 and stock.rng.random() < 0.2):
            answers.insert(stock.rng.randrange(1, len(answers) + 1), Answer(stock.ask("probe"), [passage]))
        elif passage.words < 16:
            place.passages.insert(0, passage)
        else:
            place.passages.append(passage)


def _place_for(passage: Passage, answers: Iterable[Answer], rng: random.Random) -> Answer | None:
    """An answer that the passage can join; long answers grow longer, as with people."""
    open_ones = [
        each
        for each in answers
        if each.words + passage.words <= LONGEST_ANSWER and each.digressions < MOST_DIGRESSIONS
    ]
    if not open_ones:
        return None
    return rng.choices(open_ones, [each.words**2 for each in open_ones])[0]


def _closing(stock: _Stock) -> Iterator[Answer]:
    passage = stock.say(lambda each: each.place == "closing")
    if passage:
        yield Answer(stock.ask("closing"), [passage])


def _breaking_off(stock: _Stock) -> Iterator[Answer]:
    """Those who left the service also leave the interview without ceremony."""
    for code in ("activation", "individual_appraisal"):
        passage = stock.say(lambda each: "discontinued" in each.voices)
        if passage:
            yield Answer(stock.ask(code), [passage])


def _write(answers: list[Answer], bank: Bank, rng: random.Random, *, farewell: str) -> Script:
    turns: list[Said] = []
    places: list[list[tuple[int, int, int]]] = []
    passages: list[Passage] = []
    cuts = _cuts(answers, rng)
    backchannels = _endless(bank.backchannels, rng)
    for number, answer in enumerate(answers):
        turns += [Said("I", answer.question), Said("P", "")]
        said = 0
        for passage in answer.passages:
            passages.append(passage)
            places.append([])
            for sentence in passage.sentences:
                if (number, said) in cuts:
                    turns += [Said("I", next(backchannels)), Said("P", "")]
                text = f"{turns[-1].text} {sentence}".strip()
                turns[-1] = Said("P", text)
                places[-1].append((len(turns) - 1, len(text) - len(sentence), len(text)))
                said += 1
    script = lay_out([*turns, Said("I", farewell)] if farewell else turns)
    starts = [turn.start for turn in script.turns]
    placed = [
        Placed(passage, tuple((starts[turn] + start, starts[turn] + end) for turn, start, end in place))
        for passage, place in zip(passages, places, strict=True)
    ]
    return replace(script, marks=marks_of(placed, rng))


def _cuts(answers: list[Answer], rng: random.Random) -> set[tuple[int, int]]:
    """Where the interviewer says "Mm": (answer, sentence) before which, never near an end."""
    possible = [(number, place) for number, answer in enumerate(answers) for place in _pauses(answer)]
    return set(rng.sample(possible, min(len(possible), round(BACKCHANNELS_PER_ANSWER * len(answers)))))


def _pauses(answer: Answer) -> Iterator[int]:
    lengths = [count_words(sentence) for passage in answer.passages for sentence in passage.sentences]
    for place in range(1, len(lengths)):
        if sum(lengths[:place]) >= 15 and sum(lengths[place:]) >= 12:
            yield place


def _endless(words: tuple[str, ...], rng: random.Random) -> Iterator[str]:
    while True:
        yield from rng.sample(words, len(words))
