"""The two pictures of docs/costs.md. Each brings its own background, a dark one where the reader's screen is dark."""

from __future__ import annotations

from math import ceil, log10
from statistics import median

from .errors import SUBJECTS
from .measure import Results
from .worker import OPERATIONS

COLOURS = {"ours": "#1f83c9", "stock": "#d55e00", "tblib": "#8f8f8f", "PyMySQL": "#0a9e73", "psycopg": "#b07cc6"}

STYLE = """<style>
text { font: 13px sans-serif; fill: #24292f } .title { font-weight: bold; font-size: 15px }
.paper { fill: #fff } .axis { stroke: #24292f } .line { fill: none; stroke-width: 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .paper { fill: #0d1117 } .axis { stroke: #e6edf3 } }
</style>
"""


def cost(results: Results) -> str:
    """Draw what the typical error costs, divided by what it costs with the driver alone."""
    rows = {what: 75 + 85 * row for row, what in enumerate([*OPERATIONS, "bytes"])}
    ratios = {(one, what): median(results.ratios(one, "stock", "typical", what)) for one in SUBJECTS for what in rows}
    halves, bottom = ceil(2 * max(ratios.values())), 75 + 85 * len(rows)
    parts = [_axis(110, 70, 0, bottom - 70), _axis(110, bottom, 500, 0)]
    for number, (one, name) in enumerate(SUBJECTS.items()):
        parts += [_bar(20 + 142 * number, 44, 12, one), _text(38 + 142 * number, 55, name)]
        for what, top in rows.items():
            y, right = top + 15 * number, 1000 / halves * ratios[one, what]
            parts += [_bar(110, y, right, one), _text(116 + right, y + 11, f"{ratios[one, what]:.2f}")]
    parts += [_text(100, top + 42, what, "end") for what, top in rows.items()]
    for half in range(halves + 1):
        x = 110 + 500 / halves * half
        parts += [_axis(x, bottom, 0, 5), _text(x, bottom + 20, f"{half / 2:g}", "middle")]
    parts += [_text(360, bottom + 42, "divided by what it is with the driver alone (less is better)", "middle")]
    return _svg(740, bottom + 55, "What one error costs: time and bytes", parts)


def bytes_by_hop(results: Results) -> str:
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
    return _svg(800, 430, "Size of one error that is sent on and on", parts)


def size(number: float) -> str:
    """Return a number of bytes as people say it."""
    divisor, unit = next(pair for pair in [(1e6, "MB"), (1e3, "kB"), (1, "bytes")] if number >= pair[0])
    return f"{number / divisor:.0f} {unit}"


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">\n'
    paper = f'<title>{title}</title>\n<rect class="paper" width="{width}" height="{height}" rx="6"/>\n'
    return f'{head}{STYLE}{paper}<text class="title" x="20" y="27">{title}</text>\n{"".join(parts)}</svg>\n'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>\n'


def _bar(x: float, y: float, width: float, subject: str) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.1f}" height="12" fill="{COLOURS[subject]}"/>\n'


def _axis(x: float, y: float, right: float, down: float) -> str:
    return f'<path class="axis" d="M{x:.0f} {y:.0f}l{right:.0f} {down:.0f}"/>\n'
