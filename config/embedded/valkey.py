"""One Valkey as our child, on a unix socket, with its queue written to disk every second."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from config.embedded.lock import Lock
from config.embedded.place import settle, valkey_program
from config.embedded.process import (
    EmbeddedError,
    ask,
    end,
    has_ended,
    last_lines,
    plain_environment,
    spawn,
    wait_until,
)


class Valkey:
    """A server whose files are in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.place = settle(directory)
        self.data = self.place.home / "valkey"
        self.socket = self.place.sockets / "valkey.sock"
        self.log = directory / "log" / "valkey.log"
        self._lock = Lock(directory / "valkey.lock")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL for redis-py."""
        return f"unix://{quote(str(self.socket), safe='/')}?db=0"

    @property
    def broker_url(self) -> str:
        """The URL for Celery, which spells it in its own way."""
        return f"redis+socket://{quote(str(self.socket), safe='/')}?virtual_host=0"

    def start(self) -> None:
        """Start, or start again after a crash, and return when it answers."""
        self._lock.take(what=f"The queue in {self.directory}")
        self.place.make(self.data)
        self.place.make_sockets()
        self._end_leftover()
        self._process = process = spawn(
            self._command(),
            log=self.log,
            account=self.place.account,
            environment=plain_environment(),
            directory=self.data,
        )
        wait_until(lambda: has_ended(process) or self._says(b"PING") == b"+PONG", seconds=600)
        if has_ended(process):
            raise EmbeddedError(f"Valkey does not start. Its log {self.log} ends:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Stop and let go of the directory; harmless if it is not running."""
        if self._process is not None:
            ask(self._process, signal.SIGTERM)
            end(self._process, patience=10)
            self._process = None
        self._lock.release()
        if self.place.sockets.parent != self.place.home:
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether our child lives."""
        return self._process is not None and not has_ended(self._process)

    @property
    def pid(self) -> int | None:
        """The process id of the server."""
        return self._process.pid if self._process else None

    def _command(self) -> list[str | Path]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command: list[str | Path] = [valkey_program(self.place.account)]
        for name, value in settings.items():
            command += [f"--{name}", value]
        return command

    def _end_leftover(self) -> None:
        """End a server that outlived a killed launcher: a second one would quietly take over its socket."""
        self._says(b"SHUTDOWN")
        if not wait_until(lambda: self._says(b"PING") is None, seconds=15):
            raise EmbeddedError(f"Another Valkey answers on {self.socket} and does not end.")

    def _says(self, command: bytes) -> bytes | None:
        """The first line of the answer to `command`, or None where nobody listens."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(os.fsencode(self.socket))
                client.sendall(command + b"\r\n")
                return client.recv(1000).partition(b"\r\n")[0]
            except OSError:
                return None
