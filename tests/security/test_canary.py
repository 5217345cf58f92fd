"""What stands in the vault is found nowhere else, and after a withdrawal not even there."""

import io
import os
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from celery import current_app
from cryptography.fernet import Fernet, InvalidToken
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from apps.contacts.engine.details import Details
from apps.core import keys
from apps.core.identity import acting_as
from apps.exports import actions as exports
from apps.exports.models import Export
from apps.participants.models import Participant
from config.embedded.place import postgres_programs
from tests import make
from tests.web.asking import at
from tests.web.test_access import ALL

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = {each.name: f"canary{each.name}@canary.example" for each in fields(Details)}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    settings.KEYS_DIRECTORY = str(tmp_path)
    return tmp_path


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    """Somebody with an interview and a transcript: tables, search and exports have something to say."""
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    return person


@pytest.fixture
def vault(client: Client, cast: make.Cast, person: Participant) -> Client:
    """An administrator who wrote every field, read it, searched for it and took it out for letters."""
    client.force_login(cast.administrator)
    client.post(at("contacts_reason", cast), {"reason": "booking"})
    page = at("contact", cast, person.id)
    assert client.post(page, {**CANARY, "version": 0}).status_code == 302
    assert "canaryname@" in client.get(page).content.decode()
    assert client.post(at("contacts", cast), {"words": "canary"}).context["found"]
    assert b"canaryemail@" in client.post(at("contacts_letters", cast), {"people": [str(person.id)]}).content
    return client


def test_pages_endpoints_and_errors_of_everybody_else(
    vault: Client, cast: make.Cast, person: Participant, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    vault.raise_request_exception = False
    for who in cast.members.values():
        vault.force_login(who)
        for path in everywhere(cast, person):
            assert b"canary" not in vault.get(path).content, path
    settings.STUDY_KEYS = ["no key at all"]
    vault.force_login(cast.administrator)
    vault.post(at("contacts_reason", cast), {"reason": "booking"})
    failed = vault.post(at("contact", cast, person.id), {**CANARY, "version": 1})
    assert (failed.status_code, b"canary" in failed.content) == (500, False)
    assert caplog.records
    assert "canary" not in caplog.text


def everywhere(cast: make.Cast, person: Participant) -> Iterator[str]:
    """Every address outside the vault, with this person where a person can stand."""
    for address in ALL:
        if not address.route.startswith("studies/<uuid:study_id>/contacts/"):
            path = address.filled(cast.study.id)
            yield from {path, path.replace("participants/", f"participants/{person.id}/")}


def test_what_leaves_as_a_file(vault: Client, cast: make.Cast) -> None:
    sent = vault.get(at("sampling", cast).replace("sampling/", "sampling/download/xlsx/"))
    files = [b"".join(sent)]
    seen = vault.get(at("tables", cast)).context["tables"].digest
    vault.post(at("tables_release", cast), {"seen": seen, "reason": "Agreed"})
    [release] = cast.study.table_releases.all()
    files += [b"".join(vault.get(at("tables_download", cast, release.id, kind))) for kind in ("docx", "csv")]
    assert all(files)
    assert [b"canary" in words for file in files for words in unpacked(file)].count(True) == 0


def unpacked(file: bytes) -> Iterator[bytes]:
    """The file, or what is packed in it."""
    if not zipfile.is_zipfile(io.BytesIO(file)):
        yield file
        return
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        yield from (packed.read(name) for name in packed.namelist())


def test_the_dump_the_audit_trail_the_search_and_the_queues(
    vault: Client, cast: make.Cast, person: Participant
) -> None:
    assert vault.get(at("find", cast), {"words": "canaryname"}).status_code in (200, 403)
    runs = traffic(vault, cast, person)
    words, messages = dumped(), queued()
    assert person.pseudonym in words
    assert "canary" not in words.lower()
    assert [str(run) in messages for run in runs] == [True] * len(runs)
    assert "canary" not in messages


def traffic(vault: Client, cast: make.Cast, person: Participant) -> list[UUID]:
    """Work for the workers that has to do with this person: a file of codings, and a long list of people."""
    transcript = person.interviews.get().transcript
    with acting_as(cast.pi.id):
        exports.request_transcript(transcript=transcript, format=Export.Format.DOCX, by=cast.pi, now=make.NOW)
    rows = "".join(f"P-{number:04d},{cast.group.name},{cast.site.name}\n" for number in range(1001))
    sent = SimpleUploadedFile("people.csv", f"ID,Group,Site\n{rows}".encode())
    vault.force_login(cast.administrator)
    columns = vault.post(at("people_import", cast), {"file": sent}).headers["Location"]
    vault.post(columns.replace("/columns/", "/write/"))
    return list(cast.study.runs.values_list("id", flat=True))


def test_a_list_that_lies_half_way(vault: Client, cast: make.Cast, person: Participant) -> None:
    """Brought in and compared, not yet written: neither a dump nor a queue nor the keys tell of it."""
    other = make.participant(cast.study, group=cast.group, site=cast.site)
    row = ",".join([other.pseudonym, *CANARY.values()])
    sheet = f"Pseudonym,{','.join(CANARY)}\n{row}\n".encode()
    sent = SimpleUploadedFile("canaryfile.csv", sheet)
    answer = vault.post(at("contacts_import", cast), {"file": sent})
    page = vault.get(answer.headers["Location"])
    assert "canaryname@" in page.content.decode()
    assert "canary" not in dumped().lower()
    assert "canary" not in queued()
    written = vault.post(answer.headers["Location"] + "write/")
    assert written.headers["Location"] == at("contacts", cast)
    assert "canaryname@" in vault.get(at("contact", cast, other.id)).content.decode()
    assert "canary" not in dumped().lower()


def dumped() -> str:
    """A plain dump with every row, also those behind policies."""
    url = os.environ["DATABASE_OWNER_URL"]
    name = psycopg.conninfo.make_conninfo(url, dbname=connection.settings_dict["NAME"])
    program = postgres_programs(None) / "pg_dump"
    command = [program, "--enable-row-security", "--inserts", f"--dbname={name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def queued() -> str:
    """Everything in Redis: messages of the queues, results, whatever somebody cached."""
    server = current_app.connection().default_channel.client
    read = {
        "string": server.get,
        "list": lambda key: server.lrange(key, 0, -1),
        "hash": server.hgetall,
        "set": server.smembers,
        "zset": lambda key: server.zrange(key, 0, -1),
        "stream": server.xrange,
    }
    probe = "a word that this test puts there"
    server.set(probe, probe, ex=60)
    words = " ".join(f"{key} {read[server.type(key).decode()](key)}" for key in server.scan_iter())
    assert probe in words
    return words.lower()


def test_after_a_withdrawal_an_old_dump_cannot_be_read(
    vault: Client, cast: make.Cast, person: Participant, place: Path, settings: Any
) -> None:
    old = dumped()
    sealed = stored_of(person)
    assert sealed.hex() in old
    wrapped = keys.find(person.id)
    assert wrapped
    wishes = {
        "asked_on": make.NOW.date().isoformat(),
        "contact": "destroy",
        "characteristics": "keep",
        "transcript": "stop",
        "codings": "keep",
        "quotes": "stop",
    }
    assert vault.post(at("withdrawal", cast, person.id), wishes).status_code == 302
    assert sealed.hex() not in dumped()
    assert keys.find(person.id) is None
    assert [path for path in place.rglob("*") if path.is_file() and wrapped in path.read_bytes()] == []
    for key in settings.STUDY_KEYS:
        with pytest.raises(InvalidToken):
            Fernet(key).decrypt(sealed)
    assert b"canary" not in vault.get(at("contact", cast, person.id)).content


def stored_of(person: Participant) -> bytes:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=connection.settings_dict["NAME"]) as owner:
        found = owner.execute(
            "SELECT sealed FROM contacts_contact WHERE participant_id = %s", [person.id]
        ).fetchone()
    assert found
    return bytes(found[0])
