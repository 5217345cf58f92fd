"""Fields that are written by hand are those that Django would have drawn."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from config.forms import BY_HAND, Renderer

HOSTILE = "\"><script>'&amp;"
ATTRIBUTES = {"id": "a", "required": True, "disabled": False, "data-x": HOSTILE, "maxlength": 80, "min": 0}
CHOICES: list[Any] = [
    ("", gettext_lazy("Anybody")),
    (1, "one"),
    (HOSTILE, HOSTILE),
    ("marked", mark_safe("<b>bold</b>")),
    (3, 4000),
    (HOSTILE + HOSTILE, [("in", "a group"), ("too", HOSTILE)]),
]
WIDGETS = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.TimeInput,
    forms.CheckboxInput,
    lambda attrs: forms.TextInput({**attrs, "type": "search"}),
    lambda attrs: forms.PasswordInput(attrs, render_value=True),
    lambda attrs: forms.Select(attrs, CHOICES),
    lambda attrs: forms.SelectMultiple(attrs, CHOICES),
]


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", [None, "", HOSTILE, "1", 3, True, mark_safe("&amp;"), ["in", "1"]])
def test_a_field_is_drawn_as_django_draws_it(widget: Any, value: Any) -> None:
    drawn = [
        widget(ATTRIBUTES).render("what " + HOSTILE, value, renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    ]
    ours, djangos = ([line.strip() for line in each.splitlines() if line.strip()] for each in drawn)
    assert ours == djangos


def test_each_kind_that_is_written_by_hand_is_one_of_djangos() -> None:
    for name in BY_HAND:
        DjangoTemplates().get_template(name)
