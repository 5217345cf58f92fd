from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """Cursor pages: no counts and no page numbers, which would tell how much there is."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
    ordering = ("created_at", "id")
