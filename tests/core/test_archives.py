"""Archives are judged before they are opened."""

import io
import zipfile

import pytest

from apps.core.archives import check_size, open_archive, parse_member, read_member
from apps.core.refusal import Refused


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name, text)
    return buffer.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        open_archive("a.docx", data, kind="Word")
    return caught.value.code


def test_an_ordinary_archive_opens() -> None:
    opened = open_archive("a.docx", archive(a="x" * 2_000_000), kind="Word")
    assert read_member(opened, "a", name="a.docx", kind="Word") == b"x" * 2_000_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive(a="hello")[:60], "truncated"),
        (b"PK\x03\x04", "truncated"),
        (archive(a="0" * 30_000_000), "zip_bomb"),
        (archive(**{f"m{number}": "" for number in range(2_001)}), "zip_bomb"),
    ],
    # An archive holds the time of its making, so a name made from its bytes would differ each time.
    ids=["cut short", "only a beginning", "one huge member", "too many members"],
)
def test_archives_that_are_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_declared_size_that_lies_is_damage() -> None:
    data = bytearray(archive(a="x" * 1_000))
    size = (1_000).to_bytes(4, "little")
    at = data.rindex(size)
    data[at : at + 4] = (10).to_bytes(4, "little")
    opened = open_archive("a.docx", bytes(data), kind="Word")
    with pytest.raises(Refused, match=r"^a\.docx is a damaged Word file: a part of it cannot be read\.$"):
        read_member(opened, "a", name="a.docx", kind="Word")


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(archive(a="hello"))
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    assert code_of(bytes(data)) == "password"


def test_xml_is_parsed_and_entities_are_refused() -> None:
    opened = open_archive("a.docx", archive(good="<a>b</a>", bad="<!DOCTYPE a><a/>"), kind="Word")
    assert parse_member(opened, "good", name="a.docx", kind="Word").text == "b"
    with pytest.raises(Refused) as caught:
        parse_member(opened, "bad", name="a.docx", kind="Word")
    assert caught.value.code == "xml_entities"


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"12345", "too_big")])
def test_sizes(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_size("a.txt", data, limit=4)
    assert caught.value.code == code
