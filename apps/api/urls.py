"""Every endpoint, under /api/v1/. A block for each room; one of a study stands in `OF_A_STUDY`.

The names live in the namespace `api`: reverse("api:participants", args=[study.id]).
"""

from django.urls import URLPattern, URLResolver, include, path

app_name = "api"

# Each of these begins with /api/v1/studies/<study_id>/.
OF_A_STUDY: list[URLPattern | URLResolver] = [
    # studies
    # participants
    # transcripts
    # codebooks
    # coding
    # agreement
    # exports
    # audit
]

urlpatterns: list[URLPattern | URLResolver] = [
    # accounts
    # studies
    path("studies/<uuid:study_id>/", include(OF_A_STUDY)),
    # notices
    # the description of the API
]
