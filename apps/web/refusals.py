"""A refusal in the reader's language, where it belongs on the page."""

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext

from apps.core.refusal import Refused, Remark


def in_words(refused: Refused | Remark) -> str:
    """The sentence of a refusal or a remark, translated."""
    return gettext(refused.template) % refused.facts


def put_on_form(form: BaseForm, refused: Refused, **fields: Any) -> None:
    """Shows the refusal at the form; `code=field` names the field that a kind of refusal belongs to."""
    form.add_error(fields.get(refused.code), in_words(refused))
