"""Every page. A block for each room, in the order of the rooms; a page of a study stands in `OF_A_STUDY`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.web.codebook_urls import OF_A_CODEBOOK
from apps.web.coding_urls import OF_AN_ASSIGNMENT
from apps.web.list_urls import OF_LISTS
from apps.web.round_urls import OF_A_ROUND
from apps.web.transcript_urls import OF_TRANSCRIPTS
from apps.web.views import (
    accounts,
    agreed,
    agreement,
    assignments,
    audit,
    boundaries,
    characteristics,
    codebooks,
    consent,
    contacts,
    discrepancies,
    downloads,
    exports,
    guides,
    interviews,
    invitations,
    meetings,
    members,
    notices,
    participants,
    proposals,
    recruitment,
    recruitment_rounds,
    report,
    retrieval,
    sampling,
    search,
    studies,
    tables,
    ties,
    today,
)

# Each of these begins with /studies/<study_id>/.
OF_A_STUDY: list[URLPattern | URLResolver] = [
    # What stands first is found first, and nothing is asked as often as this.
    path("assignments/<uuid:assignment_id>/", include(OF_AN_ASSIGNMENT)),
    # studies
    path("", today.study_today, name="study_today"),
    path("settings/", studies.study_settings, name="study_settings"),
    path("settings/open-coding/", studies.open_coding, name="open_coding"),
    path("sites/add/", studies.site_add, name="site_add"),
    path("sites/<uuid:site_id>/", studies.site, name="site"),
    path("sites/<uuid:site_id>/remove/", studies.site_remove, name="site_remove"),
    path("groups/add/", studies.group_add, name="group_add"),
    path("groups/<uuid:group_id>/", studies.group, name="group"),
    path("groups/<uuid:group_id>/remove/", studies.group_remove, name="group_remove"),
    path("members/", members.members, name="members"),
    path("members/<uuid:membership_id>/", members.member, name="member"),
    path("members/<uuid:membership_id>/remove/", members.member_remove, name="member_remove"),
    path("leave/", members.leave, name="leave"),
    path("invitations/add/", members.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/renew/", members.invitation_renew, name="invitation_renew"),
    path(
        "invitations/<uuid:invitation_id>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"
    ),
    *OF_LISTS,
    # participants
    path("participants/", participants.participants, name="participants"),
    path("participants/add/", participants.participant_add, name="participant_add"),
    path("participants/characteristics/", characteristics.characteristics, name="characteristics"),
    path(
        "participants/characteristics/<uuid:characteristic_id>/",
        characteristics.characteristic,
        name="characteristic",
    ),
    path(
        "participants/characteristics/<uuid:characteristic_id>/remove/",
        characteristics.characteristic_remove,
        name="characteristic_remove",
    ),
    path("participants/interviews/<uuid:interview_id>/", interviews.interview, name="interview"),
    path(
        "participants/interviews/<uuid:interview_id>/remove/",
        interviews.interview_remove,
        name="interview_remove",
    ),
    path("participants/<uuid:participant_id>/", participants.participant, name="participant"),
    path(
        "participants/<uuid:participant_id>/change/",
        participants.participant_change,
        name="participant_change",
    ),
    path(
        "participants/<uuid:participant_id>/remove/",
        participants.participant_remove,
        name="participant_remove",
    ),
    path(
        "participants/<uuid:participant_id>/interviews/add/", interviews.interview_add, name="interview_add"
    ),
    path("participants/guides/", guides.guides, name="guides"),
    path("participants/guides/add/", guides.guide_add, name="guide_add"),
    path("participants/guides/<uuid:guide_id>/", guides.guide, name="guide"),
    path("participants/guides/<uuid:guide_id>/change/", guides.guide_change, name="guide_change"),
    path("participants/guides/<uuid:guide_id>/review/", guides.guide_review, name="guide_review"),
    path(
        "participants/interviews/<uuid:interview_id>/notes/", interviews.interview_note, name="interview_note"
    ),
    path("participants/consents/", consent.consents, name="consents"),
    path("participants/consents/add/", consent.consent_version_add, name="consent_version_add"),
    path("participants/consents/<uuid:consent_version_id>/", consent.consent_version, name="consent_version"),
    path(
        "participants/consents/<uuid:consent_version_id>/people/",
        consent.consent_people,
        name="consent_people",
    ),
    path(
        "participants/consents/<uuid:consent_version_id>/record/",
        consent.consents_record,
        name="consents_record",
    ),
    path(
        "participants/<uuid:participant_id>/consent/", consent.participant_consent, name="participant_consent"
    ),
    path(
        "participants/<uuid:participant_id>/permission/",
        consent.participant_permission,
        name="participant_permission",
    ),
    path("sampling/", sampling.sampling, name="sampling"),
    path("sampling/target/", sampling.sampling_target, name="sampling_target"),
    path("sampling/download/<str:kind>/", downloads.board_download, name="board_download"),
    path("sampling/groups/<uuid:group_id>/", sampling.sampling_cell, name="sampling_cell"),
    path("recruitment/", recruitment.recruitment_day, name="recruitment_day"),
    path("recruitment/funnel/", recruitment.recruitment_funnel, name="recruitment_funnel"),
    path("recruitment/steps/", recruitment.steps_record, name="steps_record"),
    path("recruitment/steps/<uuid:event_id>/remove/", recruitment.step_remove, name="step_remove"),
    path("recruitment/numbers/", recruitment.recruitment_numbers, name="recruitment_numbers"),
    path("recruitment/routes/", recruitment.routes, name="routes"),
    path("recruitment/routes/<uuid:route_id>/", recruitment.route, name="route"),
    path("recruitment/routes/<uuid:route_id>/remove/", recruitment.route_remove, name="route_remove"),
    path("recruitment/rounds/", recruitment_rounds.recruitment_rounds, name="recruitment_rounds"),
    path(
        "recruitment/rounds/open/", recruitment_rounds.recruitment_round_open, name="recruitment_round_open"
    ),
    path(
        "recruitment/rounds/<uuid:round_id>/", recruitment_rounds.recruitment_round, name="recruitment_round"
    ),
    path(
        "recruitment/rounds/<uuid:round_id>/change/",
        recruitment_rounds.recruitment_round_change,
        name="recruitment_round_change",
    ),
    path(
        "recruitment/rounds/<uuid:round_id>/close/",
        recruitment_rounds.recruitment_round_close,
        name="recruitment_round_close",
    ),
    path("tables/", tables.tables, name="tables"),
    path("tables/populations/", tables.populations_state, name="populations_state"),
    path("tables/release/", tables.tables_release, name="tables_release"),
    path("tables/flow/", tables.flow_download, name="flow_download"),
    path("tables/<uuid:release_id>/<str:kind>/", tables.tables_download, name="tables_download"),
    path("participants/ties/", ties.ties, name="ties"),
    path("participants/ties/download/<str:kind>/", downloads.ties_download, name="ties_download"),
    path("participants/ties/add/", ties.tie_add, name="tie_add"),
    path("participants/ties/<uuid:tie_id>/", ties.tie, name="tie"),
    path("participants/ties/<uuid:tie_id>/remove/", ties.tie_remove, name="tie_remove"),
    # contacts
    path("participants/<uuid:participant_id>/withdrawal/", contacts.withdrawal, name="withdrawal"),
    path("withdrawal-rule/", contacts.withdrawal_rule, name="withdrawal_rule"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/reason/", contacts.contacts_reason, name="contacts_reason"),
    path("contacts/letters/", contacts.contacts_letters, name="contacts_letters"),
    path("contacts/<uuid:participant_id>/", contacts.contact, name="contact"),
    # transcripts
    path("find/", search.find, name="find"),
    *OF_TRANSCRIPTS,
    # codebooks
    path("codebook/", codebooks.codebook, name="codebook"),
    path(
        "codebook/begin/preset/<slug:preset>/", codebooks.codebook_start_preset, name="codebook_start_preset"
    ),
    path("codebook/begin/empty/", codebooks.codebook_start_empty, name="codebook_start_empty"),
    path("codebook/import/", exports.codebook_import, name="codebook_import"),
    path("codebook/import/<uuid:import_id>/columns/", exports.codebook_columns, name="codebook_columns"),
    path("codebook/import/<uuid:import_id>/sheet/", exports.codebook_sheet, name="codebook_sheet"),
    path("codebook/import/<uuid:import_id>/check/", exports.codebook_check, name="codebook_check"),
    path("codebook/import/<uuid:import_id>/write/", exports.codebook_write, name="codebook_write"),
    path("codebook/import/<uuid:import_id>/leave/", exports.codebook_leave, name="codebook_leave"),
    path("codebook/rename/", codebooks.codebook_rename, name="codebook_rename"),
    path("codebook/", include(OF_A_CODEBOOK)),
    # coding
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/team/", assignments.assignments_of_team, name="assignments_of_team"),
    path("assignments/team/new/", assignments.assignment_new, name="assignment_new"),
    # agreement
    path("rounds/", agreement.rounds, name="rounds"),
    path("rounds/open/", agreement.round_open, name="round_open"),
    path("rounds/", include(OF_A_ROUND)),
    path("rounds/<uuid:round_id>/", agreement.round, name="round"),
    path("rounds/<uuid:round_id>/release/", agreement.round_release, name="round_release"),
    path("rounds/<uuid:round_id>/close/", agreement.round_close, name="round_close"),
    path("rounds/<uuid:round_id>/retry/", agreement.round_retry, name="round_retry"),
    path("rounds/<uuid:round_id>/agreement/", report.report, name="agreement"),
    path("rounds/<uuid:round_id>/agreement/more/", report.report_more, name="agreement_more"),
    path("rounds/<uuid:round_id>/agreement/agreed/", agreed.agreed, name="agreed"),
    path("rounds/<uuid:round_id>/agreement/files/<str:kind>/", report.report_file, name="agreement_file"),
    path("rounds/<uuid:round_id>/consensus/", agreement.consensus, name="consensus"),
    path("rounds/<uuid:round_id>/discrepancies/", discrepancies.discrepancies, name="discrepancies"),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/",
        discrepancies.discrepancy,
        name="discrepancy",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/settle/",
        discrepancies.discrepancy_settle,
        name="discrepancy_settle",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/undo/",
        discrepancies.discrepancy_undo,
        name="discrepancy_undo",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/comments/",
        discrepancies.comment,
        name="comment",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/comments/<uuid:comment_id>/remove/",
        discrepancies.comment_remove,
        name="comment_remove",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/propose/",
        proposals.propose,
        name="propose",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/withdraw/",
        proposals.proposal_withdraw,
        name="proposal_withdraw",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/escalate/",
        proposals.escalate,
        name="escalate",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/take-up/",
        proposals.take_up,
        name="take_up",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/record/",
        meetings.outcome_record,
        name="outcome_record",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/proposals/<uuid:proposal_id>/confirm/",
        meetings.proposal_confirm,
        name="proposal_confirm",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/meeting/",
        meetings.meeting_now,
        name="meeting_now",
    ),
    path("rounds/<uuid:round_id>/boundaries/", boundaries.boundaries, name="boundaries"),
    path(
        "rounds/<uuid:round_id>/boundaries/<uuid:bulk_id>/undo/",
        boundaries.boundaries_undo,
        name="boundaries_undo",
    ),
    path("rounds/<uuid:round_id>/conferring/end/", proposals.conferring_end, name="conferring_end"),
    path("rounds/<uuid:round_id>/conferring/again/", proposals.conferring_again, name="conferring_again"),
    path("rounds/<uuid:round_id>/meetings/", meetings.meeting_begin, name="meeting_begin"),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/join/", meetings.meeting_join, name="meeting_join"
    ),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/leave/",
        meetings.meeting_leave,
        name="meeting_leave",
    ),
    path("rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/end/", meetings.meeting_end, name="meeting_end"),
    path(
        "rounds/<uuid:round_id>/meetings/<uuid:meeting_id>/drive/",
        meetings.meeting_drive,
        name="meeting_drive",
    ),
    path("adjudication/", proposals.adjudication, name="adjudication"),
    # analysis
    # exports
    path("exports/", retrieval.exports, name="exports"),
    path("exports/<uuid:export_id>/", retrieval.export_download, name="export_download"),
    # audit
    path("audit/", audit.audit, name="audit"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # accounts
    path("account/", accounts.account, name="account"),
    path("account/tokens/", accounts.tokens, name="tokens"),
    path("account/tokens/make/", accounts.token_make, name="token_make"),
    path("account/tokens/<uuid:token_id>/revoke/", accounts.token_revoke, name="token_revoke"),
    # studies
    path("", today.today, name="today"),
    path("studies/", studies.studies, name="studies"),
    path("studies/open/", studies.study_open, name="study_open"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("studies/<uuid:study_id>/", include(OF_A_STUDY)),
    # notices
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<uuid:notice_id>/read/", notices.notice_read, name="notice_read"),
    # the server
    path("healthz", studies.health, name="health"),
]
