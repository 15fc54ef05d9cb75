"""The two pictures in README, from what was measured last: `python -m benchmarks.plot`."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from .measure import HOPS
from .results import Results, load
from .worker import OPERATIONS

DOCS = Path(__file__).parent.parent / "docs"

WHAT = [*OPERATIONS, "bytes"]
STYLES = {
    "stock": ("driver alone", "#d55e00"),
    "tblib": ("driver with tblib", "#a0a0a0"),
    "psycopg": ("psycopg 3", "#56b4e9"),
    "PyMySQL": ("PyMySQL", "#009e73"),
    "ours": ("with this package", "#0072b2"),
}

BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


def bytes_by_hop(results: Results) -> Figure:
    """Draw how the pickle of the typical error grows."""
    figure, axes = _picture(f"Size of one pickled error, sent on from process to process {HOPS} times")
    as_bytes = EngFormatter("B", places=0)
    for subject, (name, colour) in STYLES.items():
        first, *_, last = sizes = results.figures[subject, "typical", "bytes by hop"]
        says = f"always {as_bytes(first)}" if first == last else f"from {as_bytes(first)} to {as_bytes(last)}"
        axes.plot(sizes, label=f"{name}: {says}", color=colour, linewidth=3 if subject in ("ours", "stock") else 1.5)
    axes.set(yscale="log", xlim=(0, HOPS), ylim=(50, 1e9), xlabel="hops")
    axes.set_yticks([10**power for power in range(2, 10)])
    axes.yaxis.set_major_formatter(as_bytes)
    axes.minorticks_off()
    axes.legend(loc="upper left", frameon=False)
    return figure


def cost(results: Results) -> Figure:
    """Draw what the typical error costs, in relation to the driver alone."""
    figure, axes = _picture("What one error costs, in relation to the driver alone")
    axes.axvline(1, color=STYLES["stock"][1], linewidth=2, label=STYLES["stock"][0])
    subjects = [subject for subject in reversed(STYLES) if subject != "stock"]
    height = 0.8 / len(subjects)
    for bar, subject in enumerate(subjects):
        name, colour = STYLES[subject]
        for row, what in enumerate(WHAT):
            at = row + (bar - (len(subjects) - 1) / 2) * height
            ratio = median(results.ratios(subject, "stock", "typical", what))
            axes.barh(at, ratio, height, color=colour, label=None if row else name)
            axes.text(ratio + 0.02, at, f"{ratio:.2f}", va="center", fontsize=8, bbox=BEHIND)
    axes.set_yticks(range(len(WHAT)), WHAT)
    axes.invert_yaxis()
    axes.legend(loc="lower right", frameon=False)
    return figure


def _picture(title: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(8.5, 4.5), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def main() -> None:
    """Draw both."""
    # The same figures make the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "", "svg.fonttype": "none"})
    results = load()
    for draw in (bytes_by_hop, cost):
        name = draw.__name__.replace("_", "-")
        draw(results).savefig(DOCS / f"{name}.svg", metadata={"Creator": None, "Date": None})


if __name__ == "__main__":
    main()
