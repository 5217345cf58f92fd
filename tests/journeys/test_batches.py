"""A round in two named batches: the first is conferred on while nothing is known of the second."""

import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import expect

from tests.journeys.batches import (
    agree_on,
    decide_first_in_queue,
    leave_to_adjudicator,
    open_ones,
    plan_batches,
    release_batch,
    states,
    transcripts_by_batch,
)
from tests.journeys.beginnings import begin_codebook, import_people, invite, join, open_study, set_up
from tests.journeys.files import DOCX, docx
from tests.journeys.person import UUID, Person
from tests.journeys.rounds import (
    close,
    code_sentence,
    open_work,
    read_consensus,
    read_figures,
    submit,
    write_memo,
)
from tests.journeys.speech import CLIENT, KEYWORKER, STAFF
from tests.journeys.transcripts import confirm_speakers, declare_ready, upload
from tests.journeys.walking import Answers, ask, codings_in, differences, found, walk
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

PEOPLE: list[list[str | int]] = [
    ["Study ID", "Group", "Site", "Interview date", "Minutes"],
    ["S-101", "Hub client", "Northmoor", "2026-02-10", 58],
    ["S-102", "Hub client", "Northmoor", "2026-02-12", 47],
    ["S-103", "Hub staff", "Northmoor", "2026-02-17", 64],
]
INTERVIEWS = (
    ("first.docx", CLIENT, "Nadia", "Hub client 01"),
    ("second.docx", KEYWORKER, "Marta", "Hub client 02"),
    ("third.docx", STAFF, "Tom Ellis", "Hub staff 01"),
)

# Each transcript holds one agreement, one other code of the same construct, and one that Jin left out.
OF_RUTH = {2: "Differentiation", 4: "Enrolment", 6: "Legitimation"}
OF_JIN = {2: "Differentiation", 4: "Initiation"}

# Stands in a memo of Jin's on the second batch and nowhere else.
CANARY = "sandmartin"


def test_one_batch_is_conferred_on_while_the_next_is_blind(
    concord: Running, newcomer: Callable[[str], Person]
) -> None:
    pi, ruth, jin, tomas = (newcomer(name) for name in ("Amara Osei", "Ruth Hale", "Jin Park", "Tomas Reyes"))
    everybody = (pi, ruth, jin, tomas)
    study = begin(concord, *everybody)
    round = plan_batches(pi, batches="First week: 2\nSecond week", coders=[ruth, jin], adjudicator=tomas)
    drawn = transcripts_by_batch(pi, round)
    assert {name: len(members) for name, members in drawn.items()} == {"First week": 2, "Second week": 1}
    assert states(pi, round) == {"First week": "Coding, blind", "Second week": "Coding, blind"}
    (later,) = drawn["Second week"]
    blind = {person: open_work(person, study, later) for person in (ruth, jin)}

    for coder, codes in ((ruth, OF_RUTH), (jin, OF_JIN)):
        for transcript in drawn["First week"]:
            work = open_work(coder, study, transcript)
            code_all(coder, codes)
            submit(coder, work)
    assert states(jin, round) == {"First week": "Held before release", "Second week": "Coding, blind"}
    release_batch(pi, round, "First week")
    of_first = {"One coder only": "2", "Other code, same construct": "2"}
    assert read_figures(pi, round) == of_first
    expect(pi.main.get_by_text("Still to come: Second week.")).to_be_visible()

    figures = pi.get(f"{round}agreement/files/csv/")
    before = {each.name: look_at_all(each, study) for each in (pi, ruth)}
    jin.visit(blind[jin])
    code_all(jin, OF_JIN)
    write_memo(jin, f"Everybody, not only she: {CANARY}.")
    after = {each.name: look_at_all(each, study) for each in (pi, ruth)}
    assert {name: differences(before[name], after[name]) for name in before} == {name: {} for name in before}
    assert pi.get(f"{round}agreement/files/csv/") == figures

    confer_on_the_first_batch(pi, ruth, jin, tomas, study, round)
    submit(jin, blind[jin])
    of_jin = look_at_all(jin, study)
    assert found(of_jin, CANARY) != {}
    secret = [CANARY, *codings_of(blind[jin], of_jin)]
    assert len(secret) == 1 + len(OF_JIN)
    for each in (pi, ruth, tomas):
        assert found(look_at_all(each, study, also=of_jin), *secret) == {}
    assert read_figures(pi, round) == of_first

    ruth.visit(blind[ruth])
    code_all(ruth, OF_RUTH)
    submit(ruth, blind[ruth])
    release_batch(pi, round, "Second week")
    assert found(ask(ruth, of_jin), CANARY) != {}
    assert read_figures(pi, round) == {"One coder only": "3", "Other code, same construct": "3"}
    assert settled(pi, round) == "4 of 6"
    for each in open_ones(ruth, f"{round}discrepancies/"):
        agree_on(ruth, jin, each)
    close(pi, round)
    must_be_one_record(pi, round, drawn)
    assert [person.complaints for person in everybody] == [[], [], [], []]


def begin(concord: Running, pi: Person, ruth: Person, jin: Person, tomas: Person) -> str:
    """A study with three transcripts that are ready, a codebook, and its four people."""
    everybody = (pi, ruth, jin, tomas)
    for person in everybody:
        person.in_a_hurry = True
    study = open_study(concord, pi, "Two batches")
    set_up(pi, study, sites=["Northmoor"], groups=["Hub client", "Hub staff"])
    begin_codebook(pi)
    for guest, role in ((ruth, "coder"), (jin, "coder"), (tomas, "adjudicator")):
        join(guest, invite(pi, study, guest, role))
    import_people(pi, study, PEOPLE)
    files = [{"name": name, "mimeType": DOCX, "buffer": docx(speech)} for name, speech, *_ in INTERVIEWS]
    upload(pi, study, *files)
    for file, _speech, name, pseudonym in INTERVIEWS:
        confirm_speakers(pi, study, file, participant=name, pseudonym=pseudonym)
        declare_ready(pi, study, pseudonym)
    # Every page that the PI comes to from now on is looked at closely: there the batches stand.
    pi.in_a_hurry = False
    return study


def look_at_all(person: Person, study: str, *, also: Iterable[str] = ()) -> Answers:
    return walk(person, study, also=also, with_queries=False)


def codings_of(work: str, answers: Answers) -> set[str]:
    """The ids of the codings of one assignment."""
    (assignment,) = re.findall(rf"assignments/({UUID})", work)
    return codings_in({address: each for address, each in answers.items() if assignment in address})


def code_all(coder: Person, codes: dict[int, str]) -> None:
    """Codes the first sentence of some turns of the transcript that is open."""
    for turn, code in codes.items():
        code_sentence(coder, turn, code)


def confer_on_the_first_batch(
    pi: Person, ruth: Person, jin: Person, tomas: Person, study: str, round: str
) -> None:
    """The pair agrees on three and leaves one to the adjudicator, who decides it; the round stays open."""
    *ours, theirs = open_ones(ruth, f"{round}discrepancies/")
    assert len(ours) == 3
    for each in ours:
        agree_on(ruth, jin, each)
    leave_to_adjudicator(jin, theirs)
    decide_first_in_queue(tomas, study)
    assert settled(pi, round) == "4 of 4"
    assert states(pi, round) == {"First week": "Released", "Second week": "Coding, blind"}
    assert pi.main.get_by_role("button", name="Close the round").count() == 0


def settled(reader: Person, round: str) -> str:
    reader.visit(round)
    return reader.main.locator("dl.stats > div", has_text="Discrepancies settled").locator("dd").inner_text()


def must_be_one_record(pi: Person, round: str, drawn: dict[str, list[str]]) -> None:
    """One round, with all that was released, decided and written, whichever batch it came in."""
    assert settled(pi, round) == "6 of 6"
    for name in drawn:
        expect(pi.main.get_by_text(f"{name} was released, and its codings frozen.")).to_be_visible()
    assert len(read_consensus(pi)) >= 3 * len(OF_JIN)
    pi.go_to("Rounds")
    assert pi.main.get_by_role("link", name=re.compile(r"^Round \d+$")).count() == 1
