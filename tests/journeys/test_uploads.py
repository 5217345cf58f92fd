"""Files in the browser, with and without script, against the real server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.beginnings import open_study
from tests.journeys.person import Person
from tests.running import Running
from tests.transcripts import files

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

TOO_LARGE = "big.txt is larger than 20 MB, the most that can be taken."


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.txt"
    path.write_bytes(b"P: x\n" * (10 * 1024 * 1024))
    return path


def test_a_file_of_fifty_megabytes_is_refused(
    newcomer: Callable[[str], Person], concord: Running, browser: Browser, big: Path
) -> None:
    leila = newcomer("Lydia Haddad")
    study = open_study(concord, leila, "Large files")
    leila.visit(f"{study}transcripts/uploads/add/")
    leila.page.locator("input[type=file]").set_input_files(big)
    assert leila.main.locator(".outcome-refused").inner_text().strip() == TOO_LARGE
    # Without script the browser sends all of it.
    plain = browser.new_context(java_script_enabled=False, storage_state=leila.context.storage_state())
    page = plain.new_page()
    page.goto(f"{study}transcripts/uploads/add/")
    page.locator("input[type=file]").set_input_files(big)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.get_by_role("button", name="Upload", exact=True).click()
    assert answer.value.status == 413
    assert page.locator(".outcome-refused").inner_text().strip() == TOO_LARGE
    plain.close()
    leila.visit(f"{study}transcripts/")
    assert leila.main.locator(".empty-sentence").inner_text() == "No transcripts yet."


def test_each_file_gets_its_own_line(
    newcomer: Callable[[str], Person], concord: Running, tmp_path: Path
) -> None:
    leila = newcomer("Lena Haddad")
    study = open_study(concord, leila, "Several files")
    (tmp_path / "Hub client 01.docx").write_bytes(files.WORD)
    (tmp_path / "empty.txt").write_bytes(b"")
    leila.visit(f"{study}transcripts/uploads/add/")
    leila.page.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    leila.main.locator(".outcome").nth(1).get_by_text("empty.txt is empty.").wait_for()
    assert leila.main.get_by_role("link", name="Say who speaks in Hub client 01.docx").count() == 1
    leila.complaints.clear()  # the browser notes the 422
    leila.look()
    leila.visit(f"{study}transcripts/uploads/paste/")


def test_the_preview_follows_what_is_chosen(newcomer: Callable[[str], Person], concord: Running) -> None:
    leila = newcomer("Livia Haddad")
    study = open_study(concord, leila, "A preview")
    leila.visit(f"{study}transcripts/uploads/paste/")
    leila.fill(text=files.SPEECH)
    leila.press("Read it")
    preview = leila.main.locator("#preview")
    assert preview.locator(".turn").count() == 4
    leila.main.get_by_label("Role of P", exact=True).select_option("other")
    preview.get_by_text("Nobody is marked as participant yet.").wait_for()
    leila.main.get_by_label("Role of P", exact=True).select_option("participant")
    leila.main.get_by_label("Name of P in the transcript", exact=True).fill("Client")
    preview.locator(".turn-speaker", has_text="Client").first.wait_for()
    leila.look()
