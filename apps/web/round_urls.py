"""How a round is planned, drawn and looked after; each begins with /studies/<study_id>/rounds/."""

from django.urls import URLPattern, URLResolver, path

from apps.web.views import coder_records, rounds, trail

OF_A_ROUND: list[URLPattern | URLResolver] = [
    path("coders/<uuid:coder_id>/", coder_records.coder_record, name="coder_record"),
    path("plan/", rounds.round_plan, name="round_plan"),
    path("<uuid:round_id>/plan/", rounds.round_plan_change, name="round_plan_change"),
    path("<uuid:round_id>/plan/discard/", rounds.round_plan_discard, name="round_plan_discard"),
    path("<uuid:round_id>/draw/", rounds.round_draw, name="round_draw"),
    path("<uuid:round_id>/draw/end/", rounds.round_draw_end, name="round_draw_end"),
    path("<uuid:round_id>/draw/again/", rounds.round_draw_again, name="round_draw_again"),
    path("<uuid:round_id>/coders/replace/", rounds.round_coder_replace, name="round_coder_replace"),
    path(
        "<uuid:round_id>/adjudicator/",
        rounds.round_adjudicator_replace,
        name="round_adjudicator_replace",
    ),
    path("<uuid:round_id>/trail/", trail.round_trail, name="round_trail"),
    path(
        "<uuid:round_id>/transcripts/<uuid:member_id>/reopen/",
        rounds.round_transcript_reopen,
        name="round_transcript_reopen",
    ),
    path("<uuid:round_id>/void/", rounds.round_void, name="round_void"),
    path("<uuid:round_id>/rulings/give/", rounds.ruling_give, name="ruling_give"),
    path(
        "<uuid:round_id>/transcripts/<uuid:member_id>/withdraw/",
        rounds.round_transcript_withdraw,
        name="round_transcript_withdraw",
    ),
    path(
        "<uuid:round_id>/transcripts/<uuid:member_id>/unblind/",
        rounds.round_transcript_unblind,
        name="round_transcript_unblind",
    ),
]
