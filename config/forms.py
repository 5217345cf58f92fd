"""How fields of forms are drawn: as Django does, but for the two kinds of which there are most."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

KINDS = ("text", "search", "email", "number", "password", "date", "time", "hidden", "checkbox")


class Renderer(DjangoTemplates):
    """Writes inputs and choices by hand: a template for each option takes a fifth of a page of a search."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = BY_HAND.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_said(widget["value"])}"'
    kind, name = _said(widget["type"]), _said(widget["name"])
    return mark_safe(f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>')  # noqa: S308


def _select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{_said(widget["name"])}"{_attributes(widget)}>']
    for name, options, _ in widget["optgroups"]:
        written = [*map(_option, options)]
        parts += [f'<optgroup label="{_said(name)}">', *written, "</optgroup>"] if name else written
    return mark_safe("\n".join([*parts, "</select>"]))  # noqa: S308 - all of it was escaped


def _option(option: Mapping[str, Any]) -> str:
    label = conditional_escape(localize(option["label"]))
    return f'<option value="{_said(option["value"])}"{_attributes(option)}>{label}</option>'


def _attributes(widget: Mapping[str, Any]) -> str:
    """True is an attribute without a value, False none at all."""
    return "".join(
        f" {_said(name)}" if value is True else f' {_said(name)}="{_said(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _said(value: Any) -> str:
    return conditional_escape(str(value))


BY_HAND: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{kind}.html": _input for kind in KINDS},
}
