from django.test import Client
from django.urls import resolve, reverse

from apps.accounts.models import User
from apps.agreement import actions as agreement
from apps.notices import actions
from apps.notices.models import Notice
from apps.web.leads import OF_ROUND, OF_STUDY, leads_to
from tests import make
from tests.agreement import stage
from tests.web.asking import at, queries_of


def tell(cast: make.Cast, recipient: User, path: str = "/somewhere/") -> Notice:
    return actions.tell(
        recipient=recipient,
        study=cast.study,
        kind="assigned",
        text="Hub client 07",
        path=path,
        now=make.NOW,
    )


def test_ones_own_notices_are_counted_in_the_header(client: Client, cast: make.Cast) -> None:
    mine = tell(cast, cast.ruth)
    tell(cast, cast.jin)
    client.force_login(cast.ruth)
    page = client.get(reverse("notices"))
    assert (list(page.context["page"]), page.context["unread_notices"]) == ([mine], 1)


def test_opening_one_reads_it_and_goes_where_it_points(client: Client, cast: make.Cast) -> None:
    mine, plain = tell(cast, cast.ruth), tell(cast, cast.ruth, path="")
    client.force_login(cast.ruth)
    assert client.post(reverse("notice_read", args=[mine.id])).headers["Location"] == "/somewhere/"
    assert client.post(reverse("notice_read", args=[plain.id])).headers["Location"] == reverse("notices")
    assert Notice.objects.unread().count() == 0


def test_a_notice_without_a_path_leads_where_its_kind_is_dealt_with(client: Client, cast: make.Cast) -> None:
    """A round speaks of itself from a worker too, who knows no addresses."""
    for kind, page in {**OF_STUDY, **OF_ROUND}.items():
        assert resolve(leads_to(Notice(study=cast.study, kind=kind, about=cast.study.id))).url_name == page
    round = stage.open_round(cast)
    stage.submit(round, cast.ruth, cast.jin)
    agreement.release_now(round=round, by=cast.pi, now=make.NOW)
    client.force_login(cast.ruth)
    here = reverse("round", args=[cast.study.id, round.id])
    assert f'<a href="{here}">Round 1 is released' in client.get(at("study_today", cast)).text
    told = Notice.objects.get(recipient=cast.ruth, kind="round released")
    assert client.post(reverse("notice_read", args=[told.id])).headers["Location"] == here


def test_the_notice_of_somebody_else_is_not_found(client: Client, cast: make.Cast) -> None:
    his = tell(cast, cast.jin)
    client.force_login(cast.ruth)
    assert client.post(reverse("notice_read", args=[his.id])).status_code == 404
    client.post(reverse("notices_read"))
    assert list(Notice.objects.unread()) == [his]


def test_without_notices_the_page_says_what_will_stand_there(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert "Nobody has told you anything yet." in client.get(reverse("notices")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_notices(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    tell(cast, cast.ruth)
    one = queries_of(client, reverse("notices"))
    tell(cast, cast.ruth)
    tell(cast, cast.ruth)
    assert queries_of(client, reverse("notices")) == one
