"""Nothing that was coded is lost or stored twice, whatever happens between the page and the server."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from apps.codebooks import actions as codebooks
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.studies import actions as studies
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make
from tests.conftest import as_owner
from tests.journeys.coding_page import coding_page, open_page, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SAVES = "**/codings/"
SENTENCES = 24
SPEECH = tuple(
    ("P", f"This is what happened on day {2 * number}. On the day after it was the same {number}.")
    for number in range(1, SENTENCES // 2 + 1)
)


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def code_first(page: Page) -> None:
    """Codes the first sentence, by keyboard."""
    page.locator("#turn-1").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.type("a1")
    page.keyboard.press("Enter")


def code_more(page: Page, number: int) -> None:
    """Codes one sentence after the other with the same code."""
    for _ in range(number):
        page.keyboard.press("s")
        page.keyboard.press(".")


def all_saved(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()


def stored(work: CodingAssignment) -> list[tuple[int, int]]:
    with acting_as(work.coder_id):
        return list(Coding.objects.order_by("start").values_list("start", "end"))


def sentences(work: CodingAssignment, number: int) -> list[tuple[int, int]]:
    return work.transcript_version.sentences[:number]


def test_twenty_codings_without_a_network(page: Page, work: CodingAssignment) -> None:
    page.context.set_offline(True)
    code_first(page)
    code_more(page, 19)
    assert page.locator("#saves").inner_text().split(";")[0] == "20 waiting"
    page.context.set_offline(False)
    all_saved(page)
    assert stored(work) == sentences(work, 20)
    assert page.locator(".coding-start").count() == 20


def test_what_waits_outlives_the_page(page: Page, work: CodingAssignment) -> None:
    page.route(SAVES, lambda route: route.abort())
    code_first(page)
    code_more(page, 4)
    page.reload()
    page.locator("#saves[data-state=stuck]").wait_for()
    assert page.locator("#saves").inner_text().split(";")[0] == "5 waiting"
    assert page.evaluate("[...CSS.highlights.get('pending')].length") == 5
    page.unroute(SAVES)
    page.evaluate("dispatchEvent(new Event('online'))")
    all_saved(page)
    assert stored(work) == sentences(work, 5)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('outbox'))") == []


def test_failing_servers_and_lost_answers(page: Page, work: CodingAssignment) -> None:
    tries = count()

    def answer(route: Route) -> None:
        number = next(tries)
        if number % 3 == 0:
            route.fulfill(status=503)
        elif number % 3 == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(SAVES, answer)
    code_first(page)
    code_more(page, 3)
    page.locator("#saves[data-state=saved]").wait_for(timeout=60_000)
    assert stored(work) == sentences(work, 4)


def test_somebody_who_was_signed_out(page: Page, live_server: Any, work: CodingAssignment) -> None:
    code_first(page)
    all_saved(page)
    page.context.clear_cookies(name="sessionid")
    code_more(page, 2)
    page.locator("#saves[data-state=signedOut]").wait_for()
    assert page.locator("#saves").get_by_role("link", name="Sign in").count() == 1
    assert stored(work) == sentences(work, 1)
    sign_in(page.context, work, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    all_saved(page)
    assert stored(work) == sentences(work, 3)


def test_somebody_else_who_signed_in_meanwhile(
    page: Page, cast: make.Cast, live_server: Any, work: CodingAssignment
) -> None:
    code_first(page)
    all_saved(page)
    sign_in(page.context, make.assignment(cast.study, cast.jin), live_server.url)
    token = {"name": "csrftoken", "value": "x" * 32, "url": live_server.url}  # renewed by signing in
    page.context.add_cookies([token])
    code_more(page, 2)
    page.locator("#saves[data-state=signedOut]").wait_for()
    assert page.locator("#refused li").count() == 0
    sign_in(page.context, work, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    all_saved(page)
    assert stored(work) == sentences(work, 3)


def test_somebody_whose_form_is_too_old(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    all_saved(page)
    page.context.clear_cookies(name="csrftoken")
    code_more(page, 2)
    page.locator("#saves[data-state=signedOut]").wait_for()
    assert page.locator("#refused li").count() == 0
    other = page.context.new_page()
    other.goto("/account/login/")  # any other tab brings the token back
    page.evaluate("dispatchEvent(new Event('focus'))")
    all_saved(page)
    assert stored(work) == sentences(work, 3)


BARRED = "You may no longer code this transcript; ask the lead researcher if that is a mistake."


@pytest.mark.parametrize("is_ended", [False, True], ids=["another role", "no member"])
def test_somebody_who_may_no_longer_code(
    page: Page, cast: make.Cast, work: CodingAssignment, *, is_ended: bool
) -> None:
    code_first(page)
    all_saved(page)
    membership = Membership.objects.get(study=work.study, user=work.coder)
    with acting_as(cast.pi.id):
        if is_ended:
            studies.remove_member(membership, by=cast.pi, now=timezone.now())
        else:
            studies.change_roles(membership, roles=[Role.OBSERVER], by=cast.pi, now=timezone.now())
    code_more(page, 2)
    refused = page.locator("#refused li")
    refused.nth(1).wait_for()
    words = work.transcript_version.text
    first, second = (words[start:end] for start, end in sentences(work, 3)[1:])
    assert refused.locator("p").all_inner_texts() == [f"a1 “{first}” {BARRED}", f"a1 “{second}” {BARRED}"]
    assert page.locator("#saves").inner_text().split("\n") == ["2 not saved", "Look"]
    assert not page.get_by_role("link", name="Sign in").is_visible()
    refused.nth(0).get_by_role("button", name="Drop it").click()
    expect(refused).to_have_count(1)
    with as_owner():
        Membership.objects.filter(id=membership.id).update(roles=[Role.CODER.value], left_at=None)
    refused.get_by_role("button", name="Keep and try again").click()
    all_saved(page)
    assert stored(work) == [sentences(work, 3)[0], sentences(work, 3)[2]]


def test_a_refused_coding_is_kept_until_it_is_dropped_or_taken(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    all_saved(page)
    actions.submit(assignment=work, by=work.coder, now=timezone.now())
    code_more(page, 2)
    refused = page.locator("#refused li")
    refused.nth(1).wait_for()
    reason = "This coding was submitted; take it back if you want to change it."
    words = work.transcript_version.text
    first, second = (words[start:end] for start, end in sentences(work, 3)[1:])
    assert refused.nth(0).locator("p").inner_text() == f"a1 “{first}” {reason}"
    assert refused.nth(1).locator("p").inner_text() == f"a1 “{second}” {reason}"
    assert page.locator("#saves").inner_text().split("\n") == ["2 not saved", "Look"]
    refused.nth(0).get_by_role("button", name="Drop it").click()
    expect(refused).to_have_count(1)
    actions.take_back(assignment=work, by=work.coder, now=timezone.now())
    refused.get_by_role("button", name="Keep and try again").click()
    all_saved(page)
    expect(refused).to_have_count(0)
    assert stored(work) == [sentences(work, 3)[0], sentences(work, 3)[2]]


def test_what_was_refused_is_shown_after_the_coding_was_handed_in(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    all_saved(page)
    actions.submit(assignment=work, by=work.coder, now=timezone.now())
    code_more(page, 2)
    page.locator("#refused li").nth(1).wait_for()
    page.reload()
    refused = page.locator("#refused li")
    refused.nth(1).wait_for()
    words = work.transcript_version.text
    first, second = (words[start:end] for start, end in sentences(work, 3)[1:])
    reason = "This coding was submitted; take it back if you want to change it."
    assert refused.locator("p").all_inner_texts() == [f"a1 “{first}” {reason}", f"a1 “{second}” {reason}"]
    refused.nth(0).get_by_role("button", name="Drop it").click()
    expect(refused).to_have_count(1)
    page.reload()
    refused.get_by_role("button", name="Take the coding back and try again").click()
    all_saved(page)
    assert stored(work) == [sentences(work, 3)[0], sentences(work, 3)[2]]


def test_what_waited_when_the_coding_was_released_can_only_be_dropped(
    page: Page, work: CodingAssignment
) -> None:
    page.route(SAVES, lambda route: route.abort())
    code_first(page)
    actions.submit(assignment=work, by=work.coder, now=timezone.now())
    with as_owner():
        CodingAssignment.objects.filter(id=work.id).update(released_at=timezone.now())
    page.reload()
    refused = page.locator("#refused li")
    refused.wait_for()
    assert "The coding was submitted or set aside before this was saved." in refused.inner_text()
    assert refused.get_by_role("button").all_inner_texts() == ["Drop it"]
    refused.get_by_role("button").click()
    assert page.locator("#refused").is_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('outbox'))") == []


def test_a_coding_with_a_code_that_is_no_more_is_refused_and_dropped(
    page: Page, work: CodingAssignment
) -> None:
    _go_on_without_a1(work)
    code_first(page)
    refused = page.locator("#refused li")
    refused.wait_for()
    assert (
        "This code is not in the codebook that you code with now; load the page again."
        in refused.inner_text()
    )
    refused.get_by_role("button", name="Drop it").click()
    all_saved(page)
    assert stored(work) == []
    page.reload()
    page.locator("#turn-2").focus()
    for key in ("s", "a", "2"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    all_saved(page)
    assert stored(work) == [sentences(work, 3)[2]]


def _go_on_without_a1(work: CodingAssignment) -> None:
    """The coding goes on with the next version of the codebook, while its page lies open."""
    by: dict[str, Any] = {"by": work.study.opened_by, "now": timezone.now()}
    newer = codebooks.new_version(codebook=work.codebook_version.codebook, note="Without a1", **by)
    codebooks.remove(code=newer.codes.get(label="a1"), **by)
    codebooks.freeze(version=newer, **by)
    CodingAssignment.objects.filter(id=work.id).update(codebook_version=newer)


def test_two_tabs_send_each_coding_once(page: Page, work: CodingAssignment) -> None:
    page.route(SAVES, lambda route: route.abort())
    code_first(page)
    code_more(page, 2)
    other = open_page(page.context, work)
    assert other.locator("#saves").get_attribute("data-state") == "saved"
    page.close()
    other.reload()
    all_saved(other)
    assert stored(work) == sentences(work, 3)
