"""Read an uploaded transcript into a draft, or refuse it with one sentence."""

from pathlib import PurePath
from typing import Any

from apps.core.archives import OLE_MAGIC, ZIP_MAGIC, check_size
from apps.core.decoding import Decoded, decode, encoding_remarks
from apps.core.refusal import Refused, Remark, gettext_noop
from apps.core.sandbox import run_apart
from apps.transcripts.engine.docx import read_docx
from apps.transcripts.engine.drafts import Block, Draft, Label, Paragraph, Source
from apps.transcripts.engine.labelling import cut
from apps.transcripts.engine.limits import within_limits
from apps.transcripts.engine.plain import read_plain
from apps.transcripts.engine.roles import describe_labels
from apps.transcripts.engine.subtitles import has_cues, read_subtitles

KINDS = ("docx", "txt", "vtt", "srt")
_OTHER_TEXT_NAMES = {"text": "txt", "md": "txt", "": "txt"}
_ADVICE = {
    "doc": gettext_noop("%(name)s is an old Word file; open it in a word processor and save it as .docx."),
    "rtf": gettext_noop("%(name)s is a rich-text file; open it in a word processor and save it as .docx."),
    "odt": gettext_noop(
        "%(name)s is an OpenDocument file; open it in a word processor and save it as .docx."
    ),
    "pdf": gettext_noop(
        "%(name)s is a PDF, whose paragraphs cannot be told apart; save the original as .docx."
    ),
    "xlsx": gettext_noop("%(name)s is a spreadsheet, not a transcript; save its text as .docx or .txt."),
}
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read_apart(name: str, data: bytes) -> Draft:
    """Read a stranger's file in a process with limits; what pages and tasks call."""
    check_size(name, data)
    return Draft.from_json(run_apart(read_to_json, name, data))


def read_to_json(name: str, data: bytes) -> dict[str, Any]:
    """`read` in the form that crosses to and from the limited process."""
    return read(name, data).to_json()


def read(name: str, data: bytes) -> Draft:
    """Read a transcript in this process; raises Refused."""
    check_size(name, data)
    kind = _kind(name, data)
    source, kind = _read_docx(name, data) if kind == "docx" else _read_text(decode(name, data), kind, name)
    return _draft(name, source, kind)


def read_pasted(text: str, name: str = "The pasted text") -> Draft:
    """Read text that was typed or pasted into a form; `name` stands in the sentences of refusals."""
    data = text.encode("utf-8", "replace")
    check_size(name, data)
    source, kind = _read_text(decode(name, data), "txt", name)
    return _draft(name, source, "pasted" if kind == "txt" else kind)


def _kind(name: str, data: bytes) -> str:
    """Tell the kind by content where content is plain, and by name where it is not."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    found = _kind_by_content(data)
    if found == "encrypted":
        raise Refused(
            "password", gettext_noop("%(name)s is protected by a password; save it without one."), name=name
        )
    advice = _ADVICE.get(found or "") or (_ADVICE.get(suffix) if found is None else None)
    if advice:
        raise Refused("wrong_kind", advice, name=name)
    if suffix == "docx" and found == "zip":
        return "docx"
    if suffix == "docx":
        raise Refused(
            "not_word", gettext_noop("%(name)s is not a Word file, whatever its name says."), name=name
        )
    kind = _OTHER_TEXT_NAMES.get(suffix, suffix)
    if kind not in KINDS:
        raise Refused(
            "unknown_kind",
            gettext_noop("%(name)s is not a kind of file that can be read here: use %(kinds)s."),
            name=name,
            kinds=", ".join(f".{known}" for known in KINDS),
        )
    if found == "zip":
        raise Refused("binary", gettext_noop("%(name)s is not a text file: it holds binary data."), name=name)
    return kind


def _kind_by_content(data: bytes) -> str | None:
    if data.startswith(OLE_MAGIC):
        return "encrypted" if _ENCRYPTED_PACKAGE in data else "doc"
    if data.startswith(ZIP_MAGIC):
        head = data[:2_000]
        if b"application/vnd.oasis.opendocument.text" in head:
            return "odt"
        return "xlsx" if b"xl/workbook.xml" in data else "zip"
    if data.startswith(b"%PDF"):
        return "pdf"
    return "rtf" if data.startswith(b"{\\rtf") else None


def _read_docx(name: str, data: bytes) -> tuple[Source, str]:
    return read_docx(name, data), "docx"


def _read_text(decoded: Decoded, kind: str, name: str) -> tuple[Source, str]:
    """Captions are recognised by what they hold, because people rename them."""
    is_webvtt = decoded.text.startswith("WEBVTT")
    if has_cues(decoded.text):
        return read_subtitles(decoded), "vtt" if is_webvtt or kind == "vtt" else "srt"
    if is_webvtt or kind in ("vtt", "srt"):
        raise Refused("no_cues", gettext_noop("%(name)s holds no timed captions."), name=name)
    return read_plain(decoded), kind


def _draft(name: str, source: Source, kind: str) -> Draft:
    blocks = [block for block in within_limits(name, source.blocks) if block.text.strip()]
    if not blocks:
        raise Refused("no_text", gettext_noop("%(name)s holds no text."), name=name)
    text = "\n\n".join(map(_shown, blocks))
    paragraphs = cut(blocks)
    labels = describe_labels(paragraphs)
    return Draft(
        text=text,
        encoding=source.encoding,
        is_guess=source.is_guess,
        kind=kind,
        paragraphs=paragraphs,
        labels=labels,
        warnings=source.remarks
        + encoding_remarks(text, source.encoding, is_guess=source.is_guess)
        + _speaker_remarks(paragraphs, labels),
    )


def _shown(block: Block) -> str:
    return f"{block.label}: {block.text.strip()}" if block.label else block.text


def _speaker_remarks(paragraphs: tuple[Paragraph, ...], labels: tuple[Label, ...]) -> tuple[Remark, ...]:
    if all(label.role == "not_a_speaker" for label in labels):
        return (Remark("no_speakers", gettext_noop("No speaker labels were found.")),)
    unlabelled = sum(paragraph.label is None for paragraph in paragraphs)
    if not unlabelled:
        return ()
    template = gettext_noop("Paragraphs under no speaker (titles, headers, notes): %(count)s.")
    return (Remark("text_without_speaker", template, {"count": unlabelled}),)
