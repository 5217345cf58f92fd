"""What a correction of a text would change, as far as the person who asks may see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding.engine.surroundings import Surroundings, Utterance, surroundings
from apps.coding.models import Coding, CodingAssignment
from apps.transcripts.actions import corrected
from apps.transcripts.engine.correcting import Corrected, moved, touches
from apps.transcripts.models import TranscriptVersion, Turn


@dataclass(frozen=True)
class Part:
    """A piece of a turn: as it stays, as it goes, or as it comes."""

    kind: str
    words: str


@dataclass(frozen=True)
class ChangedTurn:
    position: int
    speaker: str
    role: str
    words: str
    parts: list[Part]

    @property
    def number(self) -> int:
        return self.position + 1


@dataclass(frozen=True)
class ChangedCoding:
    """A coding whose words would be others; `after` is empty where none are left."""

    coding: Coding
    coder: User
    code: Code
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    turns: list[ChangedTurn]
    codings: list[ChangedCoding]


def preview_correction(*, version: TranscriptVersion, words: Mapping[int, str], viewer: User) -> Preview:
    """The changed turns, and of the codings only those that the viewer may see; raises what refuses."""
    done, others = corrected(version, words)
    turns = [
        ChangedTurn(
            position=turn.position,
            speaker=turn.speaker,
            role=turn.role,
            words=others[turn.position],
            parts=_parts(version.text, done, (turn.start, turn.end), done.turns[turn.position]),
        )
        for turn in version.turns.order_by("position")
        if turn.position in others
    ]
    return Preview(turns, _codings(version, done, viewer))


def _parts(text: str, done: Corrected, old: tuple[int, int], new: tuple[int, int]) -> list[Part]:
    parts, at = [], old[0]
    for each in done.changes:
        if old[0] <= each.start and each.end <= old[1] and new[0] <= each.new_start <= new[1]:
            parts.append(Part("same", text[at : each.start]))
            parts.append(Part("gone", text[each.start : each.end]))
            parts.append(Part("new", done.text[each.new_start : each.new_end]))
            at = each.end
    return [part for part in [*parts, Part("same", text[at : old[1]])] if part.words]


def _codings(version: TranscriptVersion, done: Corrected, viewer: User) -> list[ChangedCoding]:
    moving = (
        Coding.objects.visible_to(viewer)
        .standing()
        .filter(assignment__transcript_version=version, assignment__voided_at=None)
    )
    moving = moving.exclude(assignment__kind=CodingAssignment.Kind.CONSENSUS).exclude(
        assignment__kind=CodingAssignment.Kind.INDEPENDENT, assignment__released_at__isnull=False
    )
    found = []
    for coding in moving.select_related("code", "assignment__coder"):
        if not touches(done.changes, coding.start, coding.end):
            continue
        span = moved(done.changes, coding.start, coding.end)
        before, after = version.text[coding.start : coding.end], done.text[slice(*span)] if span else ""
        found.append(ChangedCoding(coding, coding.assignment.coder, coding.code, before, after))
    return found


@dataclass(frozen=True)
class WithoutWords:
    """A coding whose words are gone, with the sentence at which it would be kept and what is around that."""

    coding: Coding
    turn: Turn
    around: Surroundings

    @property
    def memo(self) -> str:
        memo = getattr(self.coding, "memo", None)
        return memo.text if memo else ""


def to_decide(assignment: CodingAssignment) -> list[WithoutWords]:
    """One's own codings whose words a correction took out of the text; the queries do not grow with them."""
    waiting = Coding.objects.to_decide().filter(assignment=assignment)
    codings = list(waiting.select_related("code", "memo"))
    if not codings:
        return []
    version = TranscriptVersion.objects.only("text").get(id=assignment.transcript_version_id)
    turns = list(version.turns.order_by("position"))
    spoken = [Utterance(turn.position, turn.start, turn.end, turn.role) for turn in turns]
    placed = ((each, surroundings(version.text, spoken, each.start, each.end)) for each in codings)
    return [WithoutWords(each, turns[around.turn_number - 1], around) for each, around in placed]
