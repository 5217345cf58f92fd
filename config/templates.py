"""Django's templates, which let go at once of what a page was made of."""

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends import django
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(django.DjangoTemplates):
    """The engine that TEMPLATES names."""

    def from_string(self, template_code: str) -> "Template":
        return Template(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> "Template":
        return Template(super().get_template(template_name).template, self)


class Template(django.Template):
    """A context and its dictionaries hold each other, and so would stay, with all the rows of a page, until
    Python looks for cycles; and while it does that nobody else is answered: a fifth of a second, after ten
    large pages.
    """

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            page = self.template.render(made)
        except TemplateDoesNotExist as missing:
            django.reraise(missing, self.backend)
        made.dicts.clear()
        return page
