"""A long list is taken back by a worker, as it was written by one."""

from datetime import datetime
from uuid import UUID

from apps.accounts.models import User
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from apps.exports.actions.imports import CannotBeUndone, undo
from apps.exports.actions.long_imports import LONG
from apps.exports.models import Import
from apps.exports.queries.under_way import UNDO_RUN, run_of
from apps.jobs import actions as jobs
from apps.jobs.models import Run
from apps.participants import actions as participants

# Looking whether anybody changed these people since is about this part of the work.
_LOOKING = 0.6


def is_long_undo(written: Import) -> bool:
    """Whether a worker should take the list back."""
    return written.created_count + written.changed_count > LONG


def request_undo(*, written: Import, by: User, now: datetime) -> Run:
    """Asks a worker to take the list back; whoever asks again before it is over gets the same run."""
    if not written.can_be_undone:
        raise CannotBeUndone
    run = run_of(written, UNDO_RUN)
    if run and not run.is_over:
        return run
    return jobs.request(
        study=written.study,
        kind=UNDO_RUN,
        task="exports.undo_list",
        input_hash=f"{written.id.hex}{now:%Y%m%d%H%M%S}",
        by=by,
        arguments={"import": str(written.id)},
    )


def undo_in_worker(*, run_id: UUID, now: datetime) -> None:
    """Looks whether it can be taken back, telling how far it is, then takes back all of it or nothing."""
    with jobs.attempt(run_id) as run:
        if run is None or run.requested_by is None:
            return
        written = Import.objects.select_related("study").get(id=run.arguments["import"])
        refusal = ""
        try:
            # Told outside a transaction, else nobody would see it before the end.
            _look(written, run)
        except Refused as refused:
            refusal = str(refused)
        with acting_as(run.requested_by.id):
            try:
                if written.can_be_undone and not refusal:
                    undo(written=written, by=run.requested_by, now=now)
            except Refused as refused:
                refusal = str(refused)
            jobs.finish(run, refusal=refusal)


def _look(written: Import, run: Run) -> None:
    """Says no before anything is locked; undoing asks all of it again."""
    if written.can_be_undone and written.kind == Import.Kind.PARTICIPANTS:
        participants.check_untouched(
            made=written.before["made"],
            changed=written.before["changed"],
            tell=lambda share: jobs.progress(run, done_share=share * _LOOKING),
        )
    jobs.progress(run, done_share=_LOOKING)
