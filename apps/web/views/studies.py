from django.db import connection
from django.http import HttpRequest, HttpResponse

from apps.web.access import public


@public
def health(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the process answers and reaches the database."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")
