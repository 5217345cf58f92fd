"""Where a notice leads, for the lists that show some."""

from django import template

from apps.web.leads import leads_to

register = template.Library()
register.filter("leads_to", leads_to)
