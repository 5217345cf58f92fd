"""Getting to know a transcript, going on where one stopped, and the check before one submits."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.coding import actions
from apps.coding.models import CodingAssignment, Memo, Reading
from apps.core.identity import acting_as
from tests import make
from tests.web.asking import at, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def of(name: str, work: CodingAssignment) -> str:
    return reverse(name, args=[work.study_id, work.id])


def test_the_page_resumes_where_another_device_stopped(ruth: Client, work: CodingAssignment) -> None:
    assert b"data-position" not in ruth.get(of("assignment", work)).content
    answer = ruth.post(of("assignment_place", work), {"position": 45, "start": 0, "end": 80})
    assert answer.status_code == 204
    other = Client()
    other.force_login(work.coder)
    assert b'data-position="45"' in other.get(of("assignment", work)).content
    assert b"#turn-2" in other.get(reverse("assignments", args=[work.study_id])).content


def test_a_window_left_open_hears_of_no_progress_after_all_was_handed_in(
    ruth: Client, work: CodingAssignment
) -> None:
    told = {"position": 45, "start": 0, "end": 80}
    assert int(ruth.post(of("assignment_place", work), told).headers["Read-Percent"]) > 0
    with acting_as(work.coder_id):
        actions.submit(assignment=work, by=work.coder, now=make.NOW)
    answer = ruth.post(of("assignment_place", work), told)
    assert (answer.status_code, "Read-Percent" in answer.headers) == (204, False)


def test_a_place_without_numbers_is_not_kept(ruth: Client, work: CodingAssignment) -> None:
    assert ruth.post(of("assignment_place", work), {"position": "-1", "start": 0}).status_code == 422
    with acting_as(work.coder_id):
        assert not Reading.objects.exists()


def test_the_place_of_another_is_not_found(cast: make.Cast, client: Client, work: CodingAssignment) -> None:
    client.force_login(cast.jin)
    assert client.post(of("assignment_place", work), {"position": 0, "start": 0, "end": 9}).status_code == 404
    assert client.get(of("assignment_read", work)).status_code == 404


def test_reading_begins_no_coding_and_keeps_a_summary(ruth: Client, work: CodingAssignment) -> None:
    page = ruth.get(of("assignment_read", work)).content.decode()
    assert (page.count('class="turn-text"'), page.count("<mark")) == (6, 0)
    answer = ruth.post(of("assignment_read", work), {"text": "Ambivalent, warms up.", "version": 0})
    assert answer.status_code == 302
    work.refresh_from_db()
    assert work.state == "assigned"
    with acting_as(work.coder_id):
        assert Memo.objects.get().text == "Ambivalent, warms up."
    assert "Ambivalent, warms up." in ruth.get(of("assignment", work)).content.decode()


def test_one_comes_back_to_reading_and_to_the_summary_while_coding(
    ruth: Client, work: CodingAssignment
) -> None:
    way_back = f'href="{of("assignment_read", work)}"'
    ruth.post(of("assignment_read", work), {"text": "Guarded at first.", "version": 0})
    coding_page = ruth.get(of("assignment", work)).content.decode()
    assert (way_back in coding_page, "Guarded at first." in coding_page) == (True, True)
    page = ruth.get(of("assignment_read", work)).content.decode()
    assert ("Carry on coding" in page, "before you code" in page) == (True, False)
    ruth.post(of("assignment_submit", work))
    assert way_back in ruth.get(of("assignment", work)).content.decode()


def test_a_summary_that_was_changed_elsewhere_is_shown_beside_mine(
    ruth: Client, work: CodingAssignment
) -> None:
    ruth.post(of("assignment_read", work), {"text": "From the train.", "version": 0})
    answer = ruth.post(of("assignment_read", work), {"text": "From the desk.", "version": 0})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("From the train." in page, "From the desk." in page) == (True, True)


def test_one_goes_from_text_to_text(ruth: Client, cast: make.Cast, work: CodingAssignment) -> None:
    second = make.assignment(cast.study, cast.ruth)
    assert ruth.get(of("assignment_read", work)).context["after"] == second
    assert ruth.get(of("assignment_read", second)).context["before"] == work


def test_the_queue_takes_the_same_number_of_queries(
    ruth: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    one = queries_of(ruth, at("assignments", cast)), queries_of(ruth, of("assignment_read", work))
    for _ in range(2):
        new = make.assignment(cast.study, cast.ruth)
        ruth.post(of("assignment_place", new), {"position": 45, "start": 0, "end": 80})
    assert (queries_of(ruth, at("assignments", cast)), queries_of(ruth, of("assignment_read", work))) == one


def test_the_check_names_what_was_never_on_the_screen(ruth: Client, cast: make.Cast) -> None:
    speech = (("I", "How did it begin?"), ("P", "Nobody told us anything. " * 40))
    work = make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=speech))
    page = ruth.get(of("assignment_submit", work)).content.decode()
    assert "Turns 1 to 2" in page
    assert "How did it begin? Nobody told us anything." in page
    assert f"concord.outbox.{cast.ruth.id}.{work.id}." in page
    with acting_as(cast.ruth.id):
        actions.keep_place(assignment=work, position=0, start=0, end=10_000, by=cast.ruth, now=make.NOW)
    assert "never on your screen" not in ruth.get(of("assignment_submit", work)).content.decode()
