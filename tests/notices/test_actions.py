from datetime import datetime, timedelta

from apps.notices import actions
from apps.notices.models import Notice
from tests import make


def tell(cast: make.Cast, text: str, now: datetime) -> Notice:
    return actions.tell(recipient=cast.ruth, study=cast.study, kind="assigned", text=text, path="/", now=now)


def test_what_one_is_told_is_ones_own_and_the_newest_comes_first(cast: make.Cast, now: datetime) -> None:
    tell(cast, "first", now)
    tell(cast, "second", now + timedelta(hours=1))
    assert [notice.text for notice in Notice.objects.visible_to(cast.ruth)] == ["second", "first"]
    assert list(Notice.objects.visible_to(cast.jin)) == []


def test_a_notice_is_read_once(cast: make.Cast, now: datetime) -> None:
    notice = tell(cast, "first", now)
    actions.read(notice, now=now)
    actions.read(notice, now=now + timedelta(hours=1))
    notice.refresh_from_db()
    assert notice.read_at == now


def test_reading_all_leaves_the_lists_of_others_alone(cast: make.Cast, now: datetime) -> None:
    tell(cast, "first", now)
    tell(cast, "second", now)
    actions.tell(recipient=cast.jin, study=cast.study, kind="assigned", text="his", now=now)
    assert actions.read_all(by=cast.ruth, now=now) == 2
    assert [notice.recipient for notice in Notice.objects.unread()] == [cast.jin]


def test_a_long_text_is_cut_and_not_refused(cast: make.Cast, now: datetime) -> None:
    assert tell(cast, "x" * 400, now).text == "x" * 300
