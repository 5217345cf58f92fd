"""Words that are the same on every page: a coding page has ninety, which took a twelfth of its drawing."""

from django.conf import settings
from django.template import Library
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable
from django.templatetags.i18n import do_translate

register = Library()


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag; with one language, plain words are put in place when the template is read."""
    node = do_translate(parser, token)
    words = _plain(node.filter_expression)
    if settings.USE_I18N or node.asvar or words is None:
        return node
    return TextNode(words)


def _plain(expression: FilterExpression) -> str | None:
    """What stands in quotation marks, if nothing is done with it."""
    is_plain = isinstance(expression.var, Variable) and not expression.filters
    return expression.var.literal if is_plain else None
