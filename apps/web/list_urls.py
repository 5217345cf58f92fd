"""Lists on their way in: people, steps of recruitment and contact details, each step by step."""

from django.urls import URLPattern, URLResolver, path

from apps.web.views import contact_lists, exports, list_rows, list_undos

# Each of these begins with /studies/<study_id>/.
OF_LISTS: list[URLPattern | URLResolver] = [
    path("participants/import/", exports.people_import, name="people_import"),
    path("participants/import/<uuid:import_id>/columns/", exports.people_columns, name="people_columns"),
    path("participants/import/<uuid:import_id>/sheet/", exports.people_sheet, name="people_sheet"),
    path("participants/import/<uuid:import_id>/check/", exports.people_check, name="people_check"),
    path("participants/import/<uuid:import_id>/rows/", list_rows.people_rows, name="people_rows"),
    path("participants/import/<uuid:import_id>/write/", exports.people_write, name="people_write"),
    path("participants/import/<uuid:import_id>/progress/", exports.people_progress, name="people_progress"),
    path("participants/import/<uuid:import_id>/undo/", list_undos.people_undo, name="people_undo"),
    path("participants/import/<uuid:import_id>/undoing/", list_undos.people_undoing, name="people_undoing"),
    path("participants/import/<uuid:import_id>/leave/", exports.people_leave, name="people_leave"),
    path("recruitment/steps/import/", exports.steps_import, name="steps_import"),
    path("recruitment/steps/import/<uuid:import_id>/columns/", exports.steps_columns, name="steps_columns"),
    path("recruitment/steps/import/<uuid:import_id>/sheet/", exports.steps_sheet, name="steps_sheet"),
    path("recruitment/steps/import/<uuid:import_id>/check/", exports.steps_check, name="steps_check"),
    path("recruitment/steps/import/<uuid:import_id>/rows/", list_rows.steps_rows, name="steps_rows"),
    path("recruitment/steps/import/<uuid:import_id>/write/", exports.steps_write, name="steps_write"),
    path(
        "recruitment/steps/import/<uuid:import_id>/progress/", exports.steps_progress, name="steps_progress"
    ),
    path("recruitment/steps/import/<uuid:import_id>/undo/", list_undos.steps_undo, name="steps_undo"),
    path(
        "recruitment/steps/import/<uuid:import_id>/undoing/", list_undos.steps_undoing, name="steps_undoing"
    ),
    path("recruitment/steps/import/<uuid:import_id>/leave/", exports.steps_leave, name="steps_leave"),
    path("contacts/import/", contact_lists.contacts_import, name="contacts_import"),
    path("contacts/import/<uuid:list_id>/", contact_lists.contacts_check, name="contacts_check"),
    path("contacts/import/<uuid:list_id>/write/", contact_lists.contacts_write, name="contacts_write"),
    path("contacts/import/<uuid:list_id>/leave/", contact_lists.contacts_leave, name="contacts_leave"),
]
