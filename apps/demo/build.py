"""Builds the demonstration study: all of it, or nothing."""

from datetime import datetime

from django.db import transaction

from apps.audit.actions import record
from apps.core.identity import unattended
from apps.demo import (
    changes,
    codebook,
    consents,
    contacts,
    guides,
    people,
    quotations,
    team,
    ties,
    transcripts,
)
from apps.demo.calendar import PEOPLE_LISTED, STUDY_OPENED, last_morning
from apps.demo.coding import PrimaryCoding
from apps.demo.keys import key
from apps.demo.recruitment import make_recruitment
from apps.demo.rounds import Roles, Rounds
from apps.demo.scripts import scripts
from apps.studies.models import Study

NAME = "Staff support hubs (invented demonstration)"
QUESTION = (
    "What helped, and what hindered, a regional support hub for health and care staff in becoming an "
    "ordinary part of working life? All people and interviews in this study are invented."
)


def is_there() -> bool:
    """Whether the demonstration was built in this database already."""
    return Study.objects.filter(id=key("study")).exists()


@transaction.atomic
@unattended("demo")
def build(*, now: datetime, is_full: bool = False) -> Study:
    """The demonstration as of `now`; with `is_full` all transcripts have the length of real ones."""
    this_morning = last_morning(now)
    users = team.make_users()
    pi, administrator = users[team.PI], users[team.ADMINISTRATOR]
    coders = (users[team.FIRST_CODER], users[team.SECOND_CODER])
    study = Study.objects.create(
        id=key("study"), name=NAME, question=QUESTION, is_demonstration=True, opened_by=pi
    )
    record(
        "opened", "study", by=pi, now=STUDY_OPENED, study_id=study.id, object_id=study.id, object_name=NAME
    )
    sites = people.make_sites(study)
    groups = people.make_groups(study)
    team.join(study, users, sites, now=STUDY_OPENED)
    interviews = people.make_people(study, users, sites, groups, by=administrator, now=PEOPLE_LISTED)
    consents.make_consents(study)
    contacts.make_contacts(study, by=administrator, now=PEOPLE_LISTED)
    make_recruitment(study, sites, groups, by=administrator, now=PEOPLE_LISTED)
    spoken = scripts(is_full=is_full)
    versions = transcripts.make_transcripts(study, interviews, spoken, by=administrator)
    quotations.show_some(study, versions.values(), by=administrator)
    first = codebook.make_codebook(study, by=pi)
    guides.make_guides(study, groups, first, by=administrator)
    rounds = Rounds(study, Roles(pi, coders, users[team.ADJUDICATOR]), versions, spoken)
    rounds.calibration(first)
    rounds.main(first)
    codebook.give_ruling(first, by=pi)
    second = codebook.clarify(first, by=pi)
    primary = PrimaryCoding(study, second, versions, spoken, by=pi)
    primary.finished([*coders, users[team.THIRD_CODER]])
    rounds.conferring(second, now=this_morning)
    primary.in_hand([*coders, users[team.THIRD_CODER]], now=this_morning)
    primary.openly(coders[1], now=this_morning)
    rounds.blind(second, now=this_morning)
    rounds.in_batches(second, now=this_morning)
    ties.record_ties(study, users, by=administrator, now=this_morning)
    changes.look_again(study, by=pi, now=this_morning)
    rounds.planned(second, users[team.THIRD_CODER], now=this_morning)
    return study
