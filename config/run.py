"""`make run`: Concord on one machine, with everything that it needs as children that never outlive it."""

import argparse
import base64
import errno
import http.client
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from config.embedded import AlreadyRunningError, EmbeddedError, Postgres, Valkey
from config.embedded.lock import Lock
from config.embedded.process import last_lines
from config.preparation import is_prepared, manage, prepare
from config.supervisor import Child, Watch

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CONCORD_VAR", ROOT / "var")).absolute()
LOGS = VAR / "log"
SIGN_INS = VAR / "sign-ins"
HOST = "127.0.0.1"


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or sent SIGTERM."""


def main() -> int:
    """Run until told to stop; the exit status is 0 also when Concord runs already."""
    arguments = _arguments()
    _listen_for_signals()
    try:
        _run(arguments.port, demonstration=arguments.demonstration)
    except AlreadyRunningError as refusal:
        say(f"Concord is running already at {refusal.note}.")
    except EmbeddedError as problem:
        say(str(problem))
        return 1
    except PermissionError as problem:
        say(f"{problem.filename} belongs to another user; start Concord as that user, or as root.")
        return 1
    except StopRequestedError:
        say("Concord has stopped.")
    return 0


def _run(port: int, *, demonstration: bool) -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    address = f"http://{HOST}:{port}"
    Lock(VAR / "run.lock").take(what="Concord", note=address)
    _require_free(port)
    with _servers() as (servers, environment):
        if not is_prepared(environment, demonstration=demonstration):
            say("Preparing the database (the first time takes up to a minute) ...")
            prepare(environment, log=LOGS / "manage.log", demonstration=demonstration)
            SIGN_INS.write_text(manage(environment, "demo", "--sign-ins", log=LOGS / "manage.log"))
        _serve(port, address, servers, environment)


def say(sentence: str) -> None:
    """Tell the person at the terminal, who may have closed it."""
    with suppress(OSError):
        print(sentence, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-demonstration", dest="demonstration", action="store_false")
    return parser.parse_args()


def _listen_for_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)  # stopping takes seconds and must not be cut short
        raise StopRequestedError

    # A signal that is ignored already (nohup) stays ignored.
    every = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    wanted = [number for number in every if signal.getsignal(number) != signal.SIG_IGN]
    for number in wanted:
        signal.signal(number, stop)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as problem:
            used = isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE
            reason = "is used by another program" if used else "cannot be used"
            raise EmbeddedError(f"Port {port} {reason}; choose another: make run PORT=8001") from None


@contextmanager
def _servers() -> Iterator[tuple[list[Watch], dict[str, str]]]:
    """Start the servers that the environment does not name; yields them with the children's environment."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SECRET_KEY": _secret("secret_key"),
        "CONCORD_STUDY_KEY": _secret("study_key"),
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    servers: list[tuple[str, Postgres | Valkey]] = []
    try:
        if environment.get("DATABASE_URL"):
            _require_role_urls(environment)
        else:
            postgres = Postgres(VAR)
            servers.append(("PostgreSQL", postgres))
            postgres.start()
            postgres.provision()
            environment["DATABASE_URL"] = postgres.url("app")
            environment["DATABASE_OWNER_URL"] = postgres.url("owner")
            environment["DATABASE_WORKER_URL"] = postgres.url("worker")
        if not environment.get("REDIS_URL"):
            valkey = Valkey(VAR)
            servers.append(("Valkey", valkey))
            valkey.start()
            environment["REDIS_URL"] = valkey.broker_url
        yield (
            [Watch(name, server.log, server.is_running, server.start) for name, server in servers],
            environment,
        )
    finally:
        for _name, server in reversed(servers):
            server.stop()


def _require_role_urls(environment: dict[str, str]) -> None:
    for name in ("DATABASE_OWNER_URL", "DATABASE_WORKER_URL"):
        if not environment.get(name):
            raise EmbeddedError(f"DATABASE_URL is set, so {name} must be set too; see docs/operations.md.")


def _secret(name: str) -> str:
    """A key that is made once and then kept in var/, for our own eyes."""
    path = VAR / name
    if not path.exists():
        unfinished = VAR / f"{name}.unfinished"
        unfinished.touch(mode=0o600)
        unfinished.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        unfinished.rename(path)
    return path.read_text()


def _serve(port: int, address: str, servers: list[Watch], environment: dict[str, str]) -> None:
    """Start the web server, then the workers, and keep everything running until told to stop."""
    web, *workers = children = _children(port, environment)
    try:
        web.start()
        _wait_for_first_page(web, port)
        say(f"\nConcord is running at {address}\n")
        # Kept in a file, because loading Django to say them again takes seconds.
        say(SIGN_INS.read_text() if SIGN_INS.exists() else "")
        say(f"Logs are in {LOGS}. Stop with Ctrl-C.")
        for worker in workers:
            worker.start()
        _watch(
            [*servers, *(Watch(child.name, child.log, child.is_running, child.start) for child in children)]
        )
    finally:
        say("\nStopping ...")
        _stop(children)


def _children(port: int, environment: dict[str, str]) -> list[Child]:
    worker_role = {**environment, "DATABASE_URL": environment["DATABASE_WORKER_URL"]}
    # Threads keep each worker one process: half the memory of a pool of processes, a quick start, nothing
    # to be left behind, and tasks may start limited processes of their own (parsing).
    return [
        Child("The web server", _web(port), environment, LOGS / "web.log"),
        Child(
            "The worker",
            _celery("worker", "-Q", "default", "-n", "default@%h", "-P", "threads", "-c", "2"),
            environment,
            LOGS / "worker.log",
        ),
        Child(
            "The agreement worker",
            _celery("worker", "-Q", "agreement", "-n", "agreement@%h", "-P", "threads", "-c", "1"),
            worker_role,
            LOGS / "worker-agreement.log",
        ),
        Child(
            "The clock",
            # No schedule file: every entry is an interval, and a file can be torn by a kill.
            _celery("beat", "-S", "celery.beat:Scheduler", "--pidfile="),
            environment,
            LOGS / "beat.log",
        ),
    ]


def _web(port: int) -> list[str]:
    workers = os.environ.get("WEB_WORKERS", "1")
    return [
        *(sys.executable, "-m", "granian", "config.local_asgi:application", "--interface", "asginl"),
        *("--host", HOST, "--port", str(port), "--workers", workers, "--workers-kill-timeout", "2"),
        *("--log-level", "warning"),
    ]


def _celery(*words: str) -> list[str]:
    quiet = ["--without-gossip", "--without-mingle"] if words[0] == "worker" else []
    return [sys.executable, "-m", "celery", "-A", "config.celery:app", *words, *quiet, "--loglevel", "INFO"]


def _wait_for_first_page(web: Child, port: int) -> None:
    deadline = time.monotonic() + 120
    while not _answers(port):
        if not web.is_running() or time.monotonic() > deadline:
            raise EmbeddedError(
                f"The web server does not start. Its log {web.log} ends:\n{last_lines(web.log)}"
            )
        time.sleep(0.05)


def _answers(port: int) -> bool:
    # Not urllib, which would ask a proxy named in the environment.
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _watch(watches: list[Watch]) -> None:
    while True:
        for watch in watches:
            watch.check(say)
        time.sleep(0.2)


def _stop(children: list[Child]) -> None:
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()


if __name__ == "__main__":
    sys.exit(main())
