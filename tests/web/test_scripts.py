"""What a browser loads of our own scripts for the coding page."""

import gzip
import re
import shutil
from pathlib import Path

from config.settings.environment import ROOT
from config.static import StaticFiles

SCRIPTS = ROOT / "static/js"
AT_ONCE = re.compile(r'from "(\.[^"]+)"')
LATER = re.compile(r'(?:from |import\()"(\.[^"]+)"')
# Each file by itself, as a browser fetches it, without what every page of Concord has (shell.js, theme.js).
# The aim is 20,000 altogether; whoever takes something out lowers these.
LIMIT_AT_ONCE, LIMIT = 22_339, 24_413


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


def test_the_page_announces_all_that_its_script_imports_at_once() -> None:
    page = (ROOT / "templates/coding/assignment.html").read_text()
    announced = re.findall(r"""modulepreload" href="{% static 'js/([^']+)'""", page)
    imported = loaded(SCRIPTS / "coding/page.js", {}, AT_ONCE)
    assert announced == sorted(announced, key=lambda name: ("/" in name, name))
    assert {SCRIPTS / name for name in announced} == set(imported) - {SCRIPTS / "coding/page.js"}


def test_what_a_script_imports_has_the_name_that_the_page_announces(tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS, tmp_path / "js")
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.js")]
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    failed = [
        done
        for _, _, done in storage.post_process({name: (storage, name) for name in names})
        if isinstance(done, Exception)
    ]
    assert failed == []
    page = (tmp_path / storage.hashed_files["js/coding/page.js"]).read_text()
    text = Path(storage.hashed_files["js/coding/text.js"])
    find = Path(storage.hashed_files["js/coding/find.js"])
    assert f'from "./{text.name}"' in page
    assert f'import("./{find.name}")' in page
