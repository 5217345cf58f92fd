"""What a correction of a text leaves as it is, and how far the worker is with one."""

from apps.agreement.models import Round
from apps.jobs.models import Run
from apps.transcripts.models import Transcript, TranscriptVersion


def rounds_that_stay(version: TranscriptVersion) -> list[Round]:
    """Released rounds: their codings and figures stay with the text on which they were made."""
    released = {"transcripts__transcript_version": version, "transcripts__batch__released_at__isnull": False}
    return list(Round.objects.filter(**released))


def correction_at_work(transcript: Transcript) -> Run | None:
    """The correction that is being carried out, or has failed."""
    runs = Run.objects.filter(study=transcript.study_id, kind="correction")
    return runs.filter(arguments__transcript=str(transcript.id)).exclude(state=Run.State.DONE).first()
