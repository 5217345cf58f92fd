"""Restarting what dies, with small real processes."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from config.embedded import EmbeddedError
from config.embedded.process import wait_until
from config.supervisor import Child, Watch


def child(tmp_path: Path, script: str) -> Child:
    return Child("It", ["/bin/sh", "-c", script], {"PATH": os.defpath}, tmp_path / "log" / "it.log")


def pid_of(it: Child) -> int:
    assert it.process is not None
    return it.process.pid


def test_what_a_killed_child_leaves_behind_goes_with_it(tmp_path: Path) -> None:
    it = child(tmp_path, "sleep 600 & wait")
    it.start()
    assert wait_until(lambda: bool(psutil.Process(pid_of(it)).children()), seconds=10)
    left_behind = psutil.Process(pid_of(it)).children()
    os.kill(pid_of(it), signal.SIGKILL)
    assert wait_until(lambda: not it.is_running(), seconds=10)
    assert psutil.wait_procs(left_behind, timeout=10)[1] == []


def test_a_child_that_does_not_listen_is_stopped_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.supervisor._PATIENCE", 0.2)
    it = child(tmp_path, "trap '' TERM; echo ready; while true; do sleep 1; done")
    it.start()
    assert wait_until(lambda: it.log.read_text() == "ready\n", seconds=10)
    it.ask_to_stop()
    it.stop()
    assert it.is_running() is False


def test_a_child_that_keeps_dying_is_started_again_ever_more_slowly(tmp_path: Path) -> None:
    it = child(tmp_path, "exit 1")
    it.start()
    said: list[str] = []
    watch = Watch("It", it.log, it.is_running, it.start)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        watch.check(said.append)
    # At once, and after a second; the next would be two seconds later.
    assert said == [f"It ended and is started again (its log is {it.log})."] * 2


def test_a_server_that_cannot_be_started_again_does_not_end_everything(tmp_path: Path) -> None:
    def refuse() -> None:
        raise EmbeddedError("It does not start.")

    said: list[str] = []
    Watch("It", tmp_path, lambda: False, refuse).check(said.append)
    assert said == [f"It ended and is started again (its log is {tmp_path}).", "It does not start."]
