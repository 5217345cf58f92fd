"""Lists that a worker is to write or to take back: which they are, and how far each is."""

from django.db.models import QuerySet

from apps.exports.models import Import
from apps.jobs.models import Run
from apps.studies.models import Study

LIST_RUN, UNDO_RUN = "list import", "list undo"


def run_of(started: Import, kind: str = LIST_RUN) -> Run | None:
    """The newest run that writes the list, or takes it back."""
    runs = started.study.runs.filter(kind=kind, arguments={"import": str(started.id)})
    return runs.order_by("-created_at").first()


def is_under_way(started: Import) -> bool:
    """Whether a worker has the list, or will have it."""
    run = run_of(started)
    return run is not None and not run.is_over


def lists_under_way(study: Study) -> QuerySet[Import]:
    """Those that nobody may change or forget meanwhile."""
    runs = Run.objects.unfinished().filter(study=study, kind=LIST_RUN)
    keys = [arguments["import"] for arguments in runs.values_list("arguments", flat=True)]
    return study.imports.filter(id__in=keys, done_at=None)


def undos_under_way(study: Study) -> set[str]:
    """The keys of lists that a worker takes back."""
    runs = Run.objects.unfinished().filter(study=study, kind=UNDO_RUN)
    return {arguments["import"] for arguments in runs.values_list("arguments", flat=True)}


def undoing_state(written: Import) -> str:
    """queued, running, done, failed; or refused, where the run says why."""
    run = _ended_with(written, UNDO_RUN)
    if written.undone_at is not None or run is None:
        return "done" if written.undone_at else "not asked"
    return "refused" if run.state == Run.State.DONE else run.state


def writing_state(started: Import) -> str:
    """queued, running, done, failed; or refused, where the worker found what stands in the way."""
    run = _ended_with(started, LIST_RUN)
    if started.done_at is not None or run is None:
        return "done" if started.done_at else "not asked"
    return "refused" if run.state == Run.State.DONE else run.state


def _ended_with(one: Import, kind: str) -> Run | None:
    """The run, and the list as it is after it: a worker may have ended since the list was read."""
    run = run_of(one, kind)
    if run is not None and run.is_over:
        one.refresh_from_db(fields=["done_at", "created_count", "changed_count", "undone_at"])
    return run
