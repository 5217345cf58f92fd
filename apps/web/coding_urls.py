"""One coder's work on one text; each begins with /studies/<study_id>/assignments/<assignment_id>/."""

from django.urls import URLPattern, URLResolver, path

from apps.web.views import assignments, coding, corrections, live, memos, new_codes, pins, reading, rulings

OF_AN_ASSIGNMENT: list[URLPattern | URLResolver] = [
    path("", coding.assignment, name="assignment"),
    path("pins/", pins.code_pin, name="code_pin"),
    path("place/", reading.assignment_place, name="assignment_place"),
    path("read/", reading.assignment_read, name="assignment_read"),
    path("submit/", assignments.assignment_submit, name="assignment_submit"),
    path(
        "take-back/",
        assignments.assignment_take_back,
        name="assignment_take_back",
    ),
    path("lost/", corrections.codings_lost, name="codings_lost"),
    path("lost/<uuid:coding_id>/", corrections.coding_lost, name="coding_lost"),
    path("memo/", memos.assignment_memo, name="assignment_memo"),
    path("passage/", coding.passage, name="passage"),
    path("new-code/", new_codes.code_make, name="code_make"),
    path("codings/", coding.coding_add, name="coding_add"),
    path("codings/<uuid:coding_id>/", coding.coding, name="coding"),
    path(
        "codings/<uuid:coding_id>/change/",
        coding.coding_change,
        name="coding_change",
    ),
    path(
        "codings/<uuid:coding_id>/remove/",
        coding.coding_remove,
        name="coding_remove",
    ),
    path(
        "codings/<uuid:coding_id>/restore/",
        coding.coding_restore,
        name="coding_restore",
    ),
    path(
        "codings/<uuid:coding_id>/move/",
        coding.coding_move,
        name="coding_move",
    ),
    path("undo/", coding.undo, name="undo"),
    path("redo/", coding.redo, name="redo"),
    path("changes/", coding.changes, name="changes"),
    path("live/", live.live, name="live"),
    path("rulings/", rulings.rulings, name="rulings"),
    path("team/", coding.team, name="team"),
    path(
        "codings/<uuid:coding_id>/memo/",
        memos.coding_memo,
        name="coding_memo",
    ),
]
