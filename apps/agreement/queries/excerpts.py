"""A piece of a transcript around what two coders differ about."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Substr

from apps.agreement.models import Discrepancy
from apps.core.compiled import Compiled
from apps.transcripts.models import TranscriptVersion, Turn


@dataclass(frozen=True)
class Excerpt:
    """A piece of a transcript that is addressed by the offsets of the whole."""

    words: str
    start: int

    @classmethod
    def around(cls, discrepancy: Discrepancy, turns: list[Turn]) -> "Excerpt":
        start, end = turns[0].start, max(turns[-1].end, discrepancy.end)
        version = discrepancy.round_transcript.transcript_version_id
        [words] = _pieces(version=version, first=start + 1, length=end - start)
        return cls(words, start)

    def word_after(self, place: int, *, before: int) -> int:
        """Where the next word begins."""
        found = self.words.find(" ", place - self.start, before - self.start)
        return place if found < 0 else found + 1 + self.start

    def word_before(self, place: int, *, after: int) -> int:
        """Where the word before ends."""
        found = self.words.rfind(" ", after - self.start, place - self.start)
        return place if found < 0 else found + self.start

    def is_inside(self, place: int) -> bool:
        """Whether a turn goes on there, for turns end where a line ends."""
        here = place - self.start
        return 0 <= here < len(self.words) and self.words[here] != "\n"

    def __getitem__(self, asked: slice) -> str:
        return self.words[asked.start - self.start : asked.stop - self.start]


_pieces = Compiled(
    lambda version, first, length: (
        TranscriptVersion.objects.filter(id=version)
        .annotate(piece=Substr("text", first, length))
        .values_list("piece", flat=True)
    ),
    version=UUID,
    first=int,
    length=int,
)
