"""What README and docs/costs.md say of the figures, between markers, and the pictures."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median, quantiles

from . import pictures
from .errors import KINDS, SUBJECTS
from .measure import Results
from .worker import OPERATIONS

DOCS = Path(__file__).parent.parent / "docs"
WHAT, OF = [*OPERATIONS, "bytes"], {"added attribute": " with an added attribute"}

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


def files(results: Results) -> dict[Path, str]:
    """Return the files that hold figures, and what they are to say."""
    texts = parts(results)
    marked = re.compile(rf"(<!-- ({'|'.join(texts)}): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL)
    hold = {DOCS / "cost.svg": pictures.cost(results), DOCS / "bytes-by-hop.svg": pictures.bytes_by_hop(results)}
    for path in (DOCS.parent / "README.md", DOCS / "costs.md"):
        hold[path] = marked.sub(lambda at: f"{at[1]}{texts[at[2]]}\n{at[3]}", path.read_text(encoding="utf-8"))
    return hold


def parts(results: Results) -> dict[str, str]:
    """Return what stands between the markers of each name."""
    figures = {key: median(values) for key, values in results.figures.items()}
    ratios = {(kind, what): median(results.ratios("ours", "stock", kind, what)) for kind in KINDS for what in WHAT}
    slower = {what: f"{ratio:.1f} times as long" for what, ratio in ratios.items()}
    hops = {one: results.figures[one, "typical", "bytes by hop"] for one in SUBJECTS}
    imports = [one / 1e6 for one in results.figures["ours", "", "import"]]

    def show(one: str, what: str, kind: str = "typical") -> str:
        value = figures[one, kind, what]
        return f"{value / 1e3:.2f} µs" if what in OPERATIONS else f"{value:.0f}"

    def both(what: str) -> str:
        return f"{show('ours', what)} (with the driver alone {show('stock', what)})"

    goals = [
        _goal(f"{what}{OF.get(kind, '')} / {SUBJECTS[to]}", results.ratios("ours", to, kind, what), goal, wish)
        for kind, what, to, goal, wish in GOALS
    ]
    goals.append(_goal("import of this package, in ms", imports, 1, 0.5))
    goals.append(_goal("bytes after 30 hops / after none", [hops["ours"][-1] / hops["ours"][0]], 1, 1))
    kinds = [[kind, *(f"{show('ours', what, kind)} ({ratios[kind, what]:.2f})" for what in WHAT)] for kind in KINDS]
    subjects = [[SUBJECTS[one], *(show(one, what) for what in WHAT), pictures.size(hops[one][-1])] for one in SUBJECTS]
    more = "; ".join(f"{kind}, {what} {ratio:.2f}" for (kind, what), ratio in ratios.items() if ratio >= 1.05)
    return {
        "cost": f"Making an error takes {both('constructor')}, pickling and unpickling it {both('round trip')}; the "
        f"bytes of its pickle are {both('bytes')}. What takes longer than with the driver alone: pickling by itself, "
        f"but not unpickling ({slower['typical', 'dumps']}, of your class {slower['own constructor', 'dumps']}); "
        f"making an error without fields ({slower['no fields', 'constructor']}); and sending one with `values`, which "
        f"the driver alone loses ({slower['values', 'round trip']}). The import takes {median(imports):.1f} ms.",
        "goals": _table(["", "measured", "middle half", "goal: at most", "we would like", ""], goals)
        + f"\n\nThe driver's own import takes {figures['stock', '', 'import'] / 1e6:.0f} ms. "
        f"This package takes {figures['ours', '', 'memory'] / 1e3:.0f} kB of memory.",
        "kinds": _table(["", *WHAT], kinds)
        + f"\n\nWhat costs at least a twentieth more than with the driver alone: {more or 'nothing'}.",
        "subjects": _table(["", *WHAT, "bytes after 30 hops"], subjects),
        "versions": ", ".join(f"{name} {version}" for name, version in results.versions.items()) + ".",
    }


def _goal(what: str, values: list[float], goal: float, wish: float) -> list[str]:
    low, middle, high = quantiles(values) if len(values) > 1 else values * 3
    verdict = "**missed**" if middle > goal else "reached, as we would like" if middle <= wish else "reached"
    return [what, f"{middle:.2f}", f"{low:.2f} to {high:.2f}" if low < high else "", f"{goal:g}", f"{wish:g}", verdict]


def _table(header: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])
