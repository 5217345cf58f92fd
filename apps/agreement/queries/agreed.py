"""The passages on which two coders agreed: what stands on the diagonal of who used which code where."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.models import AgreementRun
from apps.agreement.queries.choosing import Choice, transcripts_of
from apps.codebooks.models import Code
from apps.coding.models import Coding, CodingQuerySet
from apps.coding.queries import PERSON

MEMBER = "assignment__in_round__round_transcript"


def agreed(
    *, run: AgreementRun, choice: Choice, code: Code, coders: tuple[UUID, UUID], reader: User
) -> CodingQuerySet:
    """What the first of two coded with a code where the second did too, in the transcripts of a choice."""
    first, second = coders
    here = {"code": code, "assignment__voided_at": None}
    theirs = Coding.objects.standing().filter(
        **here,
        **{MEMBER: OuterRef(MEMBER)},
        assignment__coder=second,
        start__lt=OuterRef("end"),
        end__gt=OuterRef("start"),
    )
    mine = Coding.objects.visible_to(reader).standing().filter(**here, assignment__coder=first)
    counted = {f"{MEMBER}__round": run.round_id, f"{MEMBER}__transcript_version__in": _versions(run, choice)}
    text = "assignment__transcript_version"
    return (
        mine.filter(Exists(theirs), **counted)
        .select_related("code", "assignment__coder", f"{PERSON}__group", "memo")
        .defer(f"{text}__text", f"{text}__sentence_starts", f"{text}__sentence_ends")
        .order_by(f"{MEMBER}__position", "start", "end", "id")
    )


def _versions(run: AgreementRun, choice: Choice) -> Collection[str]:
    """The texts that the figures of a choice count."""
    return transcripts_of(choice, engine.unpack(bytes(run.tables), levels=()))
