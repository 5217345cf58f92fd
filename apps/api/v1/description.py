from drf_spectacular.views import SpectacularAPIView


class Description(SpectacularAPIView):
    """The OpenAPI description, as YAML or, with ?format=json, as JSON."""

    access = "signed_in"
