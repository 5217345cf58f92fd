"""Codes, what the codebook learns, what follows; each begins with /studies/<study_id>/codebook/."""

from django.urls import URLPattern, URLResolver, path

from apps.web.views import codebook_changes, codebooks, retrieval, second_looks

OF_A_CODEBOOK: list[URLPattern | URLResolver] = [
    path("changes/", codebook_changes.codebook_changes, name="codebook_changes"),
    path(
        "changes/<uuid:change_id>/take-in/",
        codebook_changes.codebook_change_take_in,
        name="codebook_change_take_in",
    ),
    path(
        "changes/<uuid:change_id>/put-back/",
        codebook_changes.codebook_change_put_back,
        name="codebook_change_put_back",
    ),
    path(
        "changes/<uuid:change_id>/decline/",
        codebook_changes.codebook_change_decline,
        name="codebook_change_decline",
    ),
    path("second-looks/", second_looks.second_looks, name="second_looks"),
    path("second-looks/take-over/", second_looks.second_looks_take_over, name="second_looks_take_over"),
    path("second-looks/<uuid:coding_id>/", second_looks.second_look, name="second_look"),
    path("second-looks/<uuid:coding_id>/undo/", second_looks.second_look_undo, name="second_look_undo"),
    path("codes/<uuid:code_id>/", codebooks.code, name="code"),
    path("codes/<uuid:code_id>/codings/", retrieval.code_codings, name="code_codings"),
    path("codes/<uuid:code_id>/codings/export/", retrieval.code_export, name="code_export"),
    path("codes/<uuid:code_id>/add/", codebooks.code_add_under, name="code_add_under"),
    path("codes/<uuid:code_id>/move/", codebooks.code_move, name="code_move"),
    path("codes/<uuid:code_id>/shift/", codebooks.code_shift, name="code_shift"),
    path("codes/<uuid:code_id>/remove/", codebooks.code_remove, name="code_remove"),
    path("versions/", codebooks.codebook_versions, name="codebook_versions"),
    path("versions/add/", codebooks.codebook_version_add, name="codebook_version_add"),
    path("versions/<uuid:version_id>/", codebooks.codebook_version, name="codebook_version"),
    path("versions/<uuid:version_id>/freeze/", codebooks.codebook_freeze, name="codebook_freeze"),
    path("versions/<uuid:version_id>/discard/", codebooks.codebook_discard, name="codebook_discard"),
    path("versions/<uuid:version_id>/codes/add/", codebooks.code_add, name="code_add"),
]
