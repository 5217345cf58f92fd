"""What a browser loads of our own scripts for the coding page."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from config.settings.environment import ROOT
from config.static import StaticFiles, as_sent

SCRIPTS = ROOT / "static/js"
AT_ONCE = re.compile(r'from "(\.[^"]+)"')
LATER = re.compile(r'(?:from |import\()"(\.[^"]+)"')
# Each file by itself, as it is sent (gzipped), without what every page of Concord has (shell.js, theme.js).
# The aim is 20,000 altogether; whoever takes something out lowers these.
LIMIT_AT_ONCE, LIMIT = 19_807, 20_667


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> StaticFiles:
    """Our scripts as `collectstatic` lays them down for the server to send."""
    place = tmp_path_factory.mktemp("static")
    shutil.copytree(SCRIPTS, place / "js")
    return collected(place)


def collected(place: Path) -> StaticFiles:
    names = [str(path.relative_to(place)) for path in place.rglob("*.js")]
    storage = StaticFiles(location=place, base_url="/static/")
    laid = list(storage.post_process({name: (storage, name) for name in names}))
    assert [done for _, _, done in laid if isinstance(done, Exception)] == []
    return storage


def loaded(script: Path, known: dict[Path, str], pattern: re.Pattern[str]) -> dict[Path, str]:
    """The script and all that it imports."""
    if script not in known:
        known[script] = script.read_text()
        for name in pattern.findall(known[script]):
            loaded((script.parent / name).resolve(), known, pattern)
    return known


def size(storage: StaticFiles, pattern: re.Pattern[str]) -> int:
    page = Path(storage.path(storage.hashed_files["js/coding/page.js"]))
    return sum(path.with_name(f"{path.name}.gz").stat().st_size for path in loaded(page, {}, pattern))


def test_the_scripts_of_the_coding_page_stay_small(sent: StaticFiles) -> None:
    assert size(sent, AT_ONCE) <= LIMIT_AT_ONCE
    assert size(sent, LATER) <= LIMIT


def test_each_module_stays_readable() -> None:
    scripts = loaded(SCRIPTS / "coding/page.js", {}, LATER)
    assert [path.name for path, text in scripts.items() if text.count("\n") > 300] == []


def test_the_page_announces_all_that_its_script_imports_at_once() -> None:
    page = (ROOT / "templates/coding/assignment.html").read_text()
    announced = re.findall(r"""modulepreload" href="{% static 'js/([^']+)'""", page)
    imported = loaded(SCRIPTS / "coding/page.js", {}, AT_ONCE)
    assert announced == sorted(announced, key=lambda name: ("/" in name, name))
    assert {SCRIPTS / name for name in announced} == set(imported) - {SCRIPTS / "coding/page.js"}


def test_what_a_script_imports_has_the_name_that_the_page_announces(sent: StaticFiles) -> None:
    page = Path(sent.path(sent.hashed_files["js/coding/page.js"]))
    imported = {path.resolve() for path in loaded(page, {}, LATER)}
    announced = {Path(sent.path(name)).resolve() for name in sent.hashed_files.values()}
    assert len(imported) > 10
    assert imported <= announced


def test_the_folder_of_the_scripts_changes_with_any_of_them(sent: StaticFiles, tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS, tmp_path / "js")
    same = collected(tmp_path).hashed_files
    (tmp_path / "js/coding/find.js").write_text("export const offerFind = () => {};\n")
    other = collected(tmp_path).hashed_files
    assert same == sent.hashed_files
    assert not set(other.values()) & set(same.values())


def test_a_browser_keeps_what_has_a_name_of_its_content(sent: StaticFiles, settings: Any) -> None:
    is_kept = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST)
    urls = {f"/static/{name}" for name in (*sent.hashed_files.values(), "css/base.0123456789ab.css")}
    assert all(map(is_kept.search, urls))
    assert not any(map(is_kept.search, [f"/static/{name}" for name in (*sent.hashed_files, "css/base.css")]))


def test_scripts_are_sent_as_sent_and_indentation(sent: StaticFiles) -> None:
    for name, hashed in sent.hashed_files.items():
        said = [line.strip() for line in (SCRIPTS.parent / name).read_text().splitlines()]
        code = [line for line in said if line and not line.startswith(("//", "/*"))]
        laid = Path(sent.path(hashed)).read_text().splitlines()
        assert len(laid) == len(code), name
        assert not [line for line in laid if line != line.strip()], name
    assert len(sent.hashed_files) == len(list(SCRIPTS.rglob("*.js")))


def test_what_stands_beside_code_is_sent() -> None:
    code = 'call("// no"); // why\n/* a */ call("  "); /* b */\n'
    assert as_sent(f"// one\n\n  /** two */\n  {code}\t//\n") == code


@pytest.mark.parametrize("script", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: path.name)
def test_no_string_or_comment_of_ours_goes_over_a_line(script: Path) -> None:
    for line in as_sent(script.read_text()).splitlines():
        assert line.count("`") % 2 == 0, line
        assert line.count("/*") == line.count("*/"), line
        assert not line.endswith("\\"), line
