"""Child processes that cannot outlive the process that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_LOG_LIMIT = 10_000_000


class EmbeddedError(Exception):
    """A refusal or failure of the embedded services, in one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """An operating-system user that a child runs as."""

    name: str
    uid: int
    gid: int


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when we die; call it from the main thread."""
    with open_log(log) as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=dict(environment) if environment is not None else None,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # Its own session: Ctrl-C at the terminal reaches only us, and we stop the children in order.
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal),
        )


def run_as(
    command: Sequence[str | Path],
    *,
    account: Account | None,
    directory: Path | None = None,
    script: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end as `account`, with `script` as its input; never raises on failure."""
    return subprocess.run(
        [str(part) for part in command],
        input=script if script is not None else "",
        capture_output=True,
        text=True,
        cwd=directory,
        env=plain_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_die_with_parent(signal.SIGKILL),
        check=False,
    )


def plain_environment() -> dict[str, str]:
    """The environment of a database server: nothing of ours, no PG* variables, no secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the child has died; if so, what it left behind in its session is killed too."""
    if process.returncode is not None:
        return True
    if not _is_dead(process):
        return False
    _kill_session(process)
    process.wait()
    return True


def ask(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send the signal if the child still lives."""
    if not has_ended(process):
        process.send_signal(number)


def end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Wait for a child that was asked to end; after `patience` seconds kill it and its session."""
    if not wait_until(lambda: has_ended(process), seconds=patience):
        _kill_session(process)
        process.wait()


def _is_dead(process: subprocess.Popen[bytes]) -> bool:
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    # The dead child is not buried yet: until then nobody else can get its process and session number.
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Whether `condition` became true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending; one that has grown large is first put aside as `<name>.1`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def last_lines(path: Path, count: int = 5) -> str:
    """The end of a log, for an error message."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:])


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send us `death_signal` when our parent dies (on Linux; elsewhere nothing happens)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    parent = os.getpid()

    def in_the_child() -> None:
        # Runs after the change of user, which would have cleared the setting.
        die_with_parent(death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return in_the_child
