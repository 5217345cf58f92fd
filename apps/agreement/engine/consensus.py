"""What stands after a round: what all coders agreed on, and what the decisions say about the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

Outcome = Literal["first", "second", "both", "neither", "another", "codebook"]
Extent = Literal["", "union", "intersection", "new"]
Verdict = Literal["stands", "falls", "open", "contradictory"]

UNSAID = "none"
"""The influence that says: none is meant. An empty one says: as it was coded."""


class Passage(NamedTuple):
    """A code on [start, end) of the text."""

    code: str
    start: int
    end: int
    influence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One coding of one coder: the code stands here."""

    id: str
    coder: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Contest:
    """A discrepancy: claims of two coders that differ, and the passages that were decided (None: open)."""

    id: str
    coders: tuple[str, str]
    first: tuple[str, ...]
    second: tuple[str, ...]
    is_about_influence: bool = False
    decided: tuple[Passage, ...] | None = None

    @property
    def claims(self) -> tuple[str, ...]:
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to stand; `code` with "another", `start` and `end` with new boundaries."""

    outcome: Outcome
    extent: Extent = ""
    code: str = ""
    start: int = 0
    end: int = 0
    influence: str = ""


class InfluenceOpenError(Exception):
    """The sides are joined but differ in influence, and the choice does not say which stands."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """The passages that stand, and the discrepancies whose decisions contradict one another."""

    passages: tuple[Passage, ...]
    contradictory: tuple[str, ...]


def standing(
    choice: Choice, first: Sequence[Passage], second: Sequence[Passage], *, is_about_influence: bool = False
) -> tuple[Passage, ...]:
    """The passages that a choice between two sides leaves standing; none for neither and codebook.

    Two sides that agree on the passage and differ in influence only keep the union of their spans.
    """
    chosen = {"first": [*first], "second": [*second], "both": [*first, *second]}.get(choice.outcome, [])
    if choice.outcome == "another":
        chosen = [Passage(choice.code, *_ends([*first, *second]), influence="")]
    if not chosen:
        return ()
    spans = _spans(choice, first, second, is_about_influence=is_about_influence)
    if spans is None:
        found = [_with_influence(each, choice.influence) for each in chosen]
    else:
        influences = _influences(choice, chosen, may_be_several=is_about_influence)
        found = [
            Passage(code, *span, influence)
            for code in dict.fromkeys(each.code for each in chosen)
            for influence in influences[code]
            for span in spans
        ]
    return joined(found)


def consensus(claims: Iterable[Claim], contests: Sequence[Contest]) -> Consensus:
    """Which passages stand. A claim stands that nobody contests, or that every contest about it upholds.

    Claims of several coders that agree with one another are one claim, and its span is the union. Where one
    contest upholds and another rejects it, nothing of it stands and both are named as contradictory; where
    one is open, nothing of it stands either.
    """
    known = {each.id: each for each in claims}
    ties = _ties(known, contests)
    about = _contests_about(ties, contests)
    verdicts = {tie: _verdict(tie, ties, known, of_tie) for tie, of_tie in about.items()}
    found = [each.passage for each in known.values() if ties[each.id] not in about]
    for contest in contests:
        found += _upheld(contest, ties, known, about, verdicts)
    wrong = {each.id for tie, of in about.items() if verdicts[tie] == "contradictory" for each in of}
    return Consensus(joined(found), tuple(each.id for each in contests if each.id in wrong))


def same_question(claims: Iterable[Claim], contests: Sequence[Contest]) -> dict[str, list[tuple[str, bool]]]:
    """For each contest those of other pairs that ask the same: (contest, whether its sides are swapped).

    Two contests ask the same where each side of one agrees with a side of the other. Where both sides agree
    with one another in the code, the sides cannot be told apart by that, and each pair is asked.
    """
    known = {each.id: each for each in claims}
    ties = _ties(known, contests)
    sides = {
        each.id: (frozenset(ties[id] for id in each.first), frozenset(ties[id] for id in each.second))
        for each in contests
    }
    asking: dict[frozenset[frozenset[str]], list[Contest]] = defaultdict(list)
    for contest in contests:
        if sides[contest.id][0] != sides[contest.id][1]:
            asking[frozenset(sides[contest.id])].append(contest)
    return {
        one.id: [
            (other.id, sides[other.id] != sides[one.id])
            for other in together
            if set(other.coders) != set(one.coders)
        ]
        for together in asking.values()
        for one in together
    }


def joined(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Unite overlapping and touching passages of one code and influence."""
    found: list[Passage] = []
    for each in sorted(passages, key=lambda each: (each.code, each.influence, each.start, each.end)):
        last = found[-1] if found else None
        same = last is not None and (last.code, last.influence) == (each.code, each.influence)
        if last is not None and same and each.start <= last.end:
            found[-1] = last._replace(end=max(last.end, each.end))
        else:
            found.append(each)
    return tuple(found)


def union(first: Sequence[Passage], second: Sequence[Passage]) -> list[tuple[int, int]]:
    """The stretches that one side or the other covers."""
    every = joined(each._replace(code="", influence="") for each in (*first, *second))
    return [(each.start, each.end) for each in every]


def intersection(first: Sequence[Passage], second: Sequence[Passage]) -> list[tuple[int, int]]:
    """The stretches that both sides cover."""
    return [
        (max(left, start), min(right, end))
        for left, right in union(first, ())
        for start, end in union(second, ())
        if max(left, start) < min(right, end)
    ]


def _spans(
    choice: Choice, first: Sequence[Passage], second: Sequence[Passage], *, is_about_influence: bool
) -> list[tuple[int, int]] | None:
    """The stretches that the choice gives to every code; None where each keeps its own."""
    if choice.extent == "new":
        return [(choice.start, choice.end)]
    if choice.extent == "intersection":
        return intersection(first, second)
    return union(first, second) if choice.extent == "union" or is_about_influence else None


def _influences(choice: Choice, chosen: list[Passage], *, may_be_several: bool) -> dict[str, list[str]]:
    own: dict[str, dict[str, None]] = defaultdict(dict)
    for each in chosen:
        own[each.code][_with_influence(each, choice.influence).influence] = None
    if not may_be_several and any(len(influences) > 1 for influences in own.values()):
        raise InfluenceOpenError
    return {code: list(influences) for code, influences in own.items()}


def _with_influence(passage: Passage, influence: str) -> Passage:
    return passage._replace(influence="" if influence == UNSAID else influence or passage.influence)


def _ends(passages: Sequence[Passage]) -> tuple[int, int]:
    return min(each.start for each in passages), max(each.end for each in passages)


def _overlap(one: Passage, other: Passage) -> bool:
    return one.code == other.code and one.start < other.end and other.start < one.end


def _ties(known: Mapping[str, Claim], contests: Collection[Contest]) -> dict[str, str]:
    """Claim -> the name of all that agree with it."""
    above = {id: id for id in known}

    def top(id: str) -> str:
        while above[id] != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    for one, other in _agreeing(known, contests):
        above[top(one)] = top(other)
    return {id: top(id) for id in known}


def _agreeing(known: Mapping[str, Claim], contests: Collection[Contest]) -> Iterator[tuple[str, str]]:
    """Claims of two coders that answer to one another: the same code, where they differ in influence at most.

    Somebody may put one code on one passage twice, with two influences. Which of these the other answers
    is told by the influence, and by the contest where that differs, not by the text in common.
    """
    contested: dict[frozenset[str], set[str]] = defaultdict(set)
    for contest in contests:
        contested[frozenset(contest.coders)].update(contest.claims)
        if contest.is_about_influence:
            yield from product(contest.first, contest.second)
    for one, other in _overlapping(known.values()):
        between = contested[frozenset((one.coder, other.coder))]
        if one.passage.influence == other.passage.influence and between.isdisjoint((one.id, other.id)):
            yield one.id, other.id


def _overlapping(claims: Collection[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Claims of two coders that put one code on common text."""
    near: list[Claim] = []
    for claim in sorted(claims, key=lambda each: (each.passage.code, each.passage.start, each.id)):
        near = [each for each in near if _overlap(each.passage, claim.passage)]
        yield from ((each, claim) for each in near if each.coder != claim.coder)
        near.append(claim)


def _contests_about(ties: Mapping[str, str], contests: Iterable[Contest]) -> dict[str, list[Contest]]:
    about: dict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        for tie in dict.fromkeys(ties[id] for id in contest.claims):
            about[tie].append(contest)
    return about


def _verdict(
    tie: str, ties: Mapping[str, str], known: Mapping[str, Claim], contests: Sequence[Contest]
) -> Verdict:
    votes = set()
    for contest in contests:
        if contest.decided is None:
            votes.add("open")
            continue
        mine = [known[id].passage for id in contest.claims if ties[id] == tie]
        is_kept = any(_overlap(own, decided) for own in mine for decided in contest.decided)
        votes.add("kept" if is_kept else "dropped")
    if {"kept", "dropped"} <= votes or len(_decided_influences(contests)) > 1:
        return "contradictory"
    if "dropped" in votes:
        return "falls"
    return "open" if "open" in votes else "stands"


def _decided_influences(contests: Iterable[Contest]) -> set[frozenset[str]]:
    return {
        frozenset(each.influence for each in contest.decided)
        for contest in contests
        if contest.is_about_influence and contest.decided
    }


def _upheld(
    contest: Contest,
    ties: Mapping[str, str],
    known: Mapping[str, Claim],
    about: Mapping[str, Sequence[Contest]],
    verdicts: Mapping[str, Verdict],
) -> list[Passage]:
    """The decided passages of a contest that no other contest stands against."""
    found: list[Passage] = []
    for passage in contest.decided or ():
        mine = {ties[id] for id in contest.claims if _overlap(known[id].passage, passage)}
        if any(verdicts[tie] != "stands" for tie in mine):
            continue
        # Where a pair differed in influence only, what it decided is the influence, whoever decided the rest.
        ruling = [each for tie in mine for each in _decided_influences(about[tie])]
        if ruling and not contest.is_about_influence:
            found += [passage._replace(influence=influence) for influence in sorted(ruling[0])]
        else:
            found.append(passage)
    return found
