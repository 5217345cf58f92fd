import pytest
from django.db import IntegrityError, transaction

from apps.agreement import actions, queries
from apps.agreement.models import CodebookChange, Decision, Discrepancy, Round
from apps.audit.models import AuditEvent
from apps.codebooks import actions as codebooks
from apps.codebooks.models import CodebookVersion
from apps.core.identity import acting_as
from apps.notices.models import Notice
from tests import make
from tests.agreement import stage

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
WORDING = "a2 does not say whose time it means."


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    return stage.conferring(cast, round)


@pytest.fixture
def change(cast: make.Cast, found: dict[str, Discrepancy]) -> CodebookChange:
    actions.settle(
        discrepancy=found["a2"],
        outcome=Decision.Outcome.CODEBOOK,
        reason=WORDING,
        by=cast.adjudicator,
        now=NOW,
    )
    return CodebookChange.objects.get()


def new_version(cast: make.Cast, round: Round, *changes: CodebookChange) -> CodebookVersion:
    codebook = round.codebook_version.codebook
    return actions.open_version(codebook=codebook, changes=changes, by=cast.pi, now=NOW)


def test_a_version_names_the_discrepancies_it_was_made_for(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy], change: CodebookChange
) -> None:
    version = new_version(cast, round, change)
    with acting_as(cast.pi.id):
        (told,) = queries.codebook_changes(study=cast.study, reader=cast.pi, version=version)
    assert (told.wording, told.proposed_by, told.round) == (WORDING, "Tomas Reyes", round)
    assert (told.discrepancy_id, told.state, told.made_in) == (found["a2"].id, "made", version)
    event = AuditEvent.objects.get(verb="took in changes")
    assert (event.object_id, event.detail) == (version.id, {"discrepancies": [str(found["a2"].id)]})
    assert Notice.objects.get(kind="codebook change").recipient == cast.adjudicator


def test_what_was_taken_in_cannot_be_taken_in_or_declined_once_more(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    version = new_version(cast, round, change)
    with pytest.raises(actions.NotWaiting):
        actions.take_in(version=version, changes=[change], by=cast.pi, now=NOW)
    with pytest.raises(actions.NotWaiting):
        actions.decline(change=change, reason="It is clear enough.", by=cast.pi, now=NOW)


def test_a_draft_that_is_thrown_away_lets_go_of_its_changes(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    codebooks.discard(version=new_version(cast, round, change), by=cast.pi, now=NOW)
    change.refresh_from_db()
    assert change.is_open


def test_a_change_goes_into_a_draft_and_out_of_it_but_not_out_of_a_version_in_use(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    version = new_version(cast, round)
    actions.take_in(version=version, changes=[change], by=cast.pi, now=NOW)
    assert actions.put_back(change=change, by=cast.pi, now=NOW).is_open
    with pytest.raises(actions.NothingToPutBack):
        actions.put_back(change=change, by=cast.pi, now=NOW)
    actions.take_in(version=version, changes=[change], by=cast.pi, now=NOW)
    codebooks.freeze(version=version, by=cast.pi, now=NOW)
    with pytest.raises(actions.MadeForGood):
        actions.put_back(change=change, by=cast.pi, now=NOW)


def test_nothing_is_taken_into_a_version_in_use(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    with pytest.raises(actions.MadeForGood):
        actions.take_in(version=round.codebook_version, changes=[change], by=cast.pi, now=NOW)


def test_a_decline_needs_a_reason_and_can_be_taken_back(cast: make.Cast, change: CodebookChange) -> None:
    with pytest.raises(actions.ReasonNeeded):
        actions.decline(change=change, reason="  ", by=cast.pi, now=NOW)
    declined = actions.decline(change=change, reason="The example says it.", by=cast.pi, now=NOW)
    assert (declined.declined_by, declined.declined_reason) == (cast.pi, "The example says it.")
    assert actions.put_back(change=change, by=cast.pi, now=NOW).is_open


def test_a_decision_that_is_undone_takes_its_proposal_along(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy], change: CodebookChange
) -> None:
    actions.undo(discrepancy=found["a2"], by=cast.adjudicator, now=NOW)
    with pytest.raises(actions.NotWaiting):
        new_version(cast, round, change)
    assert CodebookVersion.objects.count() == 1


def test_the_pair_is_not_named_where_the_round_hides_it(cast: make.Cast) -> None:
    found = stage.conferring(cast, stage.open_round(cast, has_unnamed_sides=True))
    for coder in (cast.ruth, cast.jin):
        with acting_as(coder.id):
            actions.propose(
                discrepancy=found["a2"],
                outcome=Decision.Outcome.CODEBOOK,
                reason=WORDING,
                by=coder,
                now=NOW,
            )
    names = {}
    for reader in (cast.ruth, cast.adjudicator):
        with acting_as(reader.id):
            (told,) = queries.codebook_changes(study=cast.study, reader=reader)
        names[reader.name] = told.proposed_by
    assert names == {"Ruth Hale": "Jin Park", "Tomas Reyes": "The pair"}


def test_who_codes_the_text_blind_once_more_is_not_told(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    version = round.transcripts.get().transcript_version
    make.assignment(cast.study, cast.pi, version=version, codebook=round.codebook_version)
    with acting_as(cast.pi.id):
        assert queries.codebook_changes(study=cast.study, reader=cast.pi) == []


def test_the_database_keeps_declines_whole_and_apart_from_what_was_made(
    cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    rows = CodebookChange.objects.filter(id=change.id)
    with pytest.raises(IntegrityError, match="declined_by_somebody_for_a_reason"), transaction.atomic():
        rows.update(declined_at=NOW)
    declined = {"declined_at": NOW, "declined_by": cast.pi, "declined_reason": "No."}
    with pytest.raises(IntegrityError, match="is_not_made_and_declined"), transaction.atomic():
        rows.update(made_in=round.codebook_version, **declined)
