from django.urls import URLPattern, URLResolver, path

from apps.web.views import studies

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", studies.health, name="health"),
]
