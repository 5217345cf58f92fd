"""Discrepancies: read, proposed on, discussed, left to the adjudicator, settled.

Where a round hides the sides from a reader, `first` and `second` are shuffled for each discrepancy, and no id
leads to a coder.
"""

from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions, queries
from apps.agreement.models import Comment, Decision, Discrepancy, Proposal, Resolution, Round
from apps.agreement.queries import Wish
from apps.api.access import StudyView
from apps.codebooks.models import Code
from apps.studies.permissions import Permission

SIDES = ("assignment", "code", "codings")


class DiscrepancyOut(serializers.ModelSerializer[Discrepancy]):
    transcript_version = serializers.UUIDField(source="round_transcript.transcript_version_id")
    outcome = serializers.CharField(allow_null=True, help_text="Null while it is open.")

    class Meta:
        model = Discrepancy
        fields = [
            "id",
            "kind",
            "transcript_version",
            "start",
            "end",
            "answer",
            "first_assignment",
            "second_assignment",
            "first_code",
            "second_code",
            "first_codings",
            "second_codings",
            "outcome",
        ]

    def to_representation(self, instance: Discrepancy) -> dict[str, Any]:
        shown = super().to_representation(instance)
        round, reader = self.context.get("round"), self.context.get("reader")
        if round is None or reader is None:
            return shown
        if not queries.hides_names(round=round, discrepancy=instance, reader=reader):
            return shown
        if queries.is_turned(instance.id):
            for name in SIDES:
                one, other = f"first_{name}", f"second_{name}"
                shown[one], shown[other] = shown[other], shown[one]
            shown["outcome"] = queries.as_stored(shown["outcome"], is_turned=True)
        hidden = {
            f"{side}_{name}": None for side in ("first", "second") for name in ("assignment", "codings")
        }
        return {**shown, **hidden}


class PassageOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    influence = serializers.CharField()


class DecisionIn(serializers.Serializer[Any]):
    """What should stand; `extent` and `influence` are left out where they stay as they were coded."""

    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices)
    extent = serializers.ChoiceField(choices=Decision.Extent.choices, allow_blank=True, default="")
    code = serializers.PrimaryKeyRelatedField(
        queryset=Code.objects.none(), allow_null=True, default=None, help_text='With the outcome "another".'
    )
    start = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    end = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    influence = serializers.ChoiceField(choices=Decision.Influence.choices, allow_blank=True, default="")
    cause = serializers.ChoiceField(choices=Decision.Cause.choices, allow_blank=True, default="")
    reason = serializers.CharField(allow_blank=True, default="", max_length=2000)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["code"].queryset = Code.objects.filter(version__codebook__study=study)
        return fields


class ToldOut(serializers.Serializer[Any]):
    """A proposal or decision in words, with the names that the reader may know."""

    id = serializers.UUIDField()
    by = serializers.CharField()
    is_mine = serializers.BooleanField()
    at = serializers.DateTimeField()
    words = serializers.CharField()
    cause = serializers.CharField()
    reason = serializers.CharField()


class ResolutionOut(serializers.ModelSerializer[Resolution]):
    passages = PassageOut(many=True, source="passages.all")

    class Meta:
        model = Resolution
        fields = [
            "id",
            "discrepancy",
            "outcome",
            "extent",
            "influence",
            "cause",
            "reason",
            "decided_by",
            "decided_at",
            "undone_at",
            "passages",
        ]

    def to_representation(self, instance: Resolution) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if self.context.get("is_turned"):
            shown["outcome"] = queries.as_stored(shown["outcome"], is_turned=True)
        if self.context.get("hides_pair") and instance.confirmed_by_id is not None:
            shown["decided_by"] = None
        return shown


class CommentIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)


class CommentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    author = serializers.CharField()
    is_mine = serializers.BooleanField()
    written_at = serializers.DateTimeField()
    text = serializers.CharField()


class CaseOut(serializers.Serializer[Any]):
    """All that was proposed, decided and written on a discrepancy, as far as the reader may see it."""

    proposals = ToldOut(many=True)
    resolution = ToldOut(allow_null=True)
    escalated_by = serializers.CharField(allow_blank=True)
    thread = CommentOut(many=True)
    may_decide = serializers.BooleanField(help_text="Whether the reader may settle it alone now.")
    remark = serializers.CharField(
        allow_blank=True, help_text="Why the reader may not, or the tie that a decision is recorded with."
    )


class WaitingOut(serializers.Serializer[Any]):
    round = serializers.UUIDField()
    discrepancy = serializers.UUIDField()
    transcript = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    in_place_of = serializers.CharField(
        help_text="The adjudicator of the round, where they may not decide it and the reader can."
    )


class RoundView(StudyView):
    """An endpoint below one round of the study."""

    def round(self, round_id: UUID) -> Round:
        return get_object_or_404(self.study.rounds.select_related("study", "adjudicator"), id=round_id)


class DiscrepancyView(RoundView):
    """An endpoint below one discrepancy; another's blinded one is not found."""

    serializer_class: type[serializers.BaseSerializer[Any]] = DiscrepancyOut

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        round_id = self.kwargs.get("round_id") if hasattr(self, "study") else None
        if round_id is None:
            return context
        return {**context, "round": self.study.rounds.filter(id=round_id).first(), "reader": self.person}

    def discrepancy(self, round_id: UUID, discrepancy_id: UUID) -> Discrepancy:
        self.at_round = self.round(round_id)
        rows = queries.with_codings(queries.discrepancies(round=self.at_round, user=self.person))
        return get_object_or_404(rows, id=discrepancy_id)

    def is_turned(self, row: Discrepancy) -> bool:
        hides = queries.hides_names(round=self.at_round, discrepancy=row, reader=self.person)
        return hides and queries.is_turned(row.id)

    def wish(self, row: Discrepancy) -> Wish:
        """The decision of the body, with the sides as they are stored."""
        given = self.given(DecisionIn)
        outcome = queries.as_stored(given.pop("outcome"), is_turned=self.is_turned(row))
        return cast(Wish, {"outcome": Decision.Outcome(outcome), **given})

    def resolved(self, resolution: Resolution, row: Discrepancy, status: int = 200) -> Response:
        hides = queries.hides_names(round=self.at_round, discrepancy=row, reader=self.person)
        context = {
            **self.get_serializer_context(),
            "is_turned": hides and queries.is_turned(row.id),
            "hides_pair": hides,
        }
        return Response(ResolutionOut(resolution, context=context).data, status=status)

    def case(self, row: Discrepancy, status: int = 200) -> Response:
        deciding = queries.deciding(
            round=self.at_round,
            round_transcript=row.round_transcript,
            reader=self.person,
            membership=self.membership,
        )
        found = queries.case(
            discrepancy=row, round=self.at_round, reader=self.person, is_asked_to_decide=deciding.may
        )
        facts = {
            "proposals": [each for each in (found.mine, found.theirs) if each]
            or [side.proposal for side in found.sides if side.proposal],
            "resolution": found.resolution,
            "escalated_by": found.escalated_by,
            "thread": found.thread,
            "may_decide": deciding.may,
            "remark": deciding.remark,
        }
        return Response(CaseOut(facts).data, status=status)


class Discrepancies(DiscrepancyView):
    access = Permission.DISCREPANCIES_VIEW

    @extend_schema(
        operation_id="discrepancies_list",
        summary="Discrepancies of a round",
        responses=DiscrepancyOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        rows = queries.discrepancies(round=self.round(round_id), user=self.person)
        return self.page(queries.with_codings(queries.to_walk(rows)))


class OneDiscrepancy(DiscrepancyView):
    access = Permission.DISCREPANCIES_VIEW

    @extend_schema(operation_id="discrepancy_read", summary="One discrepancy")
    def get(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        return Response(self.get_serializer(self.discrepancy(round_id, discrepancy_id)).data)


class Case(DiscrepancyView):
    access = Permission.DISCREPANCIES_VIEW
    serializer_class = CaseOut

    @extend_schema(operation_id="discrepancy_case", summary="Proposals, decision and thread of a discrepancy")
    def get(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        return self.case(self.discrepancy(round_id, discrepancy_id))


class Settle(DiscrepancyView):
    access = Permission.DISCREPANCIES_SETTLE
    serializer_class = ResolutionOut

    @extend_schema(
        operation_id="discrepancy_settle",
        summary="Decide a discrepancy alone",
        request=DecisionIn,
        responses={201: ResolutionOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        made = actions.settle(discrepancy=row, by=self.person, now=timezone.now(), **self.wish(row))
        return self.resolved(made, row, status=201)


class Undo(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = ResolutionOut

    @extend_schema(operation_id="discrepancy_undo", summary="Open a settled discrepancy again", request=None)
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        return self.resolved(actions.undo(discrepancy=row, by=self.person, now=timezone.now()), row)


class Propose(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(
        operation_id="discrepancy_propose",
        summary="Say what one of the pair would decide; equal proposals settle",
        request=DecisionIn,
        responses={201: CaseOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        actions.propose(discrepancy=row, by=self.person, now=timezone.now(), **self.wish(row))
        return self.case(row, status=201)


class Withdraw(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(operation_id="proposal_withdraw", summary="Take one's proposal back", request=None)
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        actions.withdraw(discrepancy=row, by=self.person, now=timezone.now())
        return self.case(row)


class Confirm(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(
        operation_id="proposal_confirm",
        summary="Agree with what the other proposes or recorded",
        request=None,
    )
    def post(
        self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID, proposal_id: UUID
    ) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        proposal = get_object_or_404(Proposal.objects.filter(discrepancy=row), id=proposal_id)
        actions.confirm(proposal=proposal, by=self.person, now=timezone.now())
        return self.case(row)


class Escalate(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(operation_id="discrepancy_escalate", summary="Leave it to the adjudicator", request=None)
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        actions.escalate(discrepancy=row, by=self.person, now=timezone.now())
        return self.case(row)


class TakeUp(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(
        operation_id="discrepancy_take_up", summary="Take it back from the adjudicator", request=None
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        actions.take_up(discrepancy=row, by=self.person, now=timezone.now())
        return self.case(row)


class Comments(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(
        operation_id="comment_write",
        summary="Write in the thread of a discrepancy",
        request=CommentIn,
        responses={201: CaseOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        text = self.given(CommentIn)["text"]
        actions.comment(discrepancy=row, text=text, by=self.person, now=timezone.now())
        return self.case(row, status=201)


class OneComment(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(operation_id="comment_remove", summary="Take a comment back", responses={200: CaseOut})
    def delete(
        self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID, comment_id: UUID
    ) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        found = get_object_or_404(Comment.objects.filter(discrepancy=row, removed_at=None), id=comment_id)
        actions.remove_comment(comment=found, by=self.person, now=timezone.now())
        return self.case(row)


class Adjudication(StudyView):
    access = Permission.DISCREPANCIES_SETTLE
    serializer_class = WaitingOut

    @extend_schema(
        operation_id="adjudication_list",
        summary="What conferring has left open to the reader, at most a hundred of each round",
        responses=WaitingOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        rows = [
            {
                "round": each.round.id,
                "discrepancy": row.step.id,
                "transcript": row.transcript,
                "kind": row.step.kind,
                "state": row.step.state,
                "in_place_of": each.in_place_of,
            }
            for each in queries.queue(study=self.study, reader=self.person)
            for row in each.waiting
        ]
        return Response(WaitingOut(rows, many=True).data)
