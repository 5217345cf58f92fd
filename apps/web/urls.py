"""Every page. A block for each room, in the order of the rooms; a page of a study stands in `OF_A_STUDY`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.web.views import studies

# Each of these begins with /studies/<study_id>/.
OF_A_STUDY: list[URLPattern | URLResolver] = [
    # studies
    # notices
    # participants
    # contacts
    # transcripts
    # codebooks
    # coding
    # agreement
    # analysis
    # exports
    # audit
]

urlpatterns: list[URLPattern | URLResolver] = [
    # accounts
    # studies
    path("studies/<uuid:study_id>/", include(OF_A_STUDY)),
    # notices
    # the server
    path("healthz", studies.health, name="health"),
]
