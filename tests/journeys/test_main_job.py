"""The main job, by the people who do it: from an empty server to a consensus with everything on record."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.beginnings import begin_codebook, import_people, invite, join, open_study, set_up
from tests.journeys.files import DOCX, VTT, docx, vtt
from tests.journeys.person import UUID, Person
from tests.journeys.rounds import (
    close,
    code_sentence,
    open_round,
    open_work,
    read_consensus,
    read_figures,
    release,
    settle,
    submit,
    write_memo,
)
from tests.journeys.speech import CLIENT, STAFF
from tests.journeys.transcripts import confirm_speakers, declare_ready, upload
from tests.journeys.walking import Answers, ask, codings_in, differences, found, walk
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

PEOPLE: list[list[str | int]] = [
    ["Study ID", "Group", "Site", "Occupation", "Interview date", "Interview mode", "Minutes"],
    ["S-101", "Hub client", "Northmoor", "Nurse", "2026-02-10", "Video", 58],
    ["S-102", "Hub staff", "Eastfield", "Psychologist", "2026-02-17", "Video", 64],
]
FIRST, SECOND = "Hub client 01", "Hub staff 01"

# Stands in a memo of Jin's and nowhere else.
CANARY = "heronmarsh"

# What the audit trail must tell, the oldest first, in the words of its page.
ON_RECORD = [
    "Amara Osei opened study Staff support",
    "Amara Osei accepted invitation Amara Osei",
    "Amara Osei added site Northmoor",
    "Amara Osei added group Hub client",
    "Amara Osei created codebook version Normalisation Process Theory, version 1",
    "Amara Osei invited invitation Leila Haddad",
    "Leila Haddad accepted invitation Leila Haddad",
    "Amara Osei invited invitation Ruth Hale",
    "Ruth Hale accepted invitation Ruth Hale",
    "Jin Park accepted invitation Jin Park",
    "Tomas Reyes accepted invitation Tomas Reyes",
    "Leila Haddad imported participants",
    "Leila Haddad uploaded source file",
    "Leila Haddad confirmed transcript Hub client 01",
    "Leila Haddad confirmed transcript Hub staff 01",
    "Leila Haddad marked ready transcript Hub client 01",
    "Leila Haddad marked ready transcript Hub staff 01",
    "Amara Osei assigned coding assignment Hub client 01",
    "Amara Osei opened round Round 1",
    "Ruth Hale started coding assignment Hub client 01",
    "Jin Park started coding assignment Hub client 01",
    "Jin Park submitted coding assignment Hub client 01",
    "Ruth Hale submitted coding assignment Hub staff 01",
    "– held round Round 1",
    "Amara Osei released round Round 1",
    "Amara Osei settled discrepancy Hub client 01",
    "Amara Osei written coding assignment Hub client 01",
    "Amara Osei closed round Round 1",
]


def test_main_job(concord: Running, newcomer: Callable[[str], Person]) -> None:
    pi, leila = newcomer("Amara Osei"), newcomer("Leila Haddad")
    ruth, jin, tomas = newcomer("Ruth Hale"), newcomer("Jin Park"), newcomer("Tomas Reyes")

    study = open_study(concord, pi, "Staff support")
    set_up(pi, study, sites=["Northmoor", "Eastfield"], groups=["Hub client", "Hub staff"])
    begin_codebook(pi)
    for guest, role in ((leila, "administrator"), (ruth, "coder"), (jin, "coder"), (tomas, "adjudicator")):
        join(guest, invite(pi, study, guest, role))

    import_people(leila, study, PEOPLE)
    upload(
        leila,
        study,
        {"name": "interview-1.docx", "mimeType": DOCX, "buffer": docx(CLIENT)},
        {"name": "interview-2.vtt", "mimeType": VTT, "buffer": vtt(STAFF)},
    )
    confirm_speakers(leila, study, "interview-1.docx", participant="Nadia", pseudonym=FIRST)
    confirm_speakers(leila, study, "interview-2.vtt", participant="Tom Ellis", pseudonym=SECOND)
    declare_ready(leila, study, FIRST)
    declare_ready(leila, study, SECOND)

    round = open_round(
        pi, transcripts=[FIRST, SECOND], coders=[ruth, jin], adjudicator=tomas, hold_minutes=15
    )
    work_of_ruth = {name: open_work(ruth, study, name) for name in (FIRST, SECOND)}
    work_of_jin = {name: open_work(jin, study, name) for name in (FIRST, SECOND)}

    ruth.visit(study)  # a coding page that stands open tells how far one has read
    lookers_on = (ruth, pi, leila)
    before = {each.name: walk(each, study) for each in lookers_on}
    code_as_jin(jin, work_of_jin)
    after = {each.name: walk(each, study) for each in lookers_on}
    assert {name: differences(before[name], after[name]) for name in before} == {name: {} for name in before}

    for assignment in work_of_jin.values():
        submit(jin, assignment)
    of_jin = walk(jin, study)
    codings = codings_in(of_jin)
    of_jin |= ask(jin, [f"{each}?coding={id}" for each in work_of_jin.values() for id in codings])
    assert len(codings) == 7
    assert found(of_jin, CANARY) != {}
    secret = [CANARY, *codings]
    theirs = addresses_of(work_of_jin, of_jin)
    for each, refusal in ((ruth, 404), (pi, 404), (tomas, 404), (leila, 403)):
        answers = walk(each, study, also=of_jin)
        assert found(answers, *secret) == {}
        assert {answers[address][0] for address in theirs} == {refusal}

    code_as_ruth(ruth, work_of_ruth)
    for assignment in work_of_ruth.values():
        submit(ruth, assignment)
    assert found(walk(pi, study, also=of_jin), *secret) == {}
    release(pi, round)
    assert found(ask(ruth, of_jin), CANARY) != {}

    assert read_figures(pi, round) == {
        "One coder only": "1",
        "Additional code": "1",
        "Other code, same construct": "1",
        "Other construct": "1",
    }
    pi.visit(round)
    pi.follow("Walk the discrepancies")
    pi.main.locator("tbody a").first.click()
    pi.look()
    settle(pi, "Ruth Hale", kind="Other code, same construct", reason="She was brought in by a colleague.")
    settle(pi, "Ruth Hale", kind="One coder only")
    settle(
        pi, "Nothing", kind="Additional code", reason="It says whose hour it was, not whether it was right."
    )
    close(pi, round)
    assert read_consensus(pi) == [
        ("a1 Differentiation", "My manager forwarded an e-mail."),
        ("b2 Enrolment", "A colleague on nights had rung them."),
        ("b3 Legitimation", "Some of us thought it was only for nurses."),
        ("b4 Activation", "She gave me the hour, I must say."),
        ("d4 Reconfiguration", "They rang back the same day."),
        ("a2 Communal specification", "Who we were for."),
    ]
    told = [line for line in audit_trail(pi) if line in ON_RECORD]
    assert list(dict.fromkeys(told)) == ON_RECORD


def code_as_jin(jin: Person, work: dict[str, str]) -> None:
    jin.visit(work[FIRST])
    code_sentence(jin, 2, "Differentiation")
    code_sentence(jin, 4, "Initiation")
    code_sentence(jin, 8, "Activation")
    code_sentence(jin, 8, "Legitimation")
    code_sentence(jin, 10, "Reconfiguration")
    write_memo(jin, f"The whole team, not she alone: {CANARY}.")
    jin.look()
    jin.visit(work[SECOND])
    code_sentence(jin, 2, "Communal specification")
    code_sentence(jin, 4, "Skillset workability")
    jin.look()


def code_as_ruth(ruth: Person, work: dict[str, str]) -> None:
    ruth.visit(work[FIRST])
    code_sentence(ruth, 2, "Differentiation")
    code_sentence(ruth, 4, "Enrolment")
    code_sentence(ruth, 6, "Legitimation")
    code_sentence(ruth, 8, "Activation")
    code_sentence(ruth, 10, "Reconfiguration")
    ruth.look()
    ruth.visit(work[SECOND])
    code_sentence(ruth, 2, "Communal specification")
    code_sentence(ruth, 4, "Systematisation")
    ruth.look()


def addresses_of(work: dict[str, str], answers: Answers) -> list[str]:
    """Those that name one of the assignments."""
    ids = re.findall(rf"assignments/({UUID})", " ".join(work.values()))
    return [address for address in answers if any(each in address for each in ids)]


def audit_trail(pi: Person) -> list[str]:
    """Who did what, the oldest first, as the pages of the audit trail say it."""
    pi.go_to("Audit trail")
    lines = _lines(pi)
    while pi.main.get_by_role("link", name="Next").count():
        pi.follow("Next")
        lines += _lines(pi)
    return list(reversed(lines))


def _lines(pi: Person) -> list[str]:
    rows = [row.locator("td").all_inner_texts() for row in pi.main.locator("tbody tr").all()]
    return [" ".join(cell.strip() for cell in cells[1:4]) for cells in rows]
