"""Messages that come twice, late or in another order: each coding is stored exactly once, none is lost."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db

LENGTH = 40
Passage = tuple[str, str, int, int]


@dataclass(frozen=True)
class Message:
    """What a client has made, whether or not it has been sent."""

    client_id: str
    passage: Passage


class Coder(RuleBasedStateMachine):
    """One coder's client beside what the server should hold: standing passages by the id of their coding."""

    messages = Bundle("messages")
    turns = Bundle("turns")
    client: APIClient
    work: CodingAssignment
    codes: dict[str, str]

    def __init__(self) -> None:
        super().__init__()
        with acting_as(self.work.coder_id):
            Coding.objects.standing().update(removed_at=make.NOW)
            Gesture.objects.update(state=Gesture.State.DROPPED)
            self.before = Coding.objects.count()
        self.standing: dict[str, Passage] = {}
        self.ids: dict[str, str] = {}
        self.past: list[dict[str, Passage]] = []
        self.future: list[dict[str, Passage]] = []

    @rule(
        target=messages,
        label=st.sampled_from(["a1", "b1"]),
        influence=st.sampled_from(["", "helps"]),
        ends=st.lists(st.integers(0, LENGTH), min_size=2, max_size=2, unique=True),
    )
    def code(self, label: str, influence: str, ends: list[int]) -> Message:
        """The message waits: others may overtake it."""
        return Message(str(uuid4()), (label, influence, min(ends), max(ends)))

    @rule(message=messages, times=st.integers(1, 3))
    def send(self, message: Message, times: int) -> None:
        for _ in range(times):
            is_new = message.client_id not in self.ids
            answer = self.post(message.client_id, message.passage)
            assert answer.status_code == (201 if is_new else 200)
            if is_new:
                self.note()
                self.ids[message.client_id] = answer.json()["id"]
                self.stand(answer.json()["id"], message.passage)
            assert answer.json()["id"] == self.ids[message.client_id]

    @rule(message=messages)
    def send_with_another_content(self, message: Message) -> None:
        if message.client_id in self.ids:
            label, influence, start, end = message.passage
            answer = self.post(message.client_id, (label, influence, start, end + 1))
            assert answer.status_code == 409

    @rule(message=messages, times=st.integers(1, 2))
    def remove(self, message: Message, times: int) -> None:
        if message.client_id in self.ids:
            coding = self.ids[message.client_id]
            if coding in self.standing:
                self.note()
            for _ in range(times):
                assert self.client.delete(self.at("coding", coding)).status_code == 204
            self.standing.pop(coding, None)

    @rule(
        message=messages,
        ends=st.lists(st.integers(0, LENGTH), min_size=2, max_size=2, unique=True),
        times=st.integers(1, 2),
    )
    def move(self, message: Message, ends: list[int], times: int) -> None:
        self.change(message, {"start": min(ends), "end": max(ends)}, times)

    @rule(message=messages, influence=st.sampled_from(["", "helps"]), times=st.integers(1, 2))
    def influence(self, message: Message, influence: str, times: int) -> None:
        self.change(message, {"influence": influence}, times)

    @rule(message=messages)
    def move_what_was_changed_meanwhile(self, message: Message) -> None:
        if message.client_id in self.ids:
            coding = self.ids[message.client_id]
            answer = self.patch(coding, {"start": 0, "end": LENGTH}, self.version(coding) + 1)
            assert answer.status_code == 412

    @rule(target=turns, times=st.integers(1, 3))
    def undo(self, times: int) -> tuple[str, str] | Any:
        return self.turn("undo", self.past, self.future, times)

    @rule(target=turns, times=st.integers(1, 3))
    def redo(self, times: int) -> tuple[str, str] | Any:
        return self.turn("redo", self.future, self.past, times)

    @rule(turned=turns)
    def turn_again_long_afterwards(self, turned: tuple[str, str]) -> None:
        kind, client_id = turned
        assert self.post_turn(kind, client_id).status_code == 200

    @invariant()
    def server_holds_what_it_should(self) -> None:
        with acting_as(self.work.coder_id):
            rows = Coding.objects.filter(assignment=self.work)
            facts = rows.standing().values_list("id", "code__label", "influence", "start", "end")
            assert {str(key): tuple(passage) for key, *passage in facts} == self.standing
            assert rows.count() - self.before == len(self.ids)

    def stand(self, coding: str, passage: Passage) -> None:
        """A coding takes in all of its code and influence that it meets."""
        label, influence, start, end = passage
        while True:
            met = {
                key: other
                for key, other in self.standing.items()
                if other[:2] == (label, influence) and other[2] <= end and other[3] >= start
            }
            if not met:
                break
            start = min([start, *(other[2] for other in met.values())])
            end = max([end, *(other[3] for other in met.values())])
            for key in met:
                del self.standing[key]
        self.standing[coding] = (label, influence, start, end)

    def note(self) -> None:
        """Something is about to be done that can be undone."""
        self.past.append(dict(self.standing))
        self.future.clear()

    def change(self, message: Message, given: dict[str, Any], times: int) -> None:
        coding = self.ids.get(message.client_id, "")
        if not coding:
            return
        version, body = self.version(coding), {**given, "client_id": str(uuid4())}
        if coding not in self.standing:
            assert self.patch(coding, body, version).status_code == 422
            return
        for _ in range(times):
            assert self.patch(coding, body, version).status_code == 200
        self.note()
        label, influence, start, end = self.standing.pop(coding)
        influence, start = given.get("influence", influence), given.get("start", start)
        self.stand(coding, (label, influence, start, given.get("end", end)))

    def turn(
        self, kind: str, left: list[dict[str, Passage]], right: list[dict[str, Passage]], times: int
    ) -> Any:
        client_id = str(uuid4())
        for _ in range(times):
            assert self.post_turn(kind, client_id).status_code == (200 if left else 422)
        if not left:
            return multiple()
        right.append(self.standing)
        self.standing = left.pop()
        return kind, client_id

    def post_turn(self, kind: str, client_id: str) -> Any:
        return self.client.post(self.at(kind, self.work.id), {"client_id": client_id}, format="json")

    def patch(self, coding: str, body: dict[str, Any], version: int) -> Any:
        path, read = self.at("coding", coding), {"If-Match": f'"{version}"'}
        return self.client.patch(path, body, format="json", headers=read)

    def version(self, coding: str) -> int:
        with acting_as(self.work.coder_id):
            return Coding.objects.get(id=coding).version

    def post(self, client_id: str, passage: Passage) -> Any:
        label, influence, start, end = passage
        body: dict[str, Any] = {"client_id": client_id, "code": self.codes[label], "influence": influence}
        body |= {"start": start, "end": end}
        return self.client.post(self.at("codings", self.work.id), body, format="json")

    def at(self, name: str, key: object) -> str:
        return reverse(f"api:{name}", args=[self.work.study_id, key])


def test_repeated_and_reordered_messages(cast: make.Cast) -> None:
    client = APIClient()
    client.force_login(cast.ruth)
    work = make.assignment(cast.study, cast.ruth)
    codes = {code.label: str(code.id) for code in work.codebook_version.codes.all()}
    machine = type("RuthsClient", (Coder,), {"client": client, "work": work, "codes": codes})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
