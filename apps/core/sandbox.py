"""Run a reader of strangers' files in a short-lived process that cannot take the server down with it."""

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from apps.core.refusal import Refused, gettext_noop

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from apps.core.sandbox import serve; serve()"
# The child gets no secrets of the server: only what an interpreter may need to start at all.
_ENVIRONMENT_KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class Limits:
    memory_mb: int = 512
    cpu_seconds: int = 10
    wall_seconds: int = 20


def run_apart(
    function: Callable[..., Any], name: str, data: bytes, *, limits: Limits = Limits(), **options: Any
) -> Any:
    """Return `function(name, data, **options)`, computed in another process; result and options are JSON.

    The function is a module-level one of a module that does not import Django. Raises Refused for what the
    function refuses, and when it needs too much time or memory or breaks down.
    """
    target = {"module": function.__module__, "function": function.__qualname__, "limits": asdict(limits)}
    request = json.dumps({"name": name, "options": options}).encode() + b"\n" + data
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={key: os.environ[key] for key in _ENVIRONMENT_KEPT if key in os.environ},
        start_new_session=True,
    )
    try:
        answer, complaint = process.communicate(request, timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired:
        raise _too_slow(name) from None
    finally:
        _end(process)
    return _open_answer(name, process.returncode, answer, complaint)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
        process.communicate()


def _open_answer(name: str, returncode: int, answer: bytes, complaint: bytes) -> Any:
    if returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise _too_slow(name)
    if returncode < 0:
        raise _too_much_memory(name)
    if returncode > 0:
        logger.error("The reader of a file broke down.\n%s", complaint.decode(errors="replace")[-4000:])
        raise Refused("unreadable", gettext_noop("%(name)s could not be read; it may be damaged."), name=name)
    message = json.loads(answer)
    if "refused" in message:
        refused = message["refused"]
        raise Refused(refused["code"], refused["template"], **refused["facts"])
    return message["result"]


def _too_slow(name: str) -> Refused:
    return Refused(
        "too_slow", gettext_noop("%(name)s took too long to read, so reading was stopped."), name=name
    )


def _too_much_memory(name: str) -> Refused:
    return Refused(
        "too_much_memory",
        gettext_noop("%(name)s needs too much memory to read, so reading was stopped."),
        name=name,
    )


def serve() -> None:
    """The child's side: import, then limit itself, then look at what it was given."""
    target = json.loads(sys.argv[1])
    function: Callable[..., Any] = getattr(importlib.import_module(target["module"]), target["function"])
    answer_to = _keep_standard_output()
    _limit(Limits(**target["limits"]))
    request = json.loads(sys.stdin.buffer.readline())
    answer = _answer(function, request["name"], sys.stdin.buffer.read(), request["options"])
    with answer_to:
        answer_to.write(answer)


def _answer(function: Callable[..., Any], name: str, data: bytes, options: dict[str, Any]) -> bytes:
    try:
        message = {"result": function(name, data, **options)}
    except Refused as refused:
        message = {"refused": _refusal(refused)}
    except MemoryError:
        message = {"refused": _refusal(_too_much_memory(name))}
    except Exception as error:
        # Where it broke, without the message: that could quote a transcript.
        sys.stderr.write(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
        sys.exit(1)
    return json.dumps(message).encode()


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"code": refused.code, "template": refused.template, "facts": refused.facts}


def _keep_standard_output() -> BinaryIO:
    """Return the pipe to the parent, and send whatever is printed to standard error instead."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _limit(limits: Limits) -> None:
    signal.alarm(limits.wall_seconds + 1)  # ends the child even when its parent was killed
    import resource

    memory = limits.memory_mb * 1024 * 1024
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (
            resource.RLIMIT_CPU,
            limits.cpu_seconds,
            limits.cpu_seconds + 1,
        ),  # the soft one tells time from memory
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with suppress(ValueError, OSError):  # a system that knows no such limit, or a lower one already set
            resource.setrlimit(kind, (soft, hard))
