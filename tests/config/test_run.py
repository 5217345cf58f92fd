"""`make run`, for real: what it says, what it restarts, and that nothing outlives it."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.embedded.place import open_temporary_directory
from tests.running import ROOT, Running, command, environment, free_port, wait_for

# One Concord at a time: it is the largest thing that the tests start.
pytestmark = [pytest.mark.xdist_group("run"), pytest.mark.slow]


def run_again(var: Path, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(port), cwd=ROOT, env=environment(var, **more), capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def started() -> list[Running]:
    """Every Concord that these tests have started, one after the other, in one directory."""
    return []


@pytest.fixture(scope="module")
def var(started: list[Running]) -> Iterator[Path]:
    made = open_temporary_directory()
    yield made
    for each in started:
        each.end()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def concord(var: Path, started: list[Running]) -> Running:
    """The Concord that runs; a new one where the last test has ended it."""
    if not started or not started[-1].is_alive():
        started.append(Running(var))
        assert wait_for(started[-1].is_decided, seconds=240)
        assert started[-1].is_complete(), started[-1].output.read_text()
    return started[-1]


def test_a_used_port_gets_one_sentence(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run_again(var, port)
    sentence = f"Port {port} is used by another program; choose another: make run PORT=8001\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, sentence, "")


def test_a_database_url_without_the_other_roles_gets_one_sentence(var: Path) -> None:
    done = run_again(var, free_port(), DATABASE_URL="postgresql://concord_app@/concord")
    sentence = "DATABASE_URL is set, so DATABASE_OWNER_URL must be set too; see docs/operations.md.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, sentence, "")


def test_it_says_the_address_and_a_second_one_says_it_too(concord: Running) -> None:
    assert f"Concord is running at {concord.address}" in concord.output.read_text().splitlines()
    done = run_again(concord.var, free_port())
    assert (done.returncode, done.stdout) == (0, f"Concord is running already at {concord.address}.\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["postgres", "-D"], id="postgres"),
        pytest.param(["valkey-server"], id="valkey"),
        pytest.param(["granian"], id="web"),
        pytest.param(["worker", "default"], id="worker"),
        pytest.param(["worker", "agreement"], id="agreement worker"),
        pytest.param(["beat"], id="clock"),
    ],
)
def test_a_killed_child_is_started_again(concord: Running, words: list[str]) -> None:
    killed = concord.children(*words)[0]
    killed.send_signal(signal.SIGKILL)
    assert wait_for(lambda: [child.pid for child in concord.children(*words)[:1]] not in ([], [killed.pid]))
    assert wait_for(concord.answers)


def test_it_stops_everything_on_sigterm(concord: Running) -> None:
    everything = [concord.process, *concord.process.children(recursive=True)]
    concord.process.terminate()
    assert psutil.wait_procs(everything, timeout=30)[1] == []
    assert concord.process.returncode == 0
    assert concord.output.read_text().splitlines()[-1] == "Concord has stopped."


def test_keys_are_for_our_own_eyes_and_survive_a_new_start(concord: Running, started: list[Running]) -> None:
    keys = [concord.var / "secret_key", concord.var / "study_key"]
    assert [key.stat().st_mode & 0o777 for key in keys] == [0o600, 0o600]
    before = [key.read_text() for key in keys]
    concord.end()
    started.append(Running(concord.var))
    assert wait_for(started[-1].is_complete, seconds=240)
    assert [key.read_text() for key in keys] == before


def test_nothing_outlives_a_killed_supervisor(concord: Running) -> None:
    children = concord.process.children(recursive=True)
    concord.process.kill()
    assert psutil.wait_procs(children, timeout=30)[1] == []


def test_nothing_outlives_a_killed_supervisor_and_web_server(concord: Running) -> None:
    children = concord.process.children(recursive=True)
    for process in (concord.process, concord.children("granian")[0]):
        process.kill()
    assert psutil.wait_procs(children, timeout=30)[1] == []
