"""Files that are not what they say, through the running server: one sentence each, and nothing stored."""

import http.client
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser

from config.embedded import Postgres
from tests.journeys.beginnings import open_study
from tests.journeys.files import docx, word
from tests.journeys.person import Person
from tests.journeys.speech import CLIENT
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

MEGABYTE = 1024 * 1024

ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE bomb [
  <!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&c;</w:document>"""

NO_SPEAKERS = "It was a quiet day on the ward, and nobody had thought of asking.\n\nThen somebody did.\n"

WRONG_FILES = {
    "empty.txt": b"",
    "truncated.docx": docx(CLIENT)[:-200],
    "random.txt": random.Random(7).randbytes(20_000),
    "bomb.docx": word("<w:document>" + " " * 300 * MEGABYTE + "</w:document>"),
    "entities.docx": word(ENTITIES),
    "unknown.txt": "インタビュアー：最初に何がありましたか。\n".encode("shift_jis") * 20,
    "unlabelled.txt": NO_SPEAKERS.encode(),
}

SENTENCES = [
    "empty.txt is empty.",
    "truncated.docx is not a complete Word file: it ends too early.",
    "random.txt is not a text file: it holds binary data.",
    "bomb.docx would unpack to far more than a real Word file holds, so it was not opened.",
    "entities.docx declares XML entities, which no office program does, so it was not opened.",
    "unknown.txt is in a character encoding that cannot be recognised; save it as UTF-8.",
    "No speakers were found in unlabelled.txt: begin each turn with a label such as “Interviewer:”, "
    "or say that two people speak in turn.",
]
TOO_LARGE = "large.docx is larger than 20 MB, the most that can be taken."


@pytest.fixture(scope="module")
def pi(browser: Browser, concord: Running) -> Iterator[Person]:
    person = Person(browser, concord.address, "Nadia Stone", in_a_hurry=True)
    study = open_study(concord, person, "Wrong files")
    person.visit(f"{study}transcripts/uploads/add/")
    yield person
    person.context.close()


@pytest.fixture
def stored(concord: Running) -> Iterator[psycopg.Connection]:
    """The database, which must hold no file and no upload afterwards."""
    with psycopg.connect(Postgres(concord.var).url("owner")) as connection:
        before = counts(connection)
        yield connection
        connection.rollback()
        assert counts(connection) == before


def counts(connection: psycopg.Connection) -> list[int]:
    tables = ("transcripts_sourcefile", "transcripts_upload", "transcripts_transcript", "audit_auditevent")
    found = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]
    return [row[0] for row in found if row]


@pytest.mark.usefixtures("stored")
def test_each_gets_one_sentence_and_nothing_is_stored(pi: Person, tmp_path: Path) -> None:
    for name, content in WRONG_FILES.items():
        (tmp_path / name).write_bytes(content)
    pi.page.reload()
    pi.page.locator("input[type=file]").set_input_files([tmp_path / name for name in WRONG_FILES])
    pi.page.wait_for_function(
        "n => document.querySelectorAll('.outcome-refused').length === n", arg=len(SENTENCES)
    )
    assert pi.page.locator("#outcomes > li").all_inner_texts() == SENTENCES


@pytest.mark.usefixtures("stored")
def test_the_page_refuses_what_is_too_large_without_sending_it(pi: Person, tmp_path: Path) -> None:
    (tmp_path / "large.docx").write_bytes(bytes(50 * MEGABYTE))
    pi.page.reload()
    sent: list[str] = []
    pi.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    pi.page.locator("input[type=file]").set_input_files(tmp_path / "large.docx")
    pi.page.locator(".outcome-refused").wait_for()
    assert (pi.page.locator("#outcomes > li").all_inner_texts(), sent) == ([TOO_LARGE], [])


@pytest.mark.usefixtures("stored")
def test_the_server_refuses_what_is_too_large(pi: Person, concord: Running) -> None:
    status, body = post_file(pi, "large.docx", bytes(50 * MEGABYTE))
    assert (status, TOO_LARGE in body) == (413, True)


def post_file(person: Person, name: str, content: bytes) -> tuple[int, str]:
    """Sends a file as the form of the page does, without the page."""
    cookies = {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}
    border = uuid4().hex
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    connection = http.client.HTTPConnection(person.address.removeprefix("http://"), timeout=60)
    connection.request(
        "POST",
        person.page.url,
        body=head.encode() + content + f"\r\n--{border}--\r\n".encode(),
        headers={
            "Content-Type": f"multipart/form-data; boundary={border}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        },
    )
    response = connection.getresponse()
    return response.status, response.read().decode()
