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
    words = plain(node.filter_expression)
    if settings.USE_I18N or node.asvar or words is None:
        return node
    return TextNode(words)


def plain(expression: FilterExpression) -> str | None:
    """What stands in quotation marks, if nothing is done with it."""
    var = expression.var
    words = var.literal if isinstance(var, Variable) else var
    return words if isinstance(words, str) and not expression.filters else None
