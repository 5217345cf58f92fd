"""A Concord that was started as `make run` does it, for the tests that kill it and for the journeys."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from config.embedded import Postgres, Valkey
from config.roles import Role

ROOT = Path(__file__).resolve().parents[1]


class Running:
    """A Concord that was started as `make run` does it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.output = var / "output"
        with self.output.open("wb") as output:
            self.process = psutil.Popen(command(self.port), cwd=ROOT, env=environment(var), stdout=output)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.address, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def is_complete(self) -> bool:
        """The last child, the clock, has been started too."""
        return self.answers() and bool(self.children("beat"))

    def is_decided(self) -> bool:
        return self.is_complete() or not self.is_alive()

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def children(self, *words: str) -> list[psutil.Process]:
        """Our descendants whose command line has every one of the words."""
        return [
            process
            for process in self.process.children(recursive=True)
            if all(word in command_line(process) for word in words)
        ]

    def manage(self, *words: str, role: Role = "app") -> str:
        """What a management command prints that is run beside it."""
        urls = {"DATABASE_URL": Postgres(self.var).url(role), "REDIS_URL": Valkey(self.var).broker_url}
        keys = {
            "SECRET_KEY": (self.var / "secret_key").read_text(),
            "CONCORD_STUDY_KEY": (self.var / "study_key").read_text(),
        }
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment(self.var, **urls, **keys, **settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self) -> None:
        if self.is_alive():
            everything = [self.process, *self.process.children(recursive=True)]
            self.process.terminate()
            psutil.wait_procs(everything, timeout=30)


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just died
        return ""


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "config.run", "--port", str(port), "--no-demonstration"]


def environment(var: Path, **more: str) -> dict[str, str]:
    ours = ("DATABASE_", "REDIS_", "SECRET_", "DJANGO_", "CONCORD_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "CONCORD_VAR": str(var), **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()
