"""Proof of blindness: what anybody is answered does not depend on another coder's drafts.

Every page and endpoint that can be read is asked by everybody, before and after Jin goes on coding a
transcript that Ruth codes too. Status, body, headers and number of queries must be equal. New addresses join
by themselves.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import unified_diff
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.agreement import actions as agreement
from apps.agreement.models import Comment, Decision, Discrepancy, Meeting, Proposal, Round
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from apps.exports import actions as exports
from apps.exports.models import Export
from apps.notices.models import Notice
from apps.participants import actions as participants
from apps.participants.models import Characteristic, TopicGuide
from tests import make
from tests.agreement.stage import code_in, in_batches, open_round, release_and_compute, work_in, work_of
from tests.web.test_access import ALL, Address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Status, headers, body, number of queries.
Answer = tuple[int, dict[str, str], str, int]
Answers = dict[str, Answer]

CANARY = "xylophone-canary"

# Names in addresses for which nothing stands here, each with the reason why nothing need.
LEFT_OUT = {
    "bulk_id": "what was united all at once: it is only undone there, nothing is read",
    "change_id": "a change of the codebook is only taken in or declined there, nothing is read",
    "check_id": "a passage that somebody was shown: it is only taken back there",
    "event_id": "a step of somebody's recruitment, in which nothing is coded",
    "import_id": "a spreadsheet on its way in, before anything of it can be coded",
    "invitation_id": "it is only renewed or withdrawn there",
    "list_id": "a list for the vault of contact details, which knows of no coding",
    "release_id": "tables of people and interviews, in which nothing is coded",
    "secret": "an invitation, read by somebody who has no account yet",
    "token_id": "a person's own token: it is only revoked there",
    "upload_id": "a file that is not a transcript yet, so that nobody codes it",
}

# A token that differs at each rendering, and what is said about the moment.
PASSING = re.compile(r'(name="csrfmiddlewaretoken" value="|name="csrf-token" content=")[^"]+|csrftoken=[^;]+')


@pytest.fixture
def stage(cast: make.Cast) -> "Stage":
    return Stage(cast)


class Stage:
    """A round over a transcript that Ruth and Jin have both begun to code."""

    def __init__(self, cast: make.Cast) -> None:
        self.cast = cast
        self.handed_in: list[str] = []
        self.round = self.a_round()
        self.code = self.round.codebook_version.codes.get(label="a1")
        for assignment in (self.ruth, self.jin):
            self.add(assignment, 42, 60)
        with acting_as(cast.ruth.id):
            coding.write_memo(assignment=self.ruth, text="Short answers.", by=cast.ruth)
        closed = make.assignment(cast.study, cast.jin, kind=CodingAssignment.Kind.PRIMARY)
        self.ids = {**{name: [] for name in LEFT_OUT}, **self._ids(closed), **self._beside()}

    def a_round(self) -> Round:
        """With what Ruth and Jin have to code in it, blind."""
        round = open_round(self.cast)
        self.ruth, self.jin = work_of(round, self.cast.ruth), work_of(round, self.cast.jin)
        return round

    def add(self, assignment: CodingAssignment, start: int, end: int) -> Coding:
        coder = assignment.coder
        with acting_as(coder.id):
            coded, _ = coding.add(
                assignment=assignment, code=self.code, start=start, end=end, by=coder, now=make.NOW
            )
        return coded

    def jin_goes_on(self) -> None:
        """More drafts of every sort: codings, some taken away again, marks and memos with the canary."""
        jin = self.cast.jin
        for place in range(150, 220, 4):
            coded = self.add(self.jin, place, place + 2)
        with acting_as(jin.id):
            coding.remove(coding=coded, by=jin, now=make.NOW)
            first = Coding.objects.standing().filter(assignment=self.jin).first()
            coding.change(coding=first, influence="helps", is_to_discuss=True, by=jin, now=make.NOW)
            coding.write_memo(assignment=self.jin, coding=first, text=CANARY, by=jin)
            coding.write_memo(assignment=self.jin, text=CANARY, by=jin)

    def _ids(self, other: CodingAssignment) -> dict[str, list[Any]]:
        """What stands in the place of each name in an address: objects of everybody."""
        study = self.cast.study
        with acting_as(self.cast.jin.id):
            jins = list(Coding.objects.values_list("id", flat=True))
        with acting_as(self.cast.ruth.id):
            ruths = list(Coding.objects.values_list("id", flat=True))
            memos = list(Memo.objects.values_list("id", flat=True))
        version = self.ruth.transcript_version
        ids: dict[str, list[Any]] = {
            "study_id": [study.id],
            "assignment_id": [self.ruth.id, self.jin.id, other.id],
            "coding_id": [*ruths, *jins],
            "memo_id": memos,
            "round_id": [self.round.id],
            "member_id": list(self.round.transcripts.values_list("id", flat=True)),
            "transcript_id": [version.transcript_id],
            "version_id": [version.id, self.round.codebook_version_id],
            "codebook_id": [self.round.codebook_version.codebook_id],
            "code_id": [self.code.id],
            "participant_id": [version.transcript.interview.participant_id],
            "interview_id": [version.transcript.interview_id],
            "membership_id": list(study.memberships.values_list("id", flat=True)[:1]),
            "site_id": [self.cast.site.id],
            "group_id": [self.cast.group.id],
            "discrepancy_id": list(Discrepancy.objects.values_list("id", flat=True)),
            "coder_id": [self.cast.ruth.id, self.cast.jin.id],
        }
        return ids

    def _beside(self) -> dict[str, list[Any]]:
        """What stands beside the coding in a study, and what is said of discrepancies where some are open."""
        study, about = self.cast.study, {"by": self.cast.pi, "now": make.NOW}
        transcript = self.ruth.transcript_version.transcript
        tie = participants.record_tie(study=study, member=self.cast.ruth, to=self.cast.group, **about)
        with acting_as(self.cast.pi.id):
            export = exports.request_transcript(transcript=transcript, format=Export.Format.XLSX, **about)
        return {
            "characteristic_id": [Characteristic.objects.create(study=study, name="Age").id],
            "consent_version_id": [participants.add_consent_version(study=study, label="1", **about).id],
            "guide_id": [TopicGuide.objects.create(study=study, group=self.cast.group, number=1).id],
            "route_id": [participants.add_route(study=study, name="Poster", **about).id],
            "tie_id": [tie.id],
            "export_id": [export.id],
            "notice_id": list(Notice.objects.filter(recipient=self.cast.ruth).values_list("id", flat=True)),
            **self._said(),
            # The number of a text's version, the kinds of file that do not hold the time of their writing.
            "number": [1],
            "kind": ["csv", "json"],
            "preset": ["npt"],
        }

    def _said(self) -> dict[str, list[Any]]:
        of = {"meeting_id": Meeting, "proposal_id": Proposal, "comment_id": Comment}
        with acting_as(self.cast.ruth.id):
            return {name: list(model.objects.values_list("id", flat=True)) for name, model in of.items()}

    def paths(self, address: Address) -> list[str]:
        """The address with each of its names filled by what there is (or by nothing that exists)."""
        nothing = [UUID(int=0)]
        names = sorted(address.names)
        found = []
        for values in product(*(self.ids[name] or nothing for name in names)):
            path = address.route
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<\w+:{name}>", str(value), path)
            found.append(f"/{path}")
        return found

    def jin_hands_in(self) -> None:
        """The event of it gets another random key each time, so that one name stands for all of them."""
        known = set(AuditEvent.objects.values_list("id", flat=True))
        with acting_as(self.cast.jin.id):
            agreement.submit(assignment=self.jin, by=self.cast.jin, now=make.NOW)
        self.handed_in = [
            str(event) for event in AuditEvent.objects.exclude(id__in=known).values_list("id", flat=True)
        ]

    def jin_takes_all_away(self) -> None:
        """None is left but what was removed, which nobody else may tell from none."""
        jin = self.cast.jin
        with acting_as(jin.id):
            for coded in Coding.objects.standing().filter(assignment=self.jin):
                coding.remove(coding=coded, by=jin, now=make.NOW)

    def jin_codes_two_hundred(self) -> None:
        """As much as in a long interview, each with its memo."""
        jin = self.cast.jin
        codes = list(self.round.codebook_version.codes.filter(is_applicable=True))
        with acting_as(jin.id):
            for code, start in product(codes, range(0, 200, 4)):
                coded, _ = coding.add(
                    assignment=self.jin,
                    code=code,
                    start=start,
                    end=start + 2,
                    influence="hinders",
                    by=jin,
                    now=make.NOW,
                )
                coding.write_memo(assignment=self.jin, coding=coded, text=CANARY, by=jin)

    def answers(self, client: Client, addresses: list[Address] = ALL) -> Answers:
        """Path -> status, headers, body and number of queries, of everything that can be read.

        A download is written down in the audit trail; that it was asked for is let not have been.
        """
        return self.asked_for(client, self.readable(addresses))

    def readable(self, addresses: list[Address] = ALL) -> list[str]:
        return [path for each in addresses if "get" in each.methods for path in self.paths(each)]

    def asked_for(self, client: Client, paths: list[str]) -> Answers:
        return {path: asked(client, path, self.handed_in) for path in paths}


class PartlyReleased(Stage):
    """The same, in the second batch of a round whose first batch is released, computed and conferred on."""

    def a_round(self) -> Round:
        first, second = in_batches(self.cast)
        for coder, end in ((self.cast.ruth, 80), (self.cast.jin, 60)):
            for work in work_in(first, coder):
                code_in(work, "a1", 41, end)
                code_in(work, "b1", 150, 100 + end)
        code_in(work_in(first, self.cast.ruth)[0], "a2", 278, 305)  # Which Jin has not.
        release_and_compute(first, self.cast)
        self._confer_on(first.round)
        (self.ruth,), (self.jin,) = work_in(second, self.cast.ruth), work_in(second, self.cast.jin)
        return first.round

    def _confer_on(self, round: Round) -> None:
        """Ruth has begun a meeting, and has written and proposed something."""
        ruth = self.cast.ruth
        with acting_as(ruth.id):
            differs = Discrepancy.objects.select_related("round_transcript").first()
            agreement.begin_meeting(round=round, by=ruth, now=make.NOW)
            agreement.comment(discrepancy=differs, text="Is this not small talk?", by=ruth, now=make.NOW)
            agreement.propose(
                discrepancy=differs,
                outcome=Decision.Outcome.NEITHER,
                reason="Small talk.",
                by=ruth,
                now=make.NOW,
            )


def asked(client: Client, path: str, random_keys: list[str]) -> Answer:
    connection.queries_log.clear()  # It holds 9,000 and then counts no more.
    with put_back(), CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        number = len(captured)
    headers = {name: PASSING.sub("", value) for name, value in answer.headers.items()}
    text = PASSING.sub("", body.decode(errors="replace"))
    for key in random_keys:
        text = text.replace(key, "the event of handing in")
    return answer.status_code, headers, text, number


def answers_do_not_depend_on(stage: Stage, client: Client, change: Callable[[], None]) -> Answers:
    """Finds all answers equal with the change and without it, and gives them back.

    A machine may falter once: what differs is asked for once more, both ways, and then has to say twice what
    it said before the change. The message says in which lines it does not.
    """
    before, after = both_ways(stage, client, change, stage.readable())
    assert [path for path, answer in after.items() if CANARY in str(answer)] == []
    assert [path for path, answer in (*before.items(), *after.items()) if answer[0] >= 500] == []
    paths = [path for path in before if before[path] != after[path]]
    for answers in both_ways(stage, client, change, paths):
        assert [
            difference(path, before[path], answers[path]) for path in paths if answers[path] != before[path]
        ] == []
    return before


def both_ways(
    stage: Stage, client: Client, change: Callable[[], None], paths: list[str]
) -> tuple[Answers, Answers]:
    """What the paths answer without the change and with it."""
    without = stage.asked_for(client, paths)
    with put_back():
        change()
        return without, stage.asked_for(client, paths)


def difference(path: str, one: Answer, other: Answer) -> str:
    """In words for whoever has to find the cause: status, headers and number of queries, then the lines."""
    (*facts, text, number), (*facts_then, text_then, number_then) = one, other
    lines = unified_diff(text.splitlines(), text_then.splitlines(), lineterm="", n=0)
    return "\n".join([path, f"{facts} {number} queries", f"{facts_then} {number_then} queries", *lines])


def test_every_name_in_an_address_is_filled_or_left_out_for_a_reason(stage: Stage) -> None:
    """Else a new address would be asked for nothing but a 404, and not be walked at all."""
    names = frozenset().union(*(address.names for address in ALL))
    assert sorted(names - stage.ids.keys()) == []
    assert sorted(LEFT_OUT.keys() - names) == []


@pytest.mark.parametrize(
    "viewer", ["ruth", "pi", "adjudicator", "administrator", "recruiter", "observer", "outsider"]
)
def test_nothing_that_anybody_is_answered_depends_on_the_drafts_of_another(stage: Stage, viewer: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(getattr(stage.cast, viewer))
    client.get("/")  # The first visit may set something up, such as a session's last activity.
    answers_do_not_depend_on(stage, client, stage.jin_goes_on)


@pytest.mark.parametrize("viewer", ["ruth", "pi", "administrator", "observer"])
def test_none_one_and_two_hundred_drafts_are_answered_alike_before_and_after_they_are_handed_in(
    stage: Stage, viewer: str
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(getattr(stage.cast, viewer))
    client.get("/")
    one = stage.answers(client)
    with put_back():
        stage.jin_hands_in()
        one_handed_in = stage.answers(client)
    with put_back():
        stage.jin_takes_all_away()
        none = stage.answers(client)
        stage.jin_hands_in()
        none_handed_in = stage.answers(client)
    stage.jin_codes_two_hundred()
    many = stage.answers(client)
    stage.jin_hands_in()
    many_handed_in = stage.answers(client)
    assert [path for path in one if not one[path] == none[path] == many[path]] == []
    handed_in = (one_handed_in, none_handed_in, many_handed_in)
    assert [path for path in one if len({repr(each[path]) for each in handed_in}) > 1] == []
    # That it is handed in is told to those who see the round, and to nobody else.
    told = [path for path in one if one[path] != one_handed_in[path]]
    assert bool(told) == (viewer != "observer")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("viewer", ["ruth", "pi", "adjudicator", "administrator", "observer"])
def test_beside_a_released_batch_nothing_depends_on_the_drafts_in_a_blind_one(
    cast: make.Cast, viewer: str
) -> None:
    stage = PartlyReleased(cast)
    assert [name for name, there in stage.ids.items() if not there and name not in LEFT_OUT] == []
    client = Client(raise_request_exception=False)
    client.force_login(getattr(cast, viewer))
    client.get("/")
    with transaction.atomic():  # A worker has computed, and so the stage is real; the walk puts all back.
        before = answers_do_not_depend_on(stage, client, stage.jin_goes_on)
        # What is released is there for whoever reads discrepancies: the walk has something to see.
        report = f"/studies/{cast.study.id}/rounds/{stage.round.id}/agreement/"
        is_shown = before[report][0] == 200 and "Still to come: Second week" in before[report][2]
        assert is_shown == (viewer != "administrator")
        with put_back():
            stage.jin_takes_all_away()
            none = stage.answers(client)
        assert [path for path in before if before[path] != none[path]] == []
        transaction.set_rollback(True)


@contextmanager
def put_back() -> Iterator[None]:
    """Does something, and lets it not have been."""
    place = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(place)


def test_the_walk_would_see_a_leak(stage: Stage) -> None:
    """Jin's own pages do change: the comparison is not blind itself."""
    client = Client(raise_request_exception=False)
    client.force_login(stage.cast.jin)
    before = stage.answers(client)
    stage.jin_goes_on()
    after = stage.answers(client)
    assert [path for path in before if before[path][2] != after[path][2]] != []
    assert [path for path, answer in after.items() if CANARY in str(answer)] != []
