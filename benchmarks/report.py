"""What README, docs/costs.md and README.md beside this file say of the figures, between markers, and the pictures."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median, quantiles

from . import pictures
from .errors import KINDS, SUBJECTS
from .measure import Results
from .worker import IN_WORDS, OPERATIONS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "docs" / "costs.md", ROOT / "benchmarks" / "README.md"]

WORTH_SAYING = 1.05  # times what it is with the driver alone; less is lost in what two rounds differ by

# Of which kind of error, what, divided by whose: at most the goal, and what we would like.
GOALS = [
    ("typical", "bytes", "stock", 0.53, 0.53),
    ("typical", "constructor", "stock", 0.75, 0.45),
    ("typical", "loads", "stock", 0.65, 0.5),
    ("typical", "dumps", "stock", 1.1, 1.0),
    ("typical", "round trip", "stock", 0.8, 0.66),
    ("typical", "round trip", "tblib", 0.6, 0.48),
    ("typical", "round trip", "PyMySQL", 1.3, 1.0),
    ("added attribute", "round trip", "stock", 1.1, 0.9),
]
# What no kind of error is to cost more than with the driver alone.
NEVER_MORE = ["constructor", "round trip", "copy"]


def files(results: Results) -> dict[Path, str]:
    """Return the files that hold figures, and what they are to say."""
    texts = parts(results)
    marked = re.compile(rf"(<!-- ({'|'.join(texts)}): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL)
    hold = {}
    for theme in pictures.THEMES:
        hold[ROOT / "docs" / f"cost{theme.suffix}.svg"] = pictures.cost(results, theme)
        hold[ROOT / "docs" / f"bytes-by-hop{theme.suffix}.svg"] = pictures.bytes_by_hop(results, theme)
    for path in PAGES:
        hold[path] = marked.sub(lambda at: f"{at[1]}{texts[at[2]]}\n{at[3]}", path.read_text(encoding="utf-8"))
    return hold


def parts(results: Results) -> dict[str, str]:
    """Return what stands between the markers of each name."""
    return {
        "cost": _cost(results),
        "kinds": kinds(results),
        "subjects": _subjects(results),
        "versions": ", ".join(f"{name} {version}" for name, version in results.versions.items()) + ".",
        "goals": _goals(results),
        "times": _times(results),
    }


def _cost(results: Results) -> str:
    rows = []
    for row, what in [("make an error", "constructor"), ("send and receive it", "round trip"), ("bytes sent", "bytes")]:
        unit = " µs" if what in OPERATIONS else ""
        rows.append([row, *(_figure(results, one, "typical", what) + unit for one in ("ours", "stock"))])
    table = _table(["", "with the package", "driver alone"], rows)
    share = 100 * median(results.ratios("ours", "stock", "", "import"))
    memory = median(results.figures["ours", "", "memory"]) / 1e3
    import_ = f"The import adds {share:.1f} % to the time of the driver's own, and {memory:.0f} kB of memory."
    return f"{table}\n\n{_what_takes_longer(results)} {import_}"


def _what_takes_longer(results: Results) -> str:
    longer = []
    for what in OPERATIONS:
        ratios = {kind: _ratio(results, kind, what) for kind in KINDS}
        worst = max(ratios, key=lambda kind: ratios[kind])
        if ratios[worst] >= WORTH_SAYING:
            longer.append(f"to {IN_WORDS[what]}, {ratios[worst]:.1f} times as long ({worst})")
    if not longer:
        return "No kind of error takes longer than with the driver alone."
    return f"Some kinds of error take longer than with the driver alone, at worst: {'; '.join(longer)}."


def kinds(results: Results) -> str:
    """Return a table of every kind of error: what it costs, divided by what it costs with the driver alone."""
    rows = []
    for kind in KINDS:
        ratios = [_ratio(results, kind, what) for what in IN_WORDS]
        rows.append([kind, *(f"**{ratio:.2f}**" if ratio >= WORTH_SAYING else f"{ratio:.2f}" for ratio in ratios)])
    return _table(["", *IN_WORDS.values()], rows)


def _subjects(results: Results) -> str:
    rows = []
    for one, name in SUBJECTS.items():
        *_, last_hop = results.figures[one, "typical", "bytes by hop"]
        figures = [_figure(results, one, "typical", what) for what in IN_WORDS]
        rows.append([name, *figures, pictures.size(last_hop)])
    return _table(["", *IN_WORDS.values(), "after 30 hops"], rows)


def _goals(results: Results) -> str:
    rows = []
    for kind, what, to, goal, wish in GOALS:
        name = f"{IN_WORDS[what]}, {kind} / {SUBJECTS[to]}"
        rows.append(_goal(name, results.ratios("ours", to, kind, what), goal, wish))
    for what in NEVER_MORE:
        worst = max(KINDS, key=lambda kind: _ratio(results, kind, what))
        name = f"{IN_WORDS[what]}, the kind where it is most ({worst}) / {SUBJECTS['stock']}"
        rows.append(_goal(name, results.ratios("ours", "stock", worst, what), 1.0, 1.0))
    rows.append(_goal("import / the driver's own", results.ratios("ours", "stock", "", "import"), 0.01, 0.005))
    before, *_, after = results.figures["ours", "typical", "bytes by hop"]
    rows.append(_goal("bytes after 30 hops / after none", [after / before], 1.0, 1.0))
    return _table(["", "measured", "middle half", "goal: at most", "we would like", ""], rows)


def _goal(what: str, values: list[float], goal: float, wish: float) -> list[str]:
    middle, spread = median(values), ""
    if len(set(values)) > 1:
        low, _, high = quantiles(values)
        spread = f"{low:.3g} to {high:.3g}"
    if middle > goal:
        verdict = "**missed**"
    elif middle > wish:
        verdict = "reached"
    else:
        verdict = "reached, as we would like"
    return [what, f"{middle:.3g}", spread, f"{goal:g}", f"{wish:g}", verdict]


def _times(results: Results) -> str:
    rows = [[kind, *(_figure(results, "ours", kind, what) for what in IN_WORDS)] for kind in KINDS]
    return _table(["", *IN_WORDS.values()], rows)


def _ratio(results: Results, kind: str, what: str) -> float:
    return median(results.ratios("ours", "stock", kind, what))


def _figure(results: Results, subject: str, kind: str, what: str) -> str:
    value = median(results.figures[subject, kind, what])
    return f"{value / 1e3:.2f}" if what in OPERATIONS else f"{value:.0f}"


def _table(header: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])
