"""Every endpoint, under /api/v1/. A block for each room; one of a study stands in `OF_A_STUDY`.

The names live in the namespace `api`: reverse("api:participants", args=[study.id]).
"""

from django.urls import URLPattern, URLResolver, include, path

from apps.api.v1 import (
    accounts,
    agreement,
    audit,
    boundaries,
    codebook_changes,
    codebooks,
    coder_records,
    coding,
    consent,
    corrections,
    description,
    discrepancies,
    exports,
    guides,
    imports,
    interruptions,
    interviews,
    meetings,
    members,
    new_codes,
    notices,
    participants,
    plans,
    quotations,
    recruitment,
    report,
    rounds,
    sampling,
    search,
    second_looks,
    studies,
    tables,
    ties,
    trail,
    transcripts,
    undoing,
    uploads,
    withdrawal,
)

app_name = "api"

# Each of these begins with /api/v1/studies/<study_id>/.
OF_A_STUDY: list[URLPattern | URLResolver] = [
    # studies
    path("", studies.OneStudy.as_view(), name="study"),
    path("open-coding/", studies.OpenCoding.as_view(), name="open_coding"),
    path("sites/", studies.Sites.as_view(), name="sites"),
    path("sites/<uuid:site_id>/", studies.OneSite.as_view(), name="site"),
    path("groups/", studies.Groups.as_view(), name="groups"),
    path("groups/<uuid:group_id>/", studies.OneGroup.as_view(), name="group"),
    path("members/", members.Members.as_view(), name="members"),
    path("members/<uuid:membership_id>/", members.OneMember.as_view(), name="member"),
    path("invitations/", members.Invitations.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/", members.OneInvitation.as_view(), name="invitation"),
    # participants
    path("participants/", participants.People.as_view(), name="participants"),
    path("participants/<uuid:participant_id>/", participants.OnePerson.as_view(), name="participant"),
    path(
        "participants/<uuid:participant_id>/values/<uuid:characteristic_id>/",
        participants.Value.as_view(),
        name="value",
    ),
    path("characteristics/", participants.Characteristics.as_view(), name="characteristics"),
    path(
        "characteristics/<uuid:characteristic_id>/",
        participants.OneCharacteristic.as_view(),
        name="characteristic",
    ),
    path("interviews/", interviews.Interviews.as_view(), name="interviews"),
    path("interviews/<uuid:interview_id>/", interviews.OneInterview.as_view(), name="interview"),
    path("sampling/", sampling.SamplingBoard.as_view(), name="sampling"),
    path("sampling/targets/", sampling.Targets.as_view(), name="targets"),
    path("recruitment/funnel/", recruitment.RecruitmentFunnel.as_view(), name="recruitment_funnel"),
    path("recruitment/routes/", recruitment.Routes.as_view(), name="routes"),
    path("recruitment/routes/<uuid:route_id>/", recruitment.OneRoute.as_view(), name="route"),
    path("recruitment/steps/", recruitment.Steps.as_view(), name="recruitment_steps"),
    path("recruitment/steps/<uuid:event_id>/", recruitment.OneStep.as_view(), name="recruitment_step"),
    path("recruitment/numbers/", recruitment.Numbers.as_view(), name="recruitment_numbers"),
    path("recruitment/rounds/", sampling.RecruitmentRounds.as_view(), name="recruitment_rounds"),
    path(
        "recruitment/rounds/<uuid:round_id>/close/",
        sampling.CloseRecruitmentRound.as_view(),
        name="recruitment_round_close",
    ),
    path("consents/", consent.Versions.as_view(), name="consent_versions"),
    path("consents/<uuid:consent_version_id>/", consent.OneVersion.as_view(), name="consent_version"),
    path(
        "participants/<uuid:participant_id>/consents/", consent.Consents.as_view(), name="consents_of_person"
    ),
    path(
        "participants/<uuid:participant_id>/consents/withdraw/",
        consent.TakeBack.as_view(),
        name="consent_withdraw",
    ),
    path(
        "participants/<uuid:participant_id>/contact-permission/",
        consent.ContactPermissions.as_view(),
        name="contact_permission",
    ),
    path(
        "participants/<uuid:participant_id>/withdrawal/",
        withdrawal.OneWithdrawal.as_view(),
        name="withdrawal",
    ),
    path("withdrawal-rule/", withdrawal.Rule.as_view(), name="withdrawal_rule"),
    path("guides/", guides.Guides.as_view(), name="guides"),
    path("guides/<uuid:guide_id>/", guides.OneGuide.as_view(), name="guide"),
    path("guides/<uuid:guide_id>/reviews/", guides.Reviews.as_view(), name="guide_reviews"),
    *imports.urls("participants/imports/", imports.PEOPLE),
    *imports.urls("recruitment/imports/", imports.STEPS),
    *imports.urls("codebook/imports/", imports.CODES),
    path("ties/", ties.Ties.as_view(), name="ties"),
    path("ties/<uuid:tie_id>/", ties.OneTie.as_view(), name="tie"),
    # transcripts
    path("find/", search.Find.as_view(), name="find"),
    path("transcripts/", transcripts.Transcripts.as_view(), name="transcripts"),
    path("transcripts/<uuid:transcript_id>/", transcripts.OneTranscript.as_view(), name="transcript"),
    path(
        "transcripts/<uuid:transcript_id>/corrections/",
        corrections.Corrections.as_view(),
        name="corrections",
    ),
    path(
        "transcripts/<uuid:transcript_id>/corrections/preview/",
        corrections.CorrectionPreview.as_view(),
        name="corrections_preview",
    ),
    path(
        "transcripts/<uuid:transcript_id>/quotations/",
        quotations.QuotationChecks.as_view(),
        name="quotation_checks",
    ),
    path(
        "transcripts/<uuid:transcript_id>/quotations/<uuid:check_id>/",
        quotations.OneQuotationCheck.as_view(),
        name="quotation_check",
    ),
    path("transcripts/<uuid:transcript_id>/ready/", transcripts.Ready.as_view(), name="transcript_ready"),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/paste/", uploads.Paste.as_view(), name="upload_paste"),
    path("uploads/<uuid:upload_id>/", uploads.OneUpload.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/confirm/", uploads.Confirm.as_view(), name="upload_confirm"),
    # codebooks
    path("codebook/", codebooks.OneCodebook.as_view(), name="codebook"),
    path("codebook/changes/", codebook_changes.Changes.as_view(), name="codebook_changes"),
    path(
        "codebook/changes/<uuid:change_id>/take-in/",
        codebook_changes.TakeIn.as_view(),
        name="codebook_change_take_in",
    ),
    path(
        "codebook/changes/<uuid:change_id>/decline/",
        codebook_changes.Decline.as_view(),
        name="codebook_change_decline",
    ),
    path(
        "codebook/changes/<uuid:change_id>/put-back/",
        codebook_changes.PutBack.as_view(),
        name="codebook_change_put_back",
    ),
    path(
        "codebook/versions/<uuid:version_id>/changes/",
        codebook_changes.VersionChanges.as_view(),
        name="codebook_version_changes",
    ),
    path("codebook/second-looks/", second_looks.SecondLooks.as_view(), name="second_looks"),
    path("codebook/second-looks/take-over/", second_looks.TakeOver.as_view(), name="second_looks_take_over"),
    path("codebook/second-looks/<uuid:coding_id>/", second_looks.OneSecondLook.as_view(), name="second_look"),
    path("codebook/versions/", codebooks.Versions.as_view(), name="codebook_versions"),
    path("codebook/versions/<uuid:version_id>/", codebooks.OneVersion.as_view(), name="codebook_version"),
    path("codebook/versions/<uuid:version_id>/freeze/", codebooks.Freeze.as_view(), name="codebook_freeze"),
    path("codebook/versions/<uuid:version_id>/codes/", codebooks.Codes.as_view(), name="codes"),
    path("codebook/codes/<uuid:code_id>/", codebooks.OneCode.as_view(), name="code"),
    path("codebook/codes/<uuid:code_id>/move/", codebooks.Move.as_view(), name="code_move"),
    # coding
    path("assignments/", coding.Assignments.as_view(), name="assignments"),
    path("assignments/team/", coding.TeamAssignments.as_view(), name="assignments_of_team"),
    path("assignments/<uuid:assignment_id>/", coding.OneAssignment.as_view(), name="assignment"),
    path("assignments/<uuid:assignment_id>/submit/", coding.Submit.as_view(), name="assignment_submit"),
    path(
        "assignments/<uuid:assignment_id>/take-back/", coding.TakeBack.as_view(), name="assignment_take_back"
    ),
    path("assignments/<uuid:assignment_id>/ledger/", undoing.Ledger.as_view(), name="ledger"),
    path("assignments/<uuid:assignment_id>/undo/", undoing.Undo.as_view(), name="undo"),
    path("assignments/<uuid:assignment_id>/redo/", undoing.Redo.as_view(), name="redo"),
    path("assignments/<uuid:assignment_id>/memo/", coding.AssignmentMemo.as_view(), name="assignment_memo"),
    path("assignments/<uuid:assignment_id>/codes/", new_codes.NewCodes.as_view(), name="code_make"),
    path("assignments/<uuid:assignment_id>/codings/", coding.Codings.as_view(), name="codings"),
    path("codings/<uuid:coding_id>/", coding.OneCoding.as_view(), name="coding"),
    path("codings/<uuid:coding_id>/restore/", coding.Restore.as_view(), name="coding_restore"),
    path("codings/<uuid:coding_id>/memo/", coding.CodingMemo.as_view(), name="coding_memo"),
    # agreement
    path("rounds/", agreement.Rounds.as_view(), name="rounds"),
    path("rounds/coders/<uuid:coder_id>/", coder_records.CoderRecord.as_view(), name="coder_record"),
    path("rounds/plans/", plans.Plans.as_view(), name="round_plans"),
    path("rounds/<uuid:round_id>/", agreement.OneRound.as_view(), name="round"),
    path("rounds/<uuid:round_id>/plan/", plans.OnePlan.as_view(), name="round_plan"),
    path("rounds/<uuid:round_id>/draw/", rounds.Draw.as_view(), name="round_draw"),
    path("rounds/<uuid:round_id>/draw/end/", rounds.EndDraw.as_view(), name="round_draw_end"),
    path("rounds/<uuid:round_id>/draw/again/", rounds.DrawAgain.as_view(), name="round_draw_again"),
    path("rounds/<uuid:round_id>/coders/replace/", rounds.Replace.as_view(), name="round_coder_replace"),
    path(
        "rounds/<uuid:round_id>/left-to-others/",
        rounds.LeftToOthers.as_view(),
        name="round_left_to_others",
    ),
    path(
        "rounds/<uuid:round_id>/adjudicator/",
        rounds.Adjudicator.as_view(),
        name="round_adjudicator_replace",
    ),
    path("rounds/<uuid:round_id>/rulings/", rounds.Rulings.as_view(), name="rulings"),
    path("rounds/<uuid:round_id>/transcripts/", rounds.Members.as_view(), name="round_transcripts"),
    path(
        "rounds/<uuid:round_id>/transcripts/<uuid:member_id>/withdraw/",
        rounds.Withdraw.as_view(),
        name="round_transcript_withdraw",
    ),
    path(
        "rounds/<uuid:round_id>/transcripts/<uuid:member_id>/reopen/",
        rounds.Reopen.as_view(),
        name="round_transcript_reopen",
    ),
    path(
        "rounds/<uuid:round_id>/transcripts/<uuid:member_id>/unblind/",
        interruptions.Unblind.as_view(),
        name="round_transcript_unblind",
    ),
    path("rounds/<uuid:round_id>/void/", interruptions.Void.as_view(), name="round_void"),
    path("rounds/<uuid:round_id>/release/", agreement.Release.as_view(), name="round_release"),
    path("rounds/<uuid:round_id>/trail/", trail.RoundTrail.as_view(), name="round_trail"),
    path("rounds/<uuid:round_id>/close/", agreement.Close.as_view(), name="round_close"),
    path("rounds/<uuid:round_id>/agreement/", report.Agreement.as_view(), name="agreement"),
    path("rounds/<uuid:round_id>/consensus/", agreement.Consensus.as_view(), name="consensus"),
    path(
        "rounds/<uuid:round_id>/discrepancies/", discrepancies.Discrepancies.as_view(), name="discrepancies"
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/",
        discrepancies.OneDiscrepancy.as_view(),
        name="discrepancy",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/case/",
        discrepancies.Case.as_view(),
        name="case",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/settle/",
        discrepancies.Settle.as_view(),
        name="discrepancy_settle",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/undo/",
        discrepancies.Undo.as_view(),
        name="discrepancy_undo",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/propose/",
        discrepancies.Propose.as_view(),
        name="propose",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/withdraw/",
        discrepancies.Withdraw.as_view(),
        name="proposal_withdraw",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/escalate/",
        discrepancies.Escalate.as_view(),
        name="escalate",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/take-up/",
        discrepancies.TakeUp.as_view(),
        name="take_up",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/proposals/<uuid:proposal_id>/confirm/",
        discrepancies.Confirm.as_view(),
        name="proposal_confirm",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/comments/",
        discrepancies.Comments.as_view(),
        name="comments",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/comments/<uuid:comment_id>/",
        discrepancies.OneComment.as_view(),
        name="comment",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/meetings/<uuid:meeting_id>/record/",
        meetings.RecordOutcome.as_view(),
        name="outcome_record",
    ),
    path("rounds/<uuid:round_id>/boundaries/", boundaries.Boundaries.as_view(), name="boundaries"),
    path(
        "rounds/<uuid:round_id>/boundaries/<uuid:bulk_id>/undo/",
        boundaries.BoundariesUndo.as_view(),
        name="boundaries_undo",
    ),
    path("rounds/<uuid:round_id>/conferring/end/", meetings.EndConferring.as_view(), name="conferring_end"),
    path("rounds/<uuid:round_id>/conferring/again/", meetings.ConferAgain.as_view(), name="conferring_again"),
    path("rounds/<uuid:round_id>/meetings/", meetings.Meetings.as_view(), name="meetings"),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/join/",
        meetings.Join.as_view(),
        name="meeting_join",
    ),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/leave/",
        meetings.Leave.as_view(),
        name="meeting_leave",
    ),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/end/", meetings.End.as_view(), name="meeting_end"
    ),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/drive/",
        meetings.Drive.as_view(),
        name="meeting_drive",
    ),
    path("adjudication/", discrepancies.Adjudication.as_view(), name="adjudication"),
    # exports
    path("tables/", tables.Tables.as_view(), name="tables"),
    path("tables/releases/", tables.Releases.as_view(), name="table_releases"),
    path("tables/populations/", tables.Populations.as_view(), name="populations"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<uuid:export_id>/file/", exports.ExportFile.as_view(), name="export_file"),
    # audit
    path("audit/", audit.Events.as_view(), name="audit"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # accounts
    path("me/", accounts.Me.as_view(), name="me"),
    # studies
    path("studies/", studies.Studies.as_view(), name="studies"),
    path("studies/<uuid:study_id>/", include(OF_A_STUDY)),
    # notices
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("notices/unread/", notices.Unread.as_view(), name="notices_unread"),
    path("notices/<uuid:notice_id>/read/", notices.Read.as_view(), name="notice_read"),
    # the description of the API
    path("", description.Guide.as_view(), name="guide"),
    path("schema/", description.Description.as_view(), name="schema"),
]
