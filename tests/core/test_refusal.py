"""Refusals and remarks carry what a translation needs."""

from apps.core.refusal import Refused, Remark


def test_a_refusal_is_its_sentence_and_keeps_template_and_facts() -> None:
    refused = Refused("too_big", "%(name)s is larger than %(limit)s MB.", name="100%.txt", limit=20)
    assert (str(refused), refused.sentence) == ("100%.txt is larger than 20 MB.",) * 2
    assert refused.template % refused.facts == refused.sentence


def test_a_remark_survives_json() -> None:
    remark = Remark("deletions", "Left out: %(count)s.", {"count": 2})
    assert Remark.from_json(remark.to_json()) == remark
    assert remark.sentence == "Left out: 2."
