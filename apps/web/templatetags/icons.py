"""The icons of the package, each drawn once: to build one takes as long as a small template."""

from functools import lru_cache

from django.template import Library
from heroicons.templatetags import heroicons

register = Library()
heroicon_micro = lru_cache(maxsize=500)(heroicons.heroicon_micro)
register.simple_tag(heroicon_micro)
