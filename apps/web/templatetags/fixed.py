"""What is the same on every page is put in place when the template is read.

A coding page has ninety words and twenty-six files of that kind; they took an eighth of its drawing.
"""

from django.conf import settings
from django.template import Context, Library
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable
from django.templatetags.i18n import do_translate
from django.templatetags.static import StaticNode
from django.utils.html import conditional_escape

register = Library()


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag; with one language, plain words are fixed."""
    node = do_translate(parser, token)
    words = _plain(node.filter_expression)
    if settings.USE_I18N or node.asvar or words is None:
        return node
    return TextNode(words)


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Django's tag, which needs no `load`; the address of a file that is named is fixed."""
    node = StaticNode.handle_token(parser, token)
    if node.varname or _plain(node.path) is None:
        return node
    return TextNode(conditional_escape(node.url(Context())))


def _plain(expression: FilterExpression) -> str | None:
    """What stands in quotation marks, if nothing is done with it."""
    var = expression.var
    words = var.literal if isinstance(var, Variable) else var
    return words if isinstance(words, str) and not expression.filters else None
