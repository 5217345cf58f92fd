"""Stands in for Django's library of this name: the address of a file is the same on every page."""

from django.template import Context, Library
from django.template.base import Node, Parser, TextNode, Token
from django.templatetags.static import StaticNode
from django.utils.html import conditional_escape

from apps.web.templatetags.fixed import plain

register = Library()


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Django's tag; the address of a file that is named is put in place when the template is read."""
    node = StaticNode.handle_token(parser, token)
    if node.varname or plain(node.path) is None:
        return node
    return TextNode(conditional_escape(node.url(Context())))
