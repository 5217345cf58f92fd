"""What a coder did, in words: on the buttons that undo it and do it again, and when that has happened."""

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.coding.models import Gesture
from apps.coding.queries import Ledger
from apps.web.templatetags.icons import heroicon_micro


def buttons(ledger: Ledger, *, since: int | None = None) -> SafeString:
    """What would be undone and done again; `since` is the last gesture that the page has drawn.

    Drawn with each save and by hand, as the turns are; its addresses are those below the page's own.
    """
    undo, redo = ledger.to_undo, ledger.to_redo
    undo_words = _("Undo: %(what)s") % {"what": _what(undo)} if undo else _("Undo")
    redo_words = _("Redo: %(what)s") % {"what": _what(redo)} if redo else _("Redo")
    return format_html(
        '<input type="hidden" name="since" value="{}">{}{}',
        ledger.number if since is None else since,
        _button("undo", "arrow-uturn-left", undo, undo_words),
        _button("redo", "arrow-uturn-right", redo, redo_words),
    )


def redrawn(ledger: Ledger, *, since: int | None = None) -> SafeString:
    """The buttons as part of an answer, for the form of the page."""
    return format_html('<form id="undoing">{}</form>', buttons(ledger, since=since))


def known(asked: QueryDict, ledger: Ledger) -> int:
    """The last gesture that the page has drawn; whoever does not say has drawn all but the last."""
    drawn = asked.get("since", "")
    return int(drawn) if drawn.isdecimal() and len(drawn) < 10 else ledger.number - 1


def said(turned: Gesture) -> str:
    """The sentence that names what was undone or done again."""
    sentence = _("Undone: %(what)s") if turned.kind == Gesture.Kind.UNDO else _("Done again: %(what)s")
    return sentence % {"what": _what(turned.of or turned)}


def _button(name: str, icon: str, gesture: Gesture | None, words: str) -> SafeString:
    return format_html(
        '<button class="button button-icon" type="submit" id="{name}" name="of" value="{of}" '
        'formaction="{name}/" aria-label="{words}" title="{words}"{disabled}>{icon}</button>',
        name=name,
        of=gesture.id if gesture else "",
        words=words,
        disabled="" if gesture else mark_safe(" disabled"),
        icon=heroicon_micro(icon, **{"class": "icon"}),
    )


def _what(gesture: Gesture) -> str:
    if gesture.coding is None:
        return _("memo on the transcript")
    sentence = {
        Gesture.Kind.ADD: _("“%(code)s” coded"),
        Gesture.Kind.MOVE: _("edges of “%(code)s” moved"),
        Gesture.Kind.CHANGE: _("influence or mark of “%(code)s”"),
        Gesture.Kind.REMOVE: _("“%(code)s” removed"),
        Gesture.Kind.RESTORE: _("“%(code)s” brought back"),
        Gesture.Kind.MEMO: _("memo on “%(code)s”"),
    }[Gesture.Kind(gesture.kind)]
    return sentence % {"code": gesture.coding.code.name}
