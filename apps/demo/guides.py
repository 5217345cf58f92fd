"""The topic guides of the demonstration: two versions for each group, read by people from outside."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from apps.accounts.models import User
from apps.codebooks.models import CodebookVersion
from apps.demo.calendar import some_days_after
from apps.demo.codebook import codes_of
from apps.demo.people import KEYWORKERS
from apps.participants import actions
from apps.participants.actions import Question
from apps.participants.models import Interview, TopicGuide
from apps.studies.models import ParticipantGroup, Study

# A question, and the ideas that it asks about.
Asked = tuple[str, tuple[str, ...]]
FOR_THOSE_WHO_MAY_USE_IT: tuple[Asked, ...] = (
    ("How did you first hear of the hub, and what did you take it to be?", ("differentiation",)),
    ("What did people around you say about it?", ("communal_specification", "legitimation")),
    ("What made you get in touch, or not?", ("initiation", "individual_specification")),
    ("Did you feel it was meant for somebody like you?", ("legitimation", "internalisation")),
    ("How did using it fit with your work and your shifts?", ("interactional_workability",)),
    ("Looking back, what did it do for you?", ("individual_appraisal",)),
)
FOR_THOSE_WHO_RUN_IT: tuple[Asked, ...] = (
    ("What is your part in the hub?", ("individual_specification", "skillset_workability")),
    ("How would you tell it from what was there before?", ("differentiation",)),
    ("Who had to be won over, and how did that go?", ("enrolment", "initiation")),
    ("How does the work pass from one service to the next?", ("relational_integration",)),
    ("What do your employers put in place for it, or not?", ("contextual_integration",)),
    ("How do you know whether it works?", ("systematisation", "communal_appraisal")),
)
ADDED: Asked = (
    "What would you change about it, and has anything been changed already?",
    ("reconfiguration",),
)
REVIEWERS = "Public involvement group, five members"
FIRST_REVIEW = (
    "The words “psychological intervention” and “uptake” say nothing to us. Ask how people heard of it "
    "before asking what they think of it.",
    "Plain words throughout; the question of how people heard of it comes first.",
)
SECOND_REVIEW = (
    "Nobody is asked what should be different. People who had a poor time of it need a place to say so.",
    "A question about what should change was added at the end.",
)


def make_guides(
    study: Study, groups: Mapping[str, ParticipantGroup], version: CodebookVersion, *, by: User
) -> None:
    """Each group's guide as it was first, and as it was after three fifths of the interviews."""
    lineages = {name: code.lineage for name, code in codes_of(version).items()}
    for stem, group in groups.items():
        asked = FOR_THOSE_WHO_MAY_USE_IT if stem in KEYWORKERS else FOR_THOSE_WHO_RUN_IT
        held = Interview.objects.filter(participant__group=group, held_on__isnull=False)
        days = sorted(day for day in held.values_list("held_on", flat=True) if day is not None)
        for questions, used_from, note, (said, changed) in (
            (asked, days[0], "", FIRST_REVIEW),
            ((*asked, ADDED), days[len(days) * 3 // 5], "What should change is asked too.", SECOND_REVIEW),
        ):
            guide = actions.begin_guide(
                study=study,
                group=group,
                questions=[
                    Question(text, tuple(lineages[name] for name in ideas)) for text, ideas in questions
                ],
                used_from=used_from,
                note=note,
                by=by,
                now=_morning(used_from, 7),
            )
            _review(guide, said, changed, used_from, by=by)
            held.filter(held_on__gte=used_from).update(topic_guide=guide)


def _review(guide: TopicGuide, said: str, changed: str, used_from: date, *, by: User) -> None:
    actions.review_guide(
        guide=guide,
        reviewed_on=used_from - timedelta(days=10),
        reviewers=REVIEWERS,
        note=said,
        changed=changed,
        by=by,
        now=_morning(used_from, 7),
    )


def _morning(day: date, days_before: int) -> datetime:
    return some_days_after(day, -days_before)
