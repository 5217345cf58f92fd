"""Decide which possible labels are labels, and cut the blocks of a file at them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from apps.transcripts.engine.drafts import Block, Paragraph
from apps.transcripts.engine.leads import (
    Lead,
    find_lead,
    is_code,
    is_never_a_speaker,
    is_stage_direction,
    known_role,
    resembles_name,
)
from apps.transcripts.engine.times import BRACKETED_TIME, TIME, milliseconds

_ONLY_TIME = re.compile(rf"\s*{TIME}\s*")
_TIME_FIRST = re.compile(rf"\s*({BRACKETED_TIME})\s+")
_TIME_LAST = re.compile(r"(#\d{1,2}:\d{2}:\d{2}(?:-\d)?#)\s*$")
_MOSTLY = 0.6


@dataclass(frozen=True)
class _Line:
    text: str
    block: int
    is_first: bool
    lead: Lead | None


def cut(blocks: Sequence[Block]) -> tuple[Paragraph, ...]:
    """Return the speech of all blocks as paragraphs, each with the label that it stands under."""
    lines = list(_lines(blocks))
    accepted = _accepted(lines, blocks)
    cutter = _Cutter(has_time_lines=sum(bool(_ONLY_TIME.fullmatch(line.text)) for line in lines) >= 2)
    position = 0
    for number, block in enumerate(blocks):
        if block.label is not None or block.is_layout:
            cutter.structured(block)
            continue
        cutter.new_block(block)
        while position < len(lines) and lines[position].block == number:
            line = lines[position]
            lead = line.lead if line.lead is not None and line.lead.label in accepted else None
            cutter.line(line.text, lead)
            position += 1
    return tuple(cutter.finished())


class _Cutter:
    """Collects lines into paragraphs; unlabelled lines go on with whoever spoke last."""

    def __init__(self, *, has_time_lines: bool) -> None:
        self.done: list[Paragraph] = []
        self.speaker: str | None = None
        self.current: Paragraph | None = None
        self.has_time_lines = has_time_lines
        self.time_line: int | None = None

    def structured(self, block: Block) -> None:
        self.close()
        lead = f"{block.label}: " if block.label else ""
        self.done.append(Paragraph(block.text.strip(), block.label, lead, True, block.start_ms, block.end_ms))
        self.speaker = block.label or self.speaker

    def new_block(self, block: Block) -> None:
        self.close()
        self.current = Paragraph("", self.speaker, "", False, block.start_ms, block.end_ms)

    def line(self, text: str, lead: Lead | None) -> None:
        if lead is not None:
            self.labelled(text, lead)
        elif self.has_time_lines and _ONLY_TIME.fullmatch(text):
            self.close()
            self.time_line = milliseconds(text)
            self.current = Paragraph("", self.speaker, "", False)
        elif is_stage_direction(text):
            self.close()
            self.done.append(Paragraph(text.strip()))
            self.current = Paragraph("", self.speaker, "", False)
        else:
            self.add(text)

    def labelled(self, text: str, lead: Lead) -> None:
        block = self.current if self.current and not (self.current.opens_turn or self.current.text) else None
        self.close()
        rest = text[lead.length :]
        prefix = text[: lead.length] + ("" if rest else "\n")
        times = (lead.start_ms, self.time_line, block.start_ms if block else None)
        start_ms = next((time for time in times if time is not None), None)
        self.time_line = None
        self.speaker = lead.label
        self.current = Paragraph(rest, lead.label, prefix, True, start_ms, block.end_ms if block else None)

    def add(self, text: str) -> None:
        current = self.current or Paragraph("", self.speaker, "", False)
        if current.start_ms is None and self.time_line is not None:
            current = replace(current, start_ms=self.time_line)
            self.time_line = None
        joined = f"{current.text}\n{text}" if current.text else text
        self.current = replace(current, text=joined)

    def close(self) -> None:
        if self.current is not None and (self.current.text.strip() or self.current.opens_turn):
            self.done.append(_without_outer_times(self.current))
        self.current = None

    def finished(self) -> list[Paragraph]:
        self.close()
        return _with_starts([paragraph for paragraph in self.done if paragraph.text or paragraph.lead])


def _with_starts(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Where only ends are timed (as f4 does), a paragraph starts where the one before it ended."""
    started = paragraphs[:1]
    for before, paragraph in pairwise(paragraphs):
        is_timed_by_ends = paragraph.start_ms is None and paragraph.end_ms is not None
        started.append(replace(paragraph, start_ms=before.end_ms) if is_timed_by_ends else paragraph)
    return started


def _without_outer_times(paragraph: Paragraph) -> Paragraph:
    """Move a time at the very start or end of a paragraph out of its speech."""
    text, start_ms, end_ms = paragraph.text.strip(), paragraph.start_ms, paragraph.end_ms
    first = _TIME_FIRST.match(text)
    if first is not None:
        text, start_ms = text[first.end() :], start_ms if start_ms is not None else milliseconds(first[1])
    last = _TIME_LAST.search(text)
    if last is not None:
        text, end_ms = text[: last.start()], milliseconds(last[1])
    return replace(paragraph, text=text.strip(), start_ms=start_ms, end_ms=end_ms)


def _lines(blocks: Sequence[Block]) -> Iterator[_Line]:
    for number, block in enumerate(blocks):
        if block.label is not None or block.is_layout:
            continue
        for place, text in enumerate(block.text.split("\n")):
            yield _Line(text, number, place == 0, find_lead(text))


def _accepted(lines: Sequence[_Line], blocks: Sequence[Block]) -> set[str]:
    """Labels that recur; then, where labels are the rule, those that stand once."""
    leads = [line.lead for line in lines if line.lead is not None]
    structural = {block.label for block in blocks if block.label is not None}
    counts = Counter(lead.label for lead in leads)
    forms = Counter(lead.form for lead in leads)
    recurring = {label for label, count in counts.items() if count >= 2 and not _is_prose(label)} | structural
    for form in ("timed", "heading"):
        recurring |= {lead.label for lead in leads if lead.form == form and forms[form] >= 2}
    if not recurring:
        return _all_single(lines)
    likely = recurring | set(_singles(lines, recurring, dense=False))
    return likely | set(_singles(lines, likely, dense=_share_labelled(lines, likely) >= _MOSTLY))


def _singles(lines: Sequence[_Line], recurring: set[str], *, dense: bool) -> Iterator[str]:
    """Labels that stand once, after the first that recurs: before it there are only titles and headers."""
    began = False
    for line in lines:
        if line.lead is None:
            continue
        label = line.lead.label
        began = began or label in recurring
        is_likely = is_code(label) or known_role(label) or (dense and line.is_first and resembles_name(label))
        if began and is_likely and not is_never_a_speaker(label):
            yield label


def _all_single(lines: Sequence[_Line]) -> set[str]:
    """A short exchange in which nobody speaks twice: believed only if every paragraph has a label."""
    firsts = [line for line in lines if line.is_first]
    labels = {line.lead.label for line in firsts if line.lead is not None and resembles_name(line.lead.label)}
    return labels if len(firsts) >= 2 and len(labels) == len(firsts) else set()


def _share_labelled(lines: Sequence[_Line], labels: set[str]) -> float:
    firsts = [line for line in lines if line.is_first]
    labelled = sum(line.lead is not None and line.lead.label in labels for line in firsts)
    return labelled / max(len(firsts), 1)


def _is_prose(label: str) -> bool:
    """Whether a repeated beginning is a phrase ("I said") rather than a label."""
    return label[0].islower() and not is_code(label) and known_role(label) is None
