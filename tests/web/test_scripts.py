"""What a browser loads of our own scripts for the coding page."""

import gzip
import re
from pathlib import Path

from config.settings.environment import ROOT

SCRIPTS = ROOT / "static/js"
IMPORT = re.compile(r'from "(\.[^"]+)"')
# Each file by itself, as a browser fetches it. The aim is 20,000; whoever takes something out lowers this.
LIMIT = 29_500


def loaded(script: Path, known: dict[Path, str]) -> dict[Path, str]:
    """The script and all that it imports."""
    if script not in known:
        known[script] = script.read_text()
        for name in IMPORT.findall(known[script]):
            loaded((script.parent / name).resolve(), known)
    return known


def test_the_scripts_of_the_coding_page_stay_small() -> None:
    scripts = loaded(SCRIPTS / "coding/page.js", {})
    assert sum(len(gzip.compress(text.encode(), 9)) for text in scripts.values()) <= LIMIT


def test_each_module_stays_readable() -> None:
    scripts = loaded(SCRIPTS / "coding/page.js", {})
    assert [path.name for path, text in scripts.items() if text.count("\n") > 300] == []
