"""Word files as a reader sees them: insertions stand, deletions are gone, hidden text stays hidden."""

from collections import Counter
from collections.abc import Iterator
from posixpath import normpath
from zipfile import ZipFile

from lxml import etree

from apps.core.archives import open_archive, parse_member
from apps.core.decoding import with_line_feeds
from apps.core.refusal import Refused, Remark, gettext_noop
from apps.transcripts.engine.drafts import Block, Source
from apps.transcripts.engine.limits import within_limits
from apps.transcripts.engine.tables import table_blocks

_LEFT_OUT = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr",
    "sdtEndPr", "Fallback", "annotationRef", "footnoteRef", "endnoteRef", "separator",
    "continuationSeparator", "sectPr", "proofErr", "object",
}  # fmt: skip
_CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
_OFFICE_DOCUMENT = "/officeDocument"
_REMARKS = {
    "deletions": gettext_noop("Tracked deletions were left out: %(count)s."),
    "insertions": gettext_noop("Tracked insertions were kept: %(count)s."),
    "hidden_text": gettext_noop("Hidden text was left out: %(count)s passages."),
    "footnotes": gettext_noop("Footnotes and endnotes were left out: %(count)s."),
    "comments": gettext_noop("Comments were left out: %(count)s."),
}


def read_docx(name: str, data: bytes) -> Source:
    """Return a Word file's paragraphs and table rows in reading order."""
    archive = open_archive(name, data, kind="Word")
    part = _document_part(archive, name)
    root = parse_member(archive, part, name=name, kind="Word")
    body = next((child for child in root if _local(child) == "body"), None)
    if body is None:
        raise _not_word(name)
    walker = _Walker(_hidden_styles(archive, name))
    blocks = tuple(within_limits(name, walker.blocks(body)))
    return Source(blocks, "utf-8", remarks=tuple(walker.remarks()))


class _Walker:
    """Walks a body once, collecting text and counting what it leaves out."""

    def __init__(self, hidden_styles: set[str]) -> None:
        self.hidden_styles = hidden_styles
        self.counts: Counter[str] = Counter()

    def remarks(self) -> Iterator[Remark]:
        for code, template in _REMARKS.items():
            if self.counts[code]:
                yield Remark(code, template, {"count": self.counts[code]})

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Paragraphs and tables of a body or a cell, through content controls and custom XML."""
        pending = ""
        for element in self._flow(parent):
            if _local(element) == "tbl":
                yield from table_blocks([self._row(row) for row in _children(element, "tr")])
                continue
            boxes: list[etree._Element] = []
            text = pending + "".join(self._text(element, boxes))
            is_mark_deleted = element.find("{*}pPr/{*}rPr/{*}del") is not None
            pending = text if is_mark_deleted else ""
            if not is_mark_deleted:
                yield Block(with_line_feeds(text))
            for box in boxes:
                yield from self.blocks(box)
        if pending:
            yield Block(with_line_feeds(pending))

    def _flow(self, parent: etree._Element) -> Iterator[etree._Element]:
        for element in parent:
            kind = _local(element)
            if kind in ("p", "tbl"):
                yield element
            elif kind in ("del", "moveFrom"):
                self.counts["deletions"] += 1
            elif kind not in _LEFT_OUT:
                yield from self._flow(element)

    def _row(self, row: etree._Element) -> list[str]:
        if row.find("{*}trPr/{*}del") is not None:
            self.counts["deletions"] += 1
            return []
        return [
            "\n".join(block.text for block in self.blocks(cell) if block.text.strip())
            for cell in _children(row, "tc")
        ]

    def _text(self, element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        for child in element:
            kind = _local(child)
            self._count(kind)
            if kind == "t":
                yield child.text or ""
            elif kind in _CHARACTERS:
                yield _CHARACTERS[kind]
            elif kind == "txbxContent":
                boxes.append(child)
            elif kind == "r" and self._is_hidden(child):
                self.counts["hidden_text"] += 1
            elif kind == "AlternateContent":
                yield from self._text(child[0], boxes) if len(child) else ()
            elif kind not in _LEFT_OUT:
                yield from self._text(child, boxes)

    def _count(self, kind: str) -> None:
        if kind in ("del", "moveFrom"):
            self.counts["deletions"] += 1
        elif kind in ("ins", "moveTo"):
            self.counts["insertions"] += 1
        elif kind in ("footnoteReference", "endnoteReference"):
            self.counts["footnotes"] += 1
        elif kind == "commentReference":
            self.counts["comments"] += 1

    def _is_hidden(self, run: etree._Element) -> bool:
        vanish = run.find("{*}rPr/{*}vanish")
        if vanish is not None:
            return _is_on(vanish)
        style = run.find("{*}rPr/{*}rStyle")
        return style is not None and _value(style) in self.hidden_styles


def _children(parent: etree._Element, kind: str) -> Iterator[etree._Element]:
    """Direct children of a kind, looking through content controls and insertions."""
    for child in parent:
        if _local(child) == kind:
            yield child
        elif _local(child) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _children(child, kind)


def _hidden_styles(archive: ZipFile, name: str) -> set[str]:
    """Identifiers of character styles that hide their text."""
    if "word/styles.xml" not in archive.namelist():
        return set()
    root = parse_member(archive, "word/styles.xml", name=name, kind="Word")
    hidden = set()
    for style in root.iterfind("{*}style"):
        vanish = style.find("{*}rPr/{*}vanish")
        if vanish is not None and _is_on(vanish):
            hidden.add(_attribute(style, "styleId"))
    return hidden


def _document_part(archive: ZipFile, name: str) -> str:
    """The main part is where the package says it is, usually word/document.xml."""
    members = set(archive.namelist())
    if "_rels/.rels" in members:
        rels = parse_member(archive, "_rels/.rels", name=name, kind="Word")
        for relation in rels:
            target = normpath(relation.get("Target", "").lstrip("/"))
            if relation.get("Type", "").endswith(_OFFICE_DOCUMENT) and target in members:
                return target
    if "word/document.xml" not in members:
        raise _not_word(name)
    return "word/document.xml"


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _attribute(element: etree._Element, local_name: str) -> str:
    return next((str(value) for key, value in element.items() if str(key).endswith(f"}}{local_name}")), "")


def _value(element: etree._Element) -> str:
    return _attribute(element, "val")


def _is_on(element: etree._Element) -> bool:
    return _value(element) not in ("0", "false", "off")


def _not_word(name: str) -> Refused:
    return Refused(
        "not_word", gettext_noop("%(name)s is not a Word file, whatever its name says."), name=name
    )
