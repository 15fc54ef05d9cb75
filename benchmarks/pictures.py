"""The two pictures of docs/costs.md, each for a light page and for a dark one. Each brings its own background."""

from __future__ import annotations

from math import ceil, log10
from statistics import median
from typing import NamedTuple

from .errors import SUBJECTS
from .measure import Results
from .worker import IN_WORDS

COLOURS = {"ours": "#1f83c9", "stock": "#d55e00", "tblib": "#8f8f8f", "PyMySQL": "#0a9e73", "psycopg": "#b07cc6"}

STYLE = """<style>
text {{ font: 13px sans-serif; fill: {ink} }} .title {{ font-weight: bold; font-size: 15px }}
.paper {{ fill: {paper} }} .axis {{ stroke: {ink} }} .line {{ fill: none; stroke-width: 3 }}
</style>
"""


class Theme(NamedTuple):
    """The colours of a page, and how the names of its pictures end."""

    suffix: str
    ink: str
    paper: str


THEMES = [Theme("", "#24292f", "#ffffff"), Theme("-dark", "#e6edf3", "#131416")]


def cost(results: Results, theme: Theme) -> str:
    """Draw what the typical error costs, divided by what it costs with the driver alone."""
    left, width, top = 125, 330, 95
    rows = {what: top + 85 * row for row, what in enumerate(IN_WORDS)}
    ratios = {(one, what): median(results.ratios(one, "stock", "typical", what)) for one in SUBJECTS for what in rows}
    halves, bottom = ceil(2 * max(ratios.values())), top + 85 * len(rows)
    half_width = width / halves
    parts = [_axis(left, top - 5, 0, bottom - top + 5), _axis(left, bottom, width, 0)]
    for number, (one, name) in enumerate(SUBJECTS.items()):
        right, down = 20 + 160 * (number % 3), 44 + 20 * (number // 3)
        parts += [_bar(right, down, 12, one), _text(right + 18, down + 11, name)]
        for what, row in rows.items():
            y, length = row + 15 * number, 2 * half_width * ratios[one, what]
            parts += [_bar(left, y, length, one), _text(left + length + 6, y + 11, f"{ratios[one, what]:.2f}")]
    parts += [_text(left - 10, row + 42, IN_WORDS[what], "end") for what, row in rows.items()]
    for half in range(halves + 1):
        x = left + half_width * half
        parts += [_axis(x, bottom, 0, 5), _text(x, bottom + 20, f"{half / 2:g}", "middle")]
    parts += [_text(left + width / 2, bottom + 42, "divided by the driver alone (less is better)", "middle")]
    return _svg(520, bottom + 55, "What one error costs: time and bytes", parts, theme)


def bytes_by_hop(results: Results, theme: Theme) -> str:
    """Draw how the pickle of the typical error grows."""
    left, width, bottom, decade = 80, 420, 375, 40
    parts = [_axis(left, 45, 0, bottom - 45), _axis(left, bottom, width, 0)]
    parts += [_text(left + 8, 56, "size of its pickle (less is better)")]
    for power in range(1, 9):
        y = bottom - decade * (power - 1)
        parts += [_axis(left - 5, y, 5, 0), _text(left - 10, y + 4, size(10**power), "end")]
    for hop in range(0, 31, 5):
        x = left + width / 30 * hop
        parts += [_axis(x, bottom, 0, 5), _text(x, bottom + 20, f"{hop}", "middle")]
    for one, below in [("stock", 0), ("tblib", -8), ("ours", 16)]:
        *_, last = values = results.figures[one, "typical", "bytes by hop"]
        heights = [bottom - decade * (log10(value) - 1) for value in values]
        points = " ".join(f"{left + width / 30 * hop:.0f},{height:.1f}" for hop, height in enumerate(heights))
        parts += [f'<polyline class="line" stroke="{COLOURS[one]}" points="{points}"/>\n']
        parts += [_text(left + width - 25, heights[-1] + below, f"{SUBJECTS[one]}: {size(last)}", "end")]
    parts += [_text(left + width / 2, bottom + 42, "how often it was sent on, from process to process", "middle")]
    return _svg(520, bottom + 55, "Size of one error that is sent on and on", parts, theme)


def size(number: float) -> str:
    """Return a number of bytes as people say it."""
    divisor, unit = next(pair for pair in [(1e6, "MB"), (1e3, "kB"), (1, "bytes")] if number >= pair[0])
    return f"{number / divisor:.0f} {unit}"


def _svg(width: int, height: int, title: str, parts: list[str], theme: Theme) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">\n'
    style = STYLE.format(ink=theme.ink, paper=theme.paper)
    paper = f'<title>{title}</title>\n<rect class="paper" width="{width}" height="{height}" rx="6"/>\n'
    return f'{head}{style}{paper}<text class="title" x="20" y="27">{title}</text>\n{"".join(parts)}</svg>\n'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>\n'


def _bar(x: float, y: float, width: float, subject: str) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.1f}" height="12" fill="{COLOURS[subject]}"/>\n'


def _axis(x: float, y: float, right: float, down: float) -> str:
    return f'<path class="axis" d="M{x:.0f} {y:.0f}l{right:.0f} {down:.0f}"/>\n'
