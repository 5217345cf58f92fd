"""A reader that misbehaves costs one sentence."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from apps.core.refusal import Refused
from apps.core.sandbox import Limits, run_apart
from tests.core import readers

SHORT = Limits(cpu_seconds=1, wall_seconds=2)


def sentence_of(function: Callable[..., Any], limits: Limits = SHORT) -> str:
    with pytest.raises(Refused) as caught:
        run_apart(function, "a.txt", b"what she said", limits=limits)
    return caught.value.sentence


def test_a_result_comes_back_from_a_process_without_django_or_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert run_apart(readers.describe, "é.txt", b"\x00\nabc", suffix="!") == {
        "name": "é.txt!",
        "bytes": 5,
        "django": False,
        "secrets": [],
    }


def test_it_works_from_several_threads_at_once() -> None:
    with ThreadPoolExecutor(3) as pool:
        sizes = list(
            pool.map(lambda size: run_apart(readers.describe, "a", b"x" * size)["bytes"], [0, 1, 2**20])
        )
    assert sizes == [0, 1, 2**20]


def test_a_refusal_crosses_with_its_parts() -> None:
    with pytest.raises(Refused) as caught:
        run_apart(readers.refuse, "a.txt", b"")
    assert caught.value.sentence == "a.txt is not wanted: 100% sure."
    assert (caught.value.code, caught.value.facts) == ("no", {"name": "a.txt", "reason": "100% sure"})


@pytest.mark.parametrize(
    ("function", "limits", "sentence"),
    [
        (readers.hoard, SHORT, "a.txt needs too much memory to read, so reading was stopped."),
        (readers.abort, SHORT, "a.txt needs too much memory to read, so reading was stopped."),
        (readers.loop, SHORT, "a.txt took too long to read, so reading was stopped."),
        (readers.sleep, Limits(wall_seconds=1), "a.txt took too long to read, so reading was stopped."),
    ],
)
def test_limits(function: Callable[..., Any], limits: Limits, sentence: str) -> None:
    assert sentence_of(function, limits) == sentence


def test_a_breakdown_is_logged_without_what_the_file_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert sentence_of(readers.crash) == "a.txt could not be read; it may be damaged."
    assert "KeyError" in caplog.text
    assert "what she said" not in caplog.text


def test_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        run_apart(readers.write, str(tmp_path / "file"), b"")
    assert (tmp_path / "file").read_bytes() == b""
