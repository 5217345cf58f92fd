from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.notices import actions
from apps.notices.models import Notice
from tests import make
from tests.web.asking import queries_of


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
