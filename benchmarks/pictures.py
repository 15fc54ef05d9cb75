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
    rows = {what: 75 + 85 * row for row, what in enumerate(IN_WORDS)}
    ratios = {(one, what): median(results.ratios(one, "stock", "typical", what)) for one in SUBJECTS for what in rows}
    halves, bottom = ceil(2 * max(ratios.values())), 75 + 85 * len(rows)
    parts = [_axis(130, 70, 0, bottom - 70), _axis(130, bottom, 500, 0)]
    for number, (one, name) in enumerate(SUBJECTS.items()):
        parts += [_bar(20 + 142 * number, 44, 12, one), _text(38 + 142 * number, 55, name)]
        for what, top in rows.items():
            y, right = top + 15 * number, 1000 / halves * ratios[one, what]
            parts += [_bar(130, y, right, one), _text(136 + right, y + 11, f"{ratios[one, what]:.2f}")]
    parts += [_text(120, top + 42, IN_WORDS[what], "end") for what, top in rows.items()]
    for half in range(halves + 1):
        x = 130 + 500 / halves * half
        parts += [_axis(x, bottom, 0, 5), _text(x, bottom + 20, f"{half / 2:g}", "middle")]
    parts += [_text(380, bottom + 42, "divided by what it is with the driver alone (less is better)", "middle")]
    return _svg(740, bottom + 55, "What one error costs: time and bytes", parts, theme)


def bytes_by_hop(results: Results, theme: Theme) -> str:
    """Draw how the pickle of the typical error grows."""
    parts = [_axis(90, 45, 0, 330), _axis(90, 375, 480, 0), _text(98, 56, "size of its pickle (less is better)")]
    for power in range(2, 9):
        y = 375 - 45 * (power - 2)
        parts += [_axis(85, y, 5, 0), _text(80, y + 4, size(10**power), "end")]
    for hop in range(0, 31, 5):
        parts += [_axis(90 + 16 * hop, 375, 0, 5), _text(90 + 16 * hop, 395, f"{hop}", "middle")]
    for one in ("stock", "tblib", "ours"):
        *_, last = values = results.figures[one, "typical", "bytes by hop"]
        points = " ".join(f"{90 + 16 * hop},{375 - 45 * (log10(value) - 2):.1f}" for hop, value in enumerate(values))
        parts += [f'<polyline class="line" stroke="{COLOURS[one]}" points="{points}"/>\n']
        parts += [_text(578, 379 - 45 * (log10(last) - 2), f"{SUBJECTS[one]}: {size(last)}")]
    parts += [_text(330, 417, "how often it was sent on, from process to process", "middle")]
    return _svg(800, 430, "Size of one error that is sent on and on", parts, theme)


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
