"""The main job, by the people who do it: from an empty server to a consensus with everything on record."""

from collections.abc import Callable

from tests.journeys.beginnings import invite, join, open_study, set_up
from tests.journeys.person import Person
from tests.running import Running


def test_main_job(concord: Running, newcomer: Callable[[str], Person]) -> None:
    pi, leila = newcomer("Amara Osei"), newcomer("Leila Haddad")
    ruth, jin, tomas = newcomer("Ruth Hale"), newcomer("Jin Park"), newcomer("Tomas Reyes")

    study = open_study(concord, pi, "Staff support")
    set_up(pi, study, sites=["Northmoor", "Eastfield"], groups=["Hub client", "Hub staff"])
    for guest, role in ((leila, "administrator"), (ruth, "coder"), (jin, "coder"), (tomas, "adjudicator")):
        join(guest, invite(pi, study, guest, role))
