"""Each part of Concord is killed in the middle of the work: nothing confirmed is lost, nothing done twice."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, FilePayload

from config.embedded import Postgres
from tests.journeys.beginnings import begin_codebook, import_people, invite, join, open_study, set_up
from tests.journeys.files import DOCX, docx
from tests.journeys.person import Person
from tests.journeys.rounds import code_sentence, open_round, open_work, submit, wait_until
from tests.journeys.saving import Saver
from tests.journeys.transcripts import confirm_speakers, declare_ready, upload
from tests.running import Running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

COMPUTED = "SELECT count(*) FROM agreement_agreementrun WHERE round_id = %s"
STATE = "SELECT state FROM jobs_run WHERE arguments ->> 'round' = %s"
ATTEMPT = "SELECT attempt FROM jobs_run WHERE arguments ->> 'round' = %s"
CODED = "SELECT client_id::text FROM coding_coding"
WAITING = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'agreement_agreementrun'::regclass
"""


@dataclass
class Database:
    """Looks into the database as its owner, who sees every row."""

    url: str

    def ask(self, question: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return [row[0] for row in connection.execute(question, values)]

    def says(self, question: str, *values: Any, answer: list[Any]) -> bool:
        """Whether this is the answer; while the database is away it is not."""
        try:
            return self.ask(question, *values) == answer
        except psycopg.OperationalError:
            return False

    @contextmanager
    def no_result_stored(self) -> Iterator[None]:
        """A worker that has computed inside cannot store it: it waits, and can be killed there."""
        with psycopg.connect(self.url) as connection:
            connection.execute("LOCK TABLE agreement_agreementrun IN EXCLUSIVE MODE")
            yield

    def is_worker_waiting(self) -> bool:
        return self.says(WAITING, answer=[1])


@dataclass
class Team:
    """A study with two coders; each of the six tests takes a transcript that no round has had."""

    study: str
    pi: Person
    coders: list[Person]
    adjudicator: Person
    transcripts: list[str]

    def open_round(self) -> "Round":
        name = self.transcripts.pop()
        self.pi.visit(self.study)
        address = open_round(
            self.pi, transcripts=[name], coders=self.coders, adjudicator=self.adjudicator, hold_minutes=15
        )
        return Round(address, self.pi, [(each, open_work(each, self.study, name)) for each in self.coders])


@dataclass
class Round:
    """A round that two people code, each on a page of their own."""

    address: str
    pi: Person
    work: list[tuple[Person, str]]

    @property
    def id(self) -> str:
        return self.address.rstrip("/").rsplit("/", 1)[-1]

    def submit(self) -> None:
        for coder, assignment in self.work:
            submit(coder, assignment)

    def release(self) -> None:
        self.pi.visit(self.address)
        self.pi.press("Release now")

    def is_computed_once(self, database: Database) -> bool:
        """The run is done, and there is one result of it."""
        return database.says(STATE, self.id, answer=["done"]) and database.says(COMPUTED, self.id, answer=[1])


@pytest.fixture(scope="module")
def team(browser: Browser, concord: Running) -> Iterator[Team]:
    def person(name: str) -> Person:
        return Person(browser, concord.address, name, in_a_hurry=True)

    pi, mei, sara, ivo = map(person, ("Olu Bello", "Mei Lin", "Sara Voss", "Ivo Brandt"))
    study = open_study(concord, pi, "Under fire")
    set_up(pi, study, sites=["Northmoor"], groups=["Client"])
    begin_codebook(pi)
    for guest, role in ((mei, "coder"), (sara, "coder"), (ivo, "adjudicator")):
        join(guest, invite(pi, study, guest, role))
    names = [f"Client {number:02d}" for number in range(1, 7)]
    bring_in(pi, study, names)
    yield Team(study, pi, [mei, sara], ivo, names)
    for each in (pi, mei, sara, ivo):
        each.context.close()


def bring_in(pi: Person, study: str, names: list[str]) -> None:
    """A person with an interview and a ready transcript for each name."""
    numbers = range(1, len(names) + 1)
    people: list[list[str | int]] = [["Study ID", "Group", "Site", "Interview date"]]
    people += [[number, "Client", "Northmoor", "2026-02-10"] for number in numbers]
    import_people(pi, study, people)
    files = [FilePayload(name=f"{each}.docx", mimeType=DOCX, buffer=docx(speech(each))) for each in numbers]
    upload(pi, study, *files)
    for file, name in zip(files, names, strict=True):
        confirm_speakers(pi, study, file["name"], participant="Speaker", pseudonym=name)
        declare_ready(pi, study, name)


def speech(number: int) -> list[tuple[str, str]]:
    """Enough sentences to code without a pause for as long as any of these tests does."""
    lines = []
    for point in range(60):
        lines.append(("Interviewer", f"What of point {point}, in interview {number}?"))
        lines.append(("Speaker", " ".join(f"Of point {point} this is sentence {each}." for each in range(8))))
    return lines


@pytest.fixture
def round(team: Team) -> Round:
    return team.open_round()


@pytest.fixture(scope="module")
def database(concord: Running) -> Database:
    return Database(Postgres(concord.var).url("owner"))


def kill(concord: Running, *words: str) -> None:
    victim = concord.children(*words)[0]
    victim.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not victim.is_running() or victim.status() == "zombie")


@contextmanager
def nothing_restarted(concord: Running) -> Iterator[None]:
    """The supervisor sleeps meanwhile: otherwise a part is back before anybody has missed it."""
    concord.process.suspend()
    try:
        yield
    finally:
        concord.process.resume()


def stored(database: Database, saver: Saver) -> set[str]:
    """Of the codings that were confirmed, those that the database has."""
    return saver.confirmed & set(database.ask(CODED))


def test_killed_web_server(concord: Running, database: Database, round: Round) -> None:
    mei, assignment = round.work[0]
    with Saver(mei, assignment) as saver:
        saver.confirm_more(10)
        kill(concord, "granian")
        saver.confirm_more(10)
        kill(concord, "granian")
        saver.confirm_more(10)
    assert saver.was_refused > 0
    assert stored(database, saver) == saver.confirmed
    mei.visit(assignment)
    assert mei.page.locator(".coding-start").count() == len(saver.confirmed)


def test_page_keeps_what_a_killed_web_server_could_not_take(concord: Running, round: Round) -> None:
    mei, assignment = round.work[0]
    mei.visit(assignment)
    with nothing_restarted(concord):
        kill(concord, "granian")
        code_sentence(mei, 2, "Differentiation", until="stuck")
    wait_until(mei, "saved")
    mei.visit(assignment)
    assert mei.page.locator(".coding-start").count() == 1


def test_page_loses_nothing_when_its_server_is_killed_in_a_burst(
    concord: Running, database: Database, round: Round
) -> None:
    mei, assignment = round.work[0]
    mei.visit(assignment)
    before = len(database.ask(CODED))
    code_sentence(mei, 2, "Differentiation")
    other = mei.context.new_page()
    other.goto(assignment)
    mei.page.bring_to_front()
    for number in range(12):
        if number == 4:
            kill(concord, "granian")
        mei.page.keyboard.press("s")
        mei.page.keyboard.press(".")
    mei.page.keyboard.press("u")
    wait_until(mei, "saved")
    assert len(database.ask(CODED)) - before == 13
    # The other window comes to show the same, although its stream was cut with the server.
    other.locator(".coding-start").nth(11).wait_for(timeout=60_000)
    assert other.locator(".coding-start").count() == 12
    other.close()
    mei.visit(assignment)
    assert mei.page.locator(".coding-start").count() == 12


def test_killed_agreement_worker(concord: Running, database: Database, round: Round) -> None:
    for coder, assignment in round.work:
        with Saver(coder, assignment) as saver:
            saver.confirm_more(5)
    round.submit()
    with database.no_result_stored():
        round.release()
        assert wait_for(database.is_worker_waiting)
        assert database.ask(STATE, round.id) == ["running"]
        kill(concord, "worker", "agreement")
    assert wait_for(lambda: round.is_computed_once(database))
    assert database.ask(ATTEMPT, round.id) == [2]


def test_killed_valkey(concord: Running, database: Database, round: Round) -> None:
    with nothing_restarted(concord):
        kill(concord, "valkey-server")
        for coder, assignment in round.work:
            with Saver(coder, assignment) as saver:
                saver.confirm_more(5)
            assert saver.was_refused == 0
            assert stored(database, saver) == saver.confirmed
        round.submit()
        round.release()
        assert database.ask(STATE, round.id) == ["queued"]
    assert wait_for(lambda: round.is_computed_once(database))


def test_killed_postgresql(concord: Running, database: Database, round: Round) -> None:
    for coder, assignment in round.work:
        with Saver(coder, assignment) as saver:
            saver.confirm_more(5)
            kill(concord, "postgres", "-D")
            saver.confirm_more(5)
        assert saver.was_refused > 0
        assert stored(database, saver) == saver.confirmed
    round.submit()
    with suppress(psycopg.OperationalError), database.no_result_stored():
        round.release()
        assert wait_for(database.is_worker_waiting)
        kill(concord, "postgres", "-D")
    assert wait_for(lambda: round.is_computed_once(database))
    round.pi.visit(round.address)
    assert round.pi.main.get_by_role("link", name="Read the agreement").count() == 1
