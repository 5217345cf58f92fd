"""Every page. A block for each room, in the order of the rooms; a page of a study stands in `OF_A_STUDY`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.web.views import (
    accounts,
    agreement,
    assignments,
    audit,
    coding,
    invitations,
    members,
    notices,
    studies,
    today,
)

# Each of these begins with /studies/<study_id>/.
OF_A_STUDY: list[URLPattern | URLResolver] = [
    # studies
    path("", today.study_today, name="study_today"),
    path("settings/", studies.study_settings, name="study_settings"),
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
    # participants
    # contacts
    # transcripts
    # codebooks
    # coding
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/team/", assignments.assignments_of_team, name="assignments_of_team"),
    path("assignments/new/", assignments.assignment_new, name="assignment_new"),
    path("assignments/<uuid:assignment_id>/", coding.assignment, name="assignment"),
    path("assignments/<uuid:assignment_id>/submit/", assignments.assignment_submit, name="assignment_submit"),
    path(
        "assignments/<uuid:assignment_id>/take-back/",
        assignments.assignment_take_back,
        name="assignment_take_back",
    ),
    path("assignments/<uuid:assignment_id>/memo/", coding.assignment_memo, name="assignment_memo"),
    path("assignments/<uuid:assignment_id>/codings/", coding.coding_add, name="coding_add"),
    path("assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/", coding.coding, name="coding"),
    path(
        "assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/change/",
        coding.coding_change,
        name="coding_change",
    ),
    path(
        "assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/remove/",
        coding.coding_remove,
        name="coding_remove",
    ),
    path(
        "assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/restore/",
        coding.coding_restore,
        name="coding_restore",
    ),
    path(
        "assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/undo/",
        coding.coding_undo,
        name="coding_undo",
    ),
    path(
        "assignments/<uuid:assignment_id>/codings/<uuid:coding_id>/memo/",
        coding.coding_memo,
        name="coding_memo",
    ),
    # agreement
    path("rounds/", agreement.rounds, name="rounds"),
    path("rounds/open/", agreement.round_open, name="round_open"),
    path("rounds/<uuid:round_id>/", agreement.round, name="round"),
    path("rounds/<uuid:round_id>/release/", agreement.round_release, name="round_release"),
    path("rounds/<uuid:round_id>/close/", agreement.round_close, name="round_close"),
    path("rounds/<uuid:round_id>/retry/", agreement.round_retry, name="round_retry"),
    path("rounds/<uuid:round_id>/agreement/", agreement.report, name="agreement"),
    path("rounds/<uuid:round_id>/discrepancies/", agreement.discrepancies, name="discrepancies"),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/",
        agreement.discrepancy,
        name="discrepancy",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/settle/",
        agreement.discrepancy_settle,
        name="discrepancy_settle",
    ),
    path(
        "rounds/<uuid:round_id>/discrepancies/<uuid:discrepancy_id>/undo/",
        agreement.discrepancy_undo,
        name="discrepancy_undo",
    ),
    # analysis
    # exports
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
