"""A coefficient with its interval for each code, drawn for a paper: SVG, and PNG from the same drawing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

ROW, TOP, NAME, PLOT, NUMBERS = 24, 64, 280, 360, 200
WIDTH = NAME + PLOT + NUMBERS
INK, QUIET, LINE = "#1b1f23", "#5b6670", "#d5dadd"
# The hues of the pages in daylight: a picture is printed.
HUES = ("#59616b", "#0b2087", "#117555", "#a74a04", "#64054a", "#115667", "#6e3d37", "#3f3902", "#674098")


@dataclass(frozen=True)
class Dot:
    """One row: a code with its number, or with the reason why there is none."""

    label: str
    name: str
    hue: int
    value: float | None
    low: float | None
    high: float | None
    remark: str = ""


def to_svg(
    title: str, note: str, dots: Sequence[Dot], *, only: str = "", thresholds: Sequence[float] = ()
) -> str:
    """Rows in the order given; the axis reaches from the lowest number, at most 0, to 1."""
    shown = [number for dot in dots for number in (dot.value, dot.low) if number is not None]
    first = min([0.0, *shown])
    height = TOP + ROW * len(dots) + 32
    bottom = TOP + ROW * len(dots)

    def across(number: float) -> float:
        return NAME + PLOT * (number - first) / (1 - first)

    parts = [
        _text(0, 16, title, size=15, weight="bold"),
        _text(0, 36, note, fill=QUIET),
        *([_text(0, 52, only, fill=QUIET)] if only else []),
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = across(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}" stroke="{LINE}"/>')
        parts.append(_text(x, bottom + 16, f"{tick:g}", anchor="middle", fill=QUIET))
    for threshold in thresholds:
        x = across(threshold)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}" stroke="{QUIET}" '
            'stroke-dasharray="4 3"/>'
        )
        parts.append(_text(x, TOP - 8, f"{threshold:g}", anchor="middle", fill=QUIET))
    for place, dot in enumerate(dots):
        parts.extend(_row(dot, TOP + ROW * place + ROW / 2, across))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="Liberation Sans, Arial, Helvetica, sans-serif" font-size="12">'
        f'<title>{_plain(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def to_png(svg: str) -> bytes:
    """The same drawing in pixels, twice as dense as a screen needs."""
    import vl_convert  # large, and wanted by nobody who does not ask for a picture

    return bytes(vl_convert.svg_to_png(svg, scale=2))


def _row(dot: Dot, y: float, across: Callable[[float], float]) -> list[str]:
    colour = HUES[dot.hue % len(HUES)]
    parts = [
        _text(0, y + 4, dot.label, fill=colour, weight="bold"),
        _text(40, y + 4, dot.name if len(dot.name) <= 36 else f"{dot.name[:35]}…"),
    ]
    if dot.value is None:
        return [*parts, _text(NAME + PLOT + 16, y + 4, dot.remark, fill=QUIET)]
    numbers = f"{dot.value:.2f}"
    if dot.low is not None and dot.high is not None:
        numbers += f"   {dot.low:.2f} to {dot.high:.2f}"
        parts.append(
            f'<line x1="{across(dot.low):.1f}" x2="{across(dot.high):.1f}" y1="{y}" y2="{y}" '
            f'stroke="{INK}" stroke-width="1.5"/>'
        )
    parts.append(f'<circle cx="{across(dot.value):.1f}" cy="{y}" r="5" fill="{colour}"/>')
    return [*parts, _text(NAME + PLOT + 16, y + 4, numbers)]


def _text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = INK, anchor: str = "", weight: str = ""
) -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}"{more}>{_plain(words)}</text>'


def _plain(words: str) -> str:
    """Fit for XML, whatever somebody has called a code."""
    return escape("".join(letter for letter in words if letter == "\t" or ord(letter) >= 32))
