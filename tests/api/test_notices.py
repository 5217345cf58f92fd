from django.test import Client
from django.urls import reverse

from tests import make
from tests.web.test_notices import tell


def test_ones_own_notices_are_listed_counted_and_read(client: Client, cast: make.Cast) -> None:
    mine = [tell(cast, cast.ruth) for _ in range(2)]
    tell(cast, cast.jin)
    client.force_login(cast.ruth)
    listed = client.get(reverse("api:notices")).json()["results"]
    assert {row["id"] for row in listed} == {str(notice.id) for notice in mine}
    client.post(reverse("api:notice_read", args=[mine[0].id]))
    assert client.get(reverse("api:notices_unread")).json() == {"unread": 1}
    client.delete(reverse("api:notices_unread"))
    assert client.get(reverse("api:notices_unread")).json() == {"unread": 0}


def test_the_notice_of_somebody_else_is_not_found(client: Client, cast: make.Cast) -> None:
    his = tell(cast, cast.jin)
    client.force_login(cast.ruth)
    assert client.post(reverse("api:notice_read", args=[his.id])).status_code == 404
