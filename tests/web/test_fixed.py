"""Words that are put in place when a template is read."""

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.templatetags.i18n import TranslateNode
from django.test import override_settings

ENGINE = Engine(builtins=["django.templatetags.i18n", "apps.web.templatetags.fixed"])


def drawn(source: str, **facts: str) -> str:
    return ENGINE.from_string(source).render(Context(facts))


@pytest.mark.parametrize("words", ["Save", "it's 5 % & <b>", "“Ja”"])
def test_plain_words_are_put_in_place_as_django_would_draw_them(words: str) -> None:
    source = f'{{% translate "{words}" %}}'
    [node] = ENGINE.from_string(source).nodelist
    assert isinstance(node, TextNode)
    with override_settings(USE_I18N=True):
        assert drawn(source) == node.s == words


def test_what_is_not_plain_is_drawn_each_time() -> None:
    assert drawn("{% translate name %}", name="<Ruth>") == "&lt;Ruth&gt;"
    assert drawn('{% translate "Save"|upper %}') == "SAVE"
    assert drawn('{% translate "Save" as word %}{{ word }}!') == "Save!"


@override_settings(USE_I18N=True)
def test_with_languages_words_are_looked_up_each_time() -> None:
    [node] = ENGINE.from_string('{% translate "Save" %}').nodelist
    assert isinstance(node, TranslateNode)


def test_the_address_of_a_named_file_is_put_in_place() -> None:
    [node] = ENGINE.from_string("{% static 'js/shell.js' %}").nodelist
    assert isinstance(node, TextNode)
    assert node.s == "/static/js/shell.js"
    for source in ("{% static name %}", "{% static name as place %}{{ place }}"):
        assert drawn(source, name="js/a&b.js") == "/static/js/a%26b.js"
