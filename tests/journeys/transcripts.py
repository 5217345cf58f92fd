"""Transcripts in the browser: uploaded, their speakers confirmed, declared ready."""

from playwright.sync_api import FilePayload

from tests.journeys.person import Person


def upload(administrator: Person, study: str, *files: FilePayload) -> None:
    """Sends several files at once; each is read and waits for its speakers."""
    administrator.visit(study)
    administrator.go_to("Transcripts")
    administrator.follow("Upload files")
    administrator.page.locator("input[type=file]").set_input_files(list(files))
    for file in files:
        administrator.main.get_by_role("link", name=f"Say who speaks in {file['name']}").wait_for()
    administrator.look()


def confirm_speakers(
    administrator: Person, study: str, file: str, *, participant: str, pseudonym: str
) -> None:
    """Says who is the participant and whose interview it is; the pseudonym takes the place of the name."""
    administrator.page.goto(f"{study}transcripts/")
    administrator.main.get_by_role("link", name=file).first.click()
    administrator.look()
    administrator.main.get_by_label("Role of Interviewer", exact=True).select_option("interviewer")
    administrator.main.get_by_label(f"Role of {participant}", exact=True).select_option("participant")
    administrator.main.get_by_label(f"Name of {participant} in the transcript", exact=True).fill(pseudonym)
    administrator.page.locator("#preview").get_by_text(pseudonym).first.wait_for()
    target = administrator.main.get_by_label("Interview", exact=True)
    target.select_option(target.locator("option", has_text=pseudonym).get_attribute("value"))
    administrator.press("Store the transcript")


def declare_ready(administrator: Person, study: str, pseudonym: str) -> None:
    """Says that it was checked against the recording and de-identified."""
    administrator.page.goto(f"{study}transcripts/")
    administrator.follow(pseudonym)
    for statement in administrator.main.locator("#ready input[type=checkbox]").all():
        statement.check()
    administrator.press("Declare it ready")
