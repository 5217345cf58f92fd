"""What of the codings may leave: consent and withdrawal obeyed, pseudonyms only, no sites."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding import queries as coding
from apps.coding.queries import InContext
from apps.exports.engine.passages import (
    PassageOut,
    TurnOut,
    passages_docx,
    passages_sheet,
    transcript_docx,
)
from apps.exports.engine.writing import to_xlsx
from apps.exports.models import Export
from apps.participants.engine.consent import Verdict
from apps.participants.models import ConsentScope, Participant, Withdrawal
from apps.participants.queries.consent import Standing as Answered
from apps.participants.queries.consent import asks_about, consent_of
from apps.studies.models import Study
from apps.transcripts.engine.quotations import Standing
from apps.transcripts.models import Transcript, TranscriptVersion, Turn
from apps.transcripts.queries import Quoting, quoting, spoken

WITHHELD = "[words left out: no consent to quotation]"
# Why words are left out of somebody who wished to see them first.
UNCHECKED = {
    Standing.TO_CHECK: "[words left out: to be shown to the person first]",
    Standing.SHOWN: "[words left out: shown to the person, who has not answered]",
    Standing.DECLINED: "[words left out: the person does not want them quoted]",
}
REWORDED = "[agreed in these words: %(words)s]"
LEFT_OUT = "Left out: the codings of people who have withdrawn (%(count)d)."
WITHOUT_WORDS = "Left out: the words of people who have not agreed to be quoted (%(count)d)."
NOT_SHARED = "Not to be shared outside the team: the words of people who have not agreed to that (%(count)d)."
NOT_ARCHIVED = "Not for an archive: the words of people who have said no to that, or withdrew it (%(count)d)."
ARCHIVE_UNSAID = "It is not recorded whether the words may go into an archive: of people (%(count)d)."
CHECKED_FIRST = (
    "People who wish to see their words before they are quoted: %(count)d. Only what they agreed to is here."
)
NARROWED = "Not all codings of this code, only those of: %(narrowed_to)s."
FOR_YOU = "Made for %(name)s. It holds what this person may see, their own unreleased codings included."


@dataclass(frozen=True)
class File:
    """The content of an export, how many codings are in it, and of which transcripts."""

    content: bytes
    passages: int
    transcripts: list[UUID]


@dataclass(frozen=True)
class Words:
    """What may be read of a passage, or why its words are left out."""

    passage: str
    question: str = ""
    before: str = ""
    after: str = ""
    memo: str = ""


@dataclass(frozen=True)
class Wishes:
    """Whose words, and whose codings, may not leave."""

    withheld: frozenset[UUID]
    left_out: frozenset[UUID]
    limits: Mapping[str, frozenset[UUID]]
    quoting: Quoting

    def notes(self, people: Iterable[UUID]) -> list[str]:
        """What is not in the file, and where its words may not go from there: a sentence for each."""
        asked = set(people)
        counts = {LEFT_OUT: asked & self.left_out, WITHOUT_WORDS: (asked & self.withheld) - self.left_out}
        given = asked - self.withheld - self.left_out
        counts |= {sentence: given & found for sentence, found in self.limits.items()}
        return [sentence % {"count": len(found)} for sentence, found in counts.items() if found]


def wishes(study: Study, people: Sequence[Participant]) -> Wishes:
    """What the people have said about quotation, and how those who left wished it."""
    gone = Withdrawal.objects.filter(participant__in=people).values_list("participant", "codings", "quotes")
    left_out = {person for person, codings, _ in gone if codings == Withdrawal.Codings.LEAVE_OUT}
    withheld = {person for person, _, quotes in gone if quotes == Withdrawal.Quotes.STOP}
    if asks_about(study, ConsentScope.QUOTATION):
        standings = consent_of(people, ConsentScope.QUOTATION)
        withheld |= {person for person, standing in standings.items() if standing.is_blocked}
    first = quoting(study, people)
    limits = {CHECKED_FIRST: first.wishing, **_limits(study, people)}
    return Wishes(frozenset(withheld), frozenset(left_out), limits, first)


def _limits(study: Study, people: Sequence[Participant]) -> dict[str, frozenset[UUID]]:
    """By the sentence for it, whose words may not go on from a file of the team."""
    found = {}
    if asks_about(study, ConsentScope.SHARING):
        found[NOT_SHARED] = _who(consent_of(people, ConsentScope.SHARING), Verdict.BLOCK)
    if asks_about(study, ConsentScope.ARCHIVE):
        archive = consent_of(people, ConsentScope.ARCHIVE)
        found[NOT_ARCHIVED] = _who(archive, Verdict.BLOCK)
        found[ARCHIVE_UNSAID] = _who(archive, Verdict.WARN)
    return found


def _who(standings: Mapping[UUID, Answered], verdict: Verdict) -> frozenset[UUID]:
    return frozenset(person for person, standing in standings.items() if standing.verdict is verdict)


def file_of(export: Export, *, reader: User) -> File:
    """The file, as the reader may have it."""
    if export.subject == Export.Subject.CODE:
        return _code(export, reader)
    return _transcript(export, reader)


def _code(export: Export, reader: User) -> File:
    code = Code.objects.select_related("version__codebook").get(id=export.object_id)
    found = coding.codings_of(code, study=export.study, reader=reader, **export.filters)
    in_context = coding.in_context(found, reader=reader)
    texts = sorted({each.version.transcript_id for each in in_context})
    passages, notes = _allowed(export.study, in_context, reader)
    if export.narrowed_to:
        notes.insert(0, NARROWED % {"narrowed_to": export.narrowed_to})
    if export.format == Export.Format.DOCX:
        return File(passages_docx(export.title, passages, notes), len(passages), texts)
    return File(to_xlsx([passages_sheet(export.title, passages, notes)]), len(passages), texts)


def _transcript(export: Export, reader: User) -> File:
    transcript = Transcript.objects.select_related("study", "interview__participant").get(id=export.object_id)
    person = transcript.interview.participant
    found = coding.in_context(coding.codings_in(transcript, reader=reader), reader=reader)
    passages, notes = _allowed(export.study, found, reader, of=[person])
    if export.format == Export.Format.XLSX:
        sheet = passages_sheet(export.title, passages, notes)
        return File(to_xlsx([sheet]), len(passages), [transcript.id])
    version = TranscriptVersion.objects.newest().get(transcript=transcript)
    asked = wishes(export.study, [person])
    may_leave = person.id not in asked.withheld | asked.left_out | asked.quoting.wishing
    turns = [
        TurnOut(turn.number, str(Turn.Role(turn.role).label), turn.start, turn.end, turn.words)
        for turn in spoken(version)
        if may_leave
    ]
    return File(transcript_docx(export.title, turns, passages, notes), len(passages), [transcript.id])


def _allowed(
    study: Study, found: list[InContext], reader: User, of: Iterable[Participant] = ()
) -> tuple[list[PassageOut], list[str]]:
    """Passages as they may leave, and what is to be said of them and of these people."""
    people = {*of, *(_person(each) for each in found)}
    asked = wishes(study, list(people))
    kept = [each for each in found if _person(each).id not in asked.left_out]
    names = _names(kept)
    passages = [_out(each, names, _words(each, asked)) for each in kept]
    return passages, [FOR_YOU % {"name": reader.name}, *asked.notes(person.id for person in people)]


def _person(each: InContext) -> Participant:
    person: Participant = each.version.transcript.interview.participant
    return person


def _names(found: list[InContext]) -> dict[UUID, str]:
    """Two coders of one name are told apart."""
    coders = {each.coding.assignment.coder_id: each.coding.assignment.coder.name for each in found}
    often = Counter(coders.values())
    return {key: name if often[name] == 1 else f"{name} ({str(key)[:4]})" for key, name in coders.items()}


def _out(each: InContext, names: dict[UUID, str], words: Words) -> PassageOut:
    row, around, person = each.coding, each.around, _person(each)
    return PassageOut(
        participant=person.pseudonym,
        group=person.group.name,
        turn=around.turn_number,
        speaker=str(Turn.Role(around.role).label),
        label=row.code.label,
        code=row.code.name,
        influence=str(row.get_influence_display()) if row.influence else "",
        coder="Consensus" if each.is_consensus else names[row.assignment.coder_id],
        question=words.question,
        before=words.before,
        words=words.passage,
        after=words.after,
        memo=words.memo,
        is_to_discuss=row.is_to_discuss,
        start=row.start,
        end=row.end,
    )


def _words(each: InContext, asked: Wishes) -> Words:
    """What may be read of a passage; of what was agreed to, without the words around it."""
    person, around, row = _person(each), each.around, each.coding
    if person.id in asked.withheld:
        return Words(WITHHELD)
    found = asked.quoting.of(person.id, each.version.id, row.start, around.words)
    if found is None:
        return Words(around.words, around.question, around.before, around.after, each.memo)
    if found.standing is Standing.AGREED:
        return Words(found.words, around.question, memo=each.memo)
    if found.standing is Standing.REWORDED:
        return Words(REWORDED % {"words": found.words}, around.question)
    return Words(UNCHECKED[found.standing])
