"""Each part of Concord is killed in the middle of the work: nothing confirmed is lost, nothing done twice."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
import pytest
from playwright.sync_api import Browser, FilePayload, expect

from config.embedded import Postgres
from tests.journeys.beginnings import begin_codebook, import_people, invite, join, open_study, set_up
from tests.journeys.database import Database
from tests.journeys.files import DOCX, docx
from tests.journeys.person import Person
from tests.journeys.rounds import code_sentence, open_round, open_work, submit, wait_until
from tests.journeys.saving import Saver
from tests.journeys.transcripts import confirm_speakers, declare_ready, upload
from tests.running import Running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

RESTARTED = 90
"""Seconds within which a page is at work again with a server that was started anew, on any machine."""

COMPUTED = "SELECT count(*) FROM agreement_agreementrun WHERE round_id = %s"
STATE = "SELECT state FROM jobs_run WHERE arguments ->> 'round' = %s"
ATTEMPT = "SELECT attempt FROM jobs_run WHERE arguments ->> 'round' = %s"
CODED = "SELECT client_id::text FROM coding_coding"
DECIDED = """
    SELECT count(*) FROM agreement_resolution resolution
    JOIN agreement_discrepancy discrepancy ON discrepancy.id = resolution.discrepancy_id
    JOIN agreement_roundtranscript member ON member.id = discrepancy.round_transcript_id
    WHERE member.round_id = %s
"""
PROPOSED = """
    SELECT count(*) FROM agreement_proposal proposal
    JOIN agreement_discrepancy discrepancy ON discrepancy.id = proposal.discrepancy_id
    JOIN agreement_roundtranscript member ON member.id = discrepancy.round_transcript_id
    WHERE member.round_id = %s
"""
CLOSED = "SELECT closed_at IS NOT NULL FROM agreement_round WHERE id = %s"
AGREED = """
    SELECT count(*) FROM coding_coding coding
    JOIN coding_codingassignment assignment ON assignment.id = coding.assignment_id
    JOIN agreement_roundtranscript member ON member.transcript_version_id = assignment.transcript_version_id
    WHERE member.round_id = %s AND assignment.kind = 'consensus'
"""


@dataclass
class Team:
    """A study with two coders; each test takes a transcript that no round has had."""

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

    def code(self, *numbers: int) -> None:
        """So many codings by the first coder, so many by the second."""
        for (coder, assignment), number in zip(self.work, numbers, strict=True):
            with Saver(coder, assignment) as saver:
                saver.confirm_more(number)

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
    names = [f"Client {number:02d}" for number in range(1, 11)]
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
    """Kill a part with all that it started: what is left of it would end its work in good order."""
    victim = concord.children(*words)[0]
    victims = [victim, *victim.children(recursive=True)]
    for each in victims:
        with suppress(psutil.NoSuchProcess):
            each.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not any(is_alive(each) for each in victims))


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


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
    wait_until(mei, "saved", seconds=RESTARTED)
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
    wait_until(mei, "saved", seconds=RESTARTED)
    assert len(database.ask(CODED)) - before == 13
    # The other window comes to show the same, although its stream was cut with the server.
    expect(other.locator(".coding-start")).to_have_count(12, timeout=RESTARTED * 1000)
    other.close()
    mei.visit(assignment)
    assert mei.page.locator(".coding-start").count() == 12


def test_killed_agreement_worker(concord: Running, database: Database, round: Round) -> None:
    round.code(5, 5)
    round.submit()
    with database.nothing_stored("agreement_agreementrun"):
        round.release()
        assert wait_for(lambda: database.is_awaited("agreement_agreementrun"))
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
            # Saves wait for a connection until PostgreSQL is back, but for one that it was busy with.
            saver.confirm_more(5)
        assert stored(database, saver) == saver.confirmed
    round.submit()
    with database.nothing_stored("agreement_agreementrun"):
        round.release()
        assert wait_for(lambda: database.is_awaited("agreement_agreementrun"))
        kill(concord, "postgres", "-D")
    assert wait_for(lambda: round.is_computed_once(database))
    assert wait_for(lambda: is_served(round.pi, round.address))
    round.pi.visit(round.address)
    expect(round.pi.main.get_by_role("link", name="Read the agreement")).to_have_count(1)


@pytest.mark.parametrize("victim", [("granian",), ("postgres", "-D")], ids=" ".join)
def test_nothing_is_half_decided_or_half_closed(
    concord: Running, database: Database, round: Round, victim: tuple[str, ...]
) -> None:
    round.code(2, 12)
    round.submit()
    round.release()
    assert wait_for(lambda: round.is_computed_once(database))
    pi = round.pi

    choose_neither(pi, round)
    with database.nothing_stored("agreement_resolution"):
        send(pi, "#decision")
        assert wait_for(lambda: database.is_awaited("agreement_resolution"))
        stop_asking(pi)
        kill(concord, *victim)
    assert wait_for(lambda: database.says(DECIDED, round.id, answer=[0]))
    assert wait_for(lambda: is_served(pi, round.address))
    choose_neither(pi, round)
    pi.main.get_by_role("button", name="Settle and go on").click()
    assert wait_for(lambda: database.says(DECIDED, round.id, answer=[1]))

    ask_to_close(pi, round)
    with database.nothing_stored("audit_auditevent"):
        send(pi, "dialog[open] form")
        assert wait_for(lambda: database.is_awaited("audit_auditevent"))
        stop_asking(pi)
        kill(concord, *victim)
    assert wait_for(lambda: database.says(CLOSED, round.id, answer=[False]))
    assert database.ask(AGREED, round.id) == [0]
    assert wait_for(lambda: is_served(pi, round.address))
    ask_to_close(pi, round)
    pi.press("Close the round", within="dialog[open]")
    assert database.ask(CLOSED, round.id) == [True]
    assert database.ask(AGREED, round.id) != [0]


@pytest.mark.parametrize("victim", [("valkey-server",), ("worker", "agreement")], ids=" ".join)
def test_conferring_and_closing_need_neither_valkey_nor_a_worker(
    concord: Running, database: Database, round: Round, victim: tuple[str, ...]
) -> None:
    round.code(2, 12)
    round.submit()
    round.release()
    assert wait_for(lambda: round.is_computed_once(database))
    (mei, _), (sara, _) = round.work
    choose_neither(mei, round)
    with nothing_restarted(concord):
        # It goes down while the first proposal is being stored, and stays away for all that follows.
        with database.nothing_stored("agreement_proposal"):
            send(mei, "#decision")
            assert wait_for(lambda: database.is_awaited("agreement_proposal"))
            kill(concord, *victim)
        assert wait_for(lambda: database.says(PROPOSED, round.id, answer=[1]))
        choose_neither(sara, round)
        send(sara, "#decision")
        assert wait_for(lambda: database.says(DECIDED, round.id, answer=[1]))
        choose_neither(round.pi, round)
        send(round.pi, "#decision")
        assert wait_for(lambda: database.says(DECIDED, round.id, answer=[2]))
        ask_to_close(round.pi, round)
        round.pi.press("Close the round", within="dialog[open]")
        assert database.ask(CLOSED, round.id) == [True]
        agreed = database.ask(AGREED, round.id)
        assert agreed != [0]
    assert wait_for(lambda: any(is_alive(each) for each in concord.children(*victim)))
    assert is_served(round.pi, round.address)
    # What ran without it is not done once more when it is back.
    assert round.is_computed_once(database)
    assert [database.ask(each, round.id) for each in (DECIDED, AGREED)] == [[2], agreed]


def choose_neither(person: Person, round: Round) -> None:
    """Opens the first discrepancy that is open, and fills in the decision."""
    person.visit(f"{round.address}discrepancies/?open=1")
    person.main.locator("tbody th a").first.click()
    person.main.locator("#decision label:has([value=neither])").first.click()
    person.main.locator("#decision [name=reason]").fill("It says nothing of that.")


def ask_to_close(pi: Person, round: Round) -> None:
    pi.visit(round.address)
    pi.main.get_by_role("button", name="Close the round").click()


def send(person: Person, form: str) -> None:
    """Sends a form and waits for no answer, as there will be none."""
    person.page.evaluate(f"() => {{ document.querySelector('{form}').requestSubmit() }}")


def stop_asking(person: Person) -> None:
    """A browser sends a form once more, unasked, if the server dies before it answers; this one gives up."""
    person.context.new_cdp_session(person.page).send("Page.stopLoading")


def is_served(person: Person, address: str) -> bool:
    with suppress(Exception):
        return person.get(address)[0] == 200
    return False
