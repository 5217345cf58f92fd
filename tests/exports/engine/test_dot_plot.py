"""The figure of a report: well-formed whatever a code is called, and the same drawing in pixels."""

from lxml import etree

from apps.exports.engine.dot_plot import Dot, to_png, to_svg

DOTS = [
    Dot("b3", "Legitimation", 2, 0.45, 0.31, 0.61),
    Dot("x", "</text><script>&\x07🙂", 0, None, None, None, "fewer than ten units"),
    Dot("a1", "Differentiation", 1, -0.2, None, None),
]


def texts(svg: str) -> list[str]:
    return [each.text for each in etree.fromstring(svg.encode()).iter("{*}text")]


def test_every_row_has_its_number_or_its_reason() -> None:
    found = texts(to_svg("Agreement", "13 transcripts", DOTS))
    assert "0.45   0.31 to 0.61" in found
    assert "fewer than ten units" in found
    assert "-0.20" in found
    assert "</text><script>&🙂" in found


def test_lines_stand_only_where_they_were_planned() -> None:
    assert "stroke-dasharray" not in to_svg("", "", DOTS)
    assert to_svg("", "", DOTS, thresholds=[0.667, 0.8]).count("stroke-dasharray") == 2


def test_pixels() -> None:
    assert to_png(to_svg("Agreement", "", DOTS)).startswith(b"\x89PNG")
    assert to_png(to_svg("Nothing", "", [])).startswith(b"\x89PNG")
