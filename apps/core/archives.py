"""Zip files of XML from strangers: checked by what they declare before anything is unpacked or expanded."""

import re
import zipfile
import zlib
from io import BytesIO

from lxml import etree

from apps.core.refusal import Refused, gettext_noop

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
# Small members compress well without doing harm (an empty style sheet of a megabyte is common).
RATIO_MATTERS_FROM_BYTES = 4 * 1024 * 1024

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
# In UTF-8 and in both orders of UTF-16.
_DECLARATION = re.compile(
    rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)"
)


def check_size(name: str, data: bytes, limit: int = MAX_FILE_BYTES) -> None:
    """Refuse an empty file and one above the limit."""
    if not data:
        raise Refused("empty", gettext_noop("%(name)s is empty."), name=name)
    if len(data) > limit:
        raise Refused(
            "too_big",
            gettext_noop("%(name)s is larger than %(limit)s MB, the most that can be taken."),
            name=name,
            limit=limit // (1024 * 1024),
        )


def open_archive(name: str, data: bytes, *, kind: str) -> zipfile.ZipFile:
    """Open a zip whose declared contents are harmless; `kind` names what it should be in a refusal."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise _not_complete(name, kind) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or any(map(_is_bomb, members)):
        raise Refused(
            "zip_bomb",
            gettext_noop(
                "%(name)s would unpack to far more than a real %(kind)s file holds, so it was not opened."
            ),
            name=name,
            kind=kind,
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Refused(
            "password", gettext_noop("%(name)s is protected by a password; save it without one."), name=name
        )
    return archive


def read_member(archive: zipfile.ZipFile, member: str, *, name: str, kind: str) -> bytes:
    """Return one member, never more than its declared size."""
    try:
        return archive.read(member)
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise _damaged(name, kind) from error


def parse_member(archive: zipfile.ZipFile, member: str, *, name: str, kind: str) -> etree._Element:
    """Return the root of an XML member; one that declares a document type or entities is refused."""
    data = read_member(archive, member, name=name, kind=kind)
    if _DECLARATION.search(data):
        raise _declares(name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _damaged(name, kind) from error
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that the search above cannot read
        raise _declares(name)
    return root


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > RATIO_MATTERS_FROM_BYTES and member.file_size > MAX_RATIO * max(
        member.compress_size, 1
    )


def _not_complete(name: str, kind: str) -> Refused:
    return Refused(
        "truncated",
        gettext_noop("%(name)s is not a complete %(kind)s file: it ends too early."),
        name=name,
        kind=kind,
    )


def _damaged(name: str, kind: str) -> Refused:
    return Refused(
        "damaged",
        gettext_noop("%(name)s is a damaged %(kind)s file: a part of it cannot be read."),
        name=name,
        kind=kind,
    )


def _declares(name: str) -> Refused:
    return Refused(
        "xml_entities",
        gettext_noop("%(name)s declares XML entities, which no office program does, so it was not opened."),
        name=name,
    )
