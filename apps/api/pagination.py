from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """Cursor pages: no counts and no page numbers, which would tell how much there is."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
    ordering = ("created_at", "id")

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> Any:
        """The rows of the page; 404 for a cursor that none of our answers has given."""
        try:
            return super().paginate_queryset(*args, **kwargs)
        except ValidationError as not_a_time:
            raise NotFound(self.invalid_cursor_message) from not_a_time
