"""What stands many times on a discrepancy's page, in each state that it can have."""

from uuid import UUID

from apps.agreement.queries import ContextTurn, Step, Stretch, Tag
from apps.codebooks.models import Code
from apps.web.templatetags.walk import choice, marked, step_items

HERE, THERE = UUID(int=1), UUID(int=2)
FEAR = Code(label="a1", name="Fear & <hope>", hue=2)
TRUST = Code(label="b1", name="Trust", hue=5)


def test_each_step_leads_to_its_discrepancy_with_what_the_page_was_asked_for() -> None:
    tag = Tag("a1", 2, 'Fear "&" <hope>')
    steps = [Step(str(HERE), "missed", 4, (tag,), "open"), Step(str(THERE), "boundary", None, (), "settled")]
    first, second = step_items(steps, "/all/", "?kind=a&open=1", HERE).split("</li>")[:2]
    assert first.startswith(
        f'<li id="step-{HERE}"><a class="item" href="/all/{HERE}/?kind=a&amp;open=1" aria'
    )
    assert 'title="Fear &quot;&amp;&quot; &lt;hope&gt;">a1</span>' in first
    assert '<span class="quiet">5</span>' in first
    assert "aria-current" not in second
    assert 'state-settled">Settled' in second


def test_a_swapped_step_says_so() -> None:
    shown = step_items([Step(str(HERE), "missed", None, (), "open")], "/", "", THERE, are_swapped=True)
    assert f'<li id="step-{HERE}" hx-swap-oob="true">' in shown


def test_a_choice_with_all_it_can_say() -> None:
    shown = choice("outcome", "new", "A < B", "e", current="new", note="2 & 3", needs="words", required=True)
    assert shown == (
        '<label class="button choice-button"><input type="radio" name="outcome" value="new"'
        ' data-needs="words" data-press="e" checked required><kbd aria-hidden="true">e</kbd> A &lt; B'
        ' <span class="quiet">2 &amp; 3</span></label>'
    )


def test_a_choice_that_decides_at_once_and_is_not_made() -> None:
    shown = choice("outcome", "both", "Both", 3, current=None, goes=True)
    assert '<input type="radio" name="outcome" value="both" data-press="3" data-goes><kbd' in shown
    assert choice("extent", "", "As coded", current="").count("checked") == 1


def test_marks_say_their_codes_and_whether_the_coders_differ_about_them() -> None:
    stretches = [
        Stretch("I <was> ", (), (), is_disputed=False),
        Stretch("afraid", (FEAR,), (FEAR,), is_disputed=True),
        Stretch(" & glad", (FEAR, TRUST), (TRUST,), is_disputed=False),
    ]
    asked = ContextTurn("I", "interviewer", [Stretch("Why?", (), (), is_disputed=False)])
    assert marked([asked, ContextTurn("P", "participant", stretches)]) == (
        '<p class="quiet" dir="auto">Why?</p><p class="" dir="auto">I &lt;was&gt; '
        '<mark class="coding hue-2 lane-1-2 is-current">'
        '<span class="coding-start hue-2" data-tag="a1"></span>afraid</mark>'
        '<mark class="coding overlap lane-1-2 lane-2-5 is-dimmed">'
        '<span class="coding-start hue-5" data-tag="b1"></span> &amp; glad</mark></p>'
    )
