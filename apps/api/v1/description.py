from dataclasses import dataclass
from functools import cache

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import PersonView


@dataclass(frozen=True)
class Endpoint:
    """A line of the guide."""

    method: str
    path: str
    summary: str


class Description(SpectacularAPIView):
    """The OpenAPI description, as YAML or, with ?format=json, as JSON."""

    access = "signed_in"


class Guide(PersonView):
    """A plain page that lists every endpoint."""

    renderer_classes = [TemplateHTMLRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({"endpoints": _endpoints()}, template_name="api/guide.html")


@cache
def _endpoints() -> list[Endpoint]:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    paths = generator.get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    return [
        Endpoint(method.upper(), path, operation.get("summary", ""))
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
