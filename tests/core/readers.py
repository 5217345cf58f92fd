"""Readers that misbehave, for the limited process to contain."""

import os
import sys
import time
from typing import Any

from apps.core.refusal import Refused


def describe(name: str, data: bytes, suffix: str = "") -> dict[str, Any]:
    print("this does not disturb the answer")
    return {
        "name": name + suffix,
        "bytes": len(data),
        "django": "django" in sys.modules,
        "secrets": sorted(key for key in os.environ if "SECRET" in key or "URL" in key),
    }


def refuse(name: str, data: bytes) -> None:
    raise Refused("no", "%(name)s is not wanted: %(reason)s.", name=name, reason="100% sure")


def hoard(name: str, data: bytes) -> int:
    return len(bytearray(2**33))


def loop(name: str, data: bytes) -> None:
    while True:
        pass


def sleep(name: str, data: bytes) -> None:
    time.sleep(60)


def crash(name: str, data: bytes) -> None:
    raise KeyError(data.decode())


def abort(name: str, data: bytes) -> None:
    os.abort()


def write(name: str, data: bytes) -> None:
    with open(name, "w") as file:
        file.write("x")
