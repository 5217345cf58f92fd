"""What a coder did, in words: on the buttons that undo it and do it again, and when that has happened."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.coding.models import Gesture
from apps.coding.queries import Ledger


def buttons(ledger: Ledger, *, since: int | None = None) -> dict[str, Any]:
    """What templates/coding/_undoing.html shows; `since` is the last gesture that the page has drawn."""
    return {
        "ledger": ledger,
        "since": ledger.number if since is None else since,
        "undo_words": _("Undo: %(what)s") % {"what": _what(ledger.to_undo)} if ledger.to_undo else _("Undo"),
        "redo_words": _("Redo: %(what)s") % {"what": _what(ledger.to_redo)} if ledger.to_redo else _("Redo"),
    }


def known(asked: QueryDict, ledger: Ledger) -> int:
    """The last gesture that the page has drawn; whoever does not say has drawn all but the last."""
    drawn = asked.get("since", "")
    return int(drawn) if drawn.isdecimal() and len(drawn) < 10 else ledger.number - 1


def said(turned: Gesture) -> str:
    """The sentence that names what was undone or done again."""
    sentence = _("Undone: %(what)s") if turned.kind == Gesture.Kind.UNDO else _("Done again: %(what)s")
    return sentence % {"what": _what(turned.of or turned)}


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
