"""The addresses: pages at the root, JSON under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("apps.api.urls")),
    path("account/", include("allauth.urls")),
    path("", include("apps.web.urls")),
]
