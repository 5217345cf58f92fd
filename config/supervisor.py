"""Keeps a handful of child processes running: starts a dead one again, ever more slowly if it keeps dying."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.process import EmbeddedError, ask, end, has_ended, spawn

_PATIENCE = 5.0
_STEADY_AFTER = 30.0
_LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """One command that shall always run."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.process = spawn(self.command, log=self.log, environment=self.environment)

    def ask_to_stop(self) -> None:
        """Tell it, without waiting."""
        if self.process is not None:
            ask(self.process, signal.SIGTERM)

    def stop(self) -> None:
        """Wait until it has stopped; after `_PATIENCE` seconds by force (PostgreSQL holds the truth)."""
        if self.process is not None:
            end(self.process, patience=_PATIENCE)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and not has_ended(self.process)


@dataclass
class Watch:
    """Anything with `is_running` and `start`, and when it may be started again."""

    name: str
    log: Path
    is_running: Callable[[], bool]
    start: Callable[[], None]
    pause: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def check(self, say: Callable[[str], None]) -> None:
        """Start it again if it has died and its pause is over."""
        if self.is_running():
            return
        now = time.monotonic()
        if now - self.started > _STEADY_AFTER + self.pause:
            self.pause = 0.0
        if now - self.started < self.pause:
            return
        say(f"{self.name} ended and is started again (its log is {self.log}).")
        self.started = now
        self.pause = min(max(1.0, self.pause * 2), _LONGEST_PAUSE)
        try:
            self.start()
        except EmbeddedError as problem:
            say(str(problem))
