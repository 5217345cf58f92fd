"""What a browser loads of our own scripts for the coding page."""

import gzip
import re
from pathlib import Path

from config.settings.environment import ROOT

SCRIPTS = ROOT / "static/js"
AT_ONCE = re.compile(r'from "(\.[^"]+)"')
LATER = re.compile(r'(?:from |import\()"(\.[^"]+)"')
# Each file by itself, as a browser fetches it, without what every page of Concord has (shell.js, theme.js).
# The aim is 20,000 altogether; whoever takes something out lowers these.
LIMIT_AT_ONCE, LIMIT = 22_380, 24_454


def loaded(script: Path, known: dict[Path, str], pattern: re.Pattern[str]) -> dict[Path, str]:
    """The script and all that it imports."""
    if script not in known:
        known[script] = script.read_text()
        for name in pattern.findall(known[script]):
            loaded((script.parent / name).resolve(), known, pattern)
    return known


def size(pattern: re.Pattern[str]) -> int:
    scripts = loaded(SCRIPTS / "coding/page.js", {}, pattern)
    return sum(len(gzip.compress(text.encode(), 9)) for text in scripts.values())


def test_the_scripts_of_the_coding_page_stay_small() -> None:
    assert size(AT_ONCE) <= LIMIT_AT_ONCE
    assert size(LATER) <= LIMIT


def test_each_module_stays_readable() -> None:
    scripts = loaded(SCRIPTS / "coding/page.js", {}, LATER)
    assert [path.name for path, text in scripts.items() if text.count("\n") > 300] == []
