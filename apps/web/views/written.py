"""How the writing of a list ended, in words."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from apps.exports.models import Import
from apps.exports.queries.under_way import writing_state
from apps.web.access import StudyRequest


def after_writing(request: StudyRequest, name: str, started: Import) -> str:
    """Says how it ended, and where one goes on."""
    state = writing_state(started)
    if state == "done":
        say_written(request, started)
        return reverse(f"{name}_import", args=[request.study.id])
    sentences = {
        "refused": gettext(
            "Nothing was written: something stands in the way, or all of it is there already."
        ),
        "failed": gettext(
            "The list could not be written, and nothing of it was. Try again; if it fails again, tell "
            "whoever keeps this server."
        ),
    }
    if sentence := sentences.get(state):
        messages.error(request, sentence)
    return reverse(f"{name}_check", args=[request.study.id, started.id])


def say_written(request: StudyRequest, done: Import) -> None:
    added = ngettext("%(n)s row was added", "%(n)s rows were added", done.created_count)
    changed = ngettext("%(n)s was changed", "%(n)s were changed", done.changed_count)
    words = (added % {"n": done.created_count}, changed % {"n": done.changed_count})
    messages.success(request, gettext("%(added)s, %(changed)s.") % {"added": words[0], "changed": words[1]})
