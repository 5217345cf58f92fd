"""A text is corrected while people code it: one version, one move of all that may still change, once."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.models import Round, RoundTranscript
from apps.audit.actions import record
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.jobs import actions as jobs
from apps.jobs.models import Run
from apps.notices import actions as notices
from apps.transcripts import actions as transcripts
from apps.transcripts.models import Correction, TranscriptVersion

KIND = "correction"


@transaction.atomic
def correct_text(
    *,
    version: TranscriptVersion,
    words: Mapping[int, str],
    hides_somebody: bool = False,
    by: User,
    now: datetime,
) -> Run:
    """Has a worker put other words into some turns (by position) and move all codings with their words."""
    correction = transcripts.ask_for_correction(
        version=version, words=words, hides_somebody=hides_somebody, by=by, now=now
    )
    return jobs.request(
        study=version.transcript.study,
        kind=KIND,
        task="agreement.carry_correction",
        input_hash=hashlib.sha256(f"{KIND}:{correction.id}".encode()).hexdigest(),
        by=by,
        arguments={"correction": str(correction.id), "transcript": str(version.transcript_id)},
    )


def carry_correction(*, run_id: UUID, now: datetime) -> None:
    """The worker's part, in one transaction: a killed worker leaves nothing half-written."""
    with jobs.attempt(run_id) as run:
        if run is None:
            return
        related = ("before__transcript__study", "before__transcript__interview__participant", "asked_by")
        # Of people, a worker may read names only.
        rows = Correction.objects.select_related(*related).only(
            "before", "words", "changes", "hides_somebody", "carried_at", "asked_by__name",
            "before__text", "before__number", "before__length", "before__sentence_starts",
            "before__sentence_ends", "before__source_file_id", "before__transcript__study__name",
            "before__transcript__interview__participant__pseudonym",
        )  # fmt: skip
        correction = rows.get(id=run.arguments["correction"])
        with transaction.atomic():
            jobs.finish(run)
            _carry(correction, now=now)


def _carry(correction: Correction, *, now: datetime) -> None:
    # Rounds first, as everywhere: a release and a submission wait here.
    open_rounds = Round.objects.select_for_update().filter(released_at=None, closed_at=None)
    rounds = list(open_rounds.filter(transcripts__transcript_version=correction.before_id).order_by("id"))
    version = transcripts.write_corrected(correction)
    coding.carry(correction=correction, corrected=version, now=now)
    blind = RoundTranscript.objects.filter(round__in=rounds, batch__released_at=None)
    blind.filter(transcript_version=correction.before_id).update(transcript_version=version)
    _tell(correction, version, now=now)


def _tell(correction: Correction, version: TranscriptVersion, *, now: datetime) -> None:
    """The trail and the coders; the same words for whoever coded much, little or nothing."""
    transcript = correction.before.transcript
    record(
        "corrected",
        "transcript",
        by=correction.asked_by,
        now=now,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=str(transcript),
        version=version.number,
        turns=[int(position) + 1 for position in sorted(correction.words, key=int)],
        blacked_out_before=correction.hides_somebody,
        # Without a number: it would tell how much of the text somebody has coded blind.
        files_with_these_words="taken away" if correction.hides_somebody else "stay",
    )
    told = gettext("The text of %(transcript)s was corrected. Your codings moved with their words.")
    work = CodingAssignment.objects.filter(transcript_version=version, voided_at=None)
    for assignment in work.select_related("coder").only("coder__name"):
        notices.tell(
            recipient=assignment.coder,
            study=transcript.study,
            kind="text corrected",
            text=told % {"transcript": transcript},
            now=now,
        )
