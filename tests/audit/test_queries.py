from datetime import timedelta

from apps.audit.actions import record
from apps.audit.queries import choices, events
from apps.core import identity
from tests import make


def done(cast: make.Cast, verb: str, noun: str, *, days: int = 0, by: str = "pi") -> None:
    record(
        verb,
        noun,
        by=getattr(cast, by),
        now=make.NOW + timedelta(days=days),
        study_id=cast.study.id,
        object_name=f"{noun} {days}",
    )


def names(cast: make.Cast, **wanted: object) -> list[str]:
    return [event.object_name for event in events(cast.study.id, **wanted)]  # type: ignore[arg-type]


def test_the_trail_is_narrowed_by_person_verb_noun_and_both_days(cast: make.Cast) -> None:
    done(cast, "added", "site")
    done(cast, "added", "group", days=1, by="administrator")
    done(cast, "removed", "group", days=2)
    record(
        "added", "site", by=cast.outsider, now=make.NOW, study_id=cast.outsider.id, object_name="elsewhere"
    )
    first = make.NOW.date()
    assert names(cast) == ["group 2", "group 1", "site 0"]
    assert names(cast, person=cast.pi.id) == ["group 2", "site 0"]
    assert names(cast, verb="added") == ["group 1", "site 0"]
    assert names(cast, noun="group", verb="added") == ["group 1"]
    assert names(cast, since=first + timedelta(days=1)) == ["group 2", "group 1"]
    assert names(cast, until=first) == ["site 0"]


def test_a_person_is_offered_once_under_the_latest_name(cast: make.Cast) -> None:
    done(cast, "added", "site")
    cast.pi.name = "Amara Osei-Mensah"
    done(cast, "removed", "site", days=1)
    offered = choices(cast.study.id)
    assert offered.people == [(cast.pi.id, "Amara Osei-Mensah")]
    assert (offered.verbs, offered.nouns) == (["added", "removed"], ["site"])


def test_an_event_keeps_the_address_it_came_from(cast: make.Cast) -> None:
    token = identity.address.set("192.0.2.7")
    try:
        done(cast, "added", "site")
    finally:
        identity.address.reset(token)
    assert events(cast.study.id).get().address == "192.0.2.7"
