"""Word files made by hand, so that a test shows the XML that it is about."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def run(text: str, properties: str = "") -> str:
    """A run of text, with formatting if given."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{rpr}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str) -> str:
    """A paragraph of runs (strings that start with "<") or of plain texts."""
    return f"<w:p>{''.join(part if part.startswith('<') else run(part) for part in content)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of plain cells."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def word_file(*body: str, part: str = "word/document.xml", styles: str = "") -> bytes:
    """A .docx whose body holds these paragraphs and tables."""
    document = f'<w:document xmlns:w="{_NAMESPACE}"><w:body>{"".join(body)}</w:body></w:document>'
    relation = f'<Relationship Id="r1" Type="{_OFFICE}" Target="{part}"/>'
    members = {"_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">{relation}</Relationships>', part: document}
    if styles:
        members["word/styles.xml"] = f'<w:styles xmlns:w="{_NAMESPACE}">{styles}</w:styles>'
    return zip_file(members)


def zip_file(members: Mapping[str, str | bytes]) -> bytes:
    """A compressed archive of text members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _cell(text: str) -> str:
    return f"<w:tc>{''.join(map(paragraph, text.splitlines())) or '<w:p/>'}</w:tc>"
