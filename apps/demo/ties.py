"""Who of the invented team knows whom: one analyst knew two sites, and one interviewer works at a third."""

from datetime import datetime

from apps.accounts.models import User
from apps.demo import team
from apps.participants import actions
from apps.participants.models import Rule, Tie
from apps.studies.models import Study


def record_ties(study: Study, users: dict[str, User], *, by: User, now: datetime) -> None:
    """The register as it stands when the last round is planned."""
    northmoor, eastvale = (study.sites.get(name=name) for name in ("Northmoor", "Eastvale"))
    callum, sam = users[team.THIRD_CODER], users["Sam Adeyemi"]
    actions.record_tie(
        study=study,
        member=callum,
        to=eastvale,
        kind=Tie.Kind.WORKED,
        note="Placement of six months, before the Hub was opened.",
        interview=Rule.BLOCK,
        by=by,
        now=now,
    )
    actions.record_tie(study=study, member=sam, to=northmoor, kind=Tie.Kind.EMPLOYED, by=by, now=now)
