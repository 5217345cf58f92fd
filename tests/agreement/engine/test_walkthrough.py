"""What docs/agreement-walkthrough.md shows is what happens."""

import re
import shlex
from pathlib import Path

import pytest

from apps.agreement.engine.__main__ import main

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "agreement-walkthrough.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ python -m apps\.agreement\.engine (.*?)\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands(
    command: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out.strip() == shown.strip()


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 5


def test_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(program, "agreement-walkthrough.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith(
        "PairCounts(both=5, only_first=1, only_second=0, neither=4) Cognitive participation: "
    )
    assert printed[1].startswith("[('sibling', (")
    assert len(printed) == 4
