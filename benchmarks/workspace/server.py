"""The real server with two workers, as `make run` starts it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

HOST = "127.0.0.1"
WORKERS = 2


@contextmanager
def serving(port: int) -> Iterator[int]:
    """The server, as long as it is needed; its process id."""
    command = [
        *(sys.executable, "-m", "granian", "config.local_asgi:application", "--interface", "asginl"),
        *("--host", HOST, "--port", str(port), "--workers", str(WORKERS), "--workers-kill-timeout", "2"),
        *("--log-level", "warning"),
    ]
    server = subprocess.Popen(command, env=os.environ)
    try:
        deadline = time.monotonic() + 120
        with ExitStack() as probes:
            while not _are_all_answering(server.pid, port, probes):
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait(30)


def _are_all_answering(server: int, port: int, probes: ExitStack) -> bool:
    """Whether each worker holds one of the connections: one that starts later would be left without any."""
    try:
        probe = probes.enter_context(closing(http.client.HTTPConnection(HOST, port, timeout=10)))
        probe.request("GET", "/healthz")
        probe.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    held = held_by_workers(server, port)
    return len(held) == WORKERS and all(held)


def held_by_workers(server: int, port: int) -> list[int]:
    """How many open connections each worker holds."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    here, established = f":{port:04X}", "01"
    sockets = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(here) and row[3] == established}
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [len(sockets & {_target(name) for name in Path(f"/proc/{each}/fd").iterdir()}) for each in workers]


def _target(name: Path) -> str:
    try:
        return os.readlink(name)
    except OSError:  # closed meanwhile
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
