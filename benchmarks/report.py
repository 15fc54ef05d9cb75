"""The tables: what was measured beside what was to be reached, and what everything else costs."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from statistics import median, quantiles
from typing import NamedTuple

from .measure import HOPS, PACKAGES
from .results import Results
from .subjects import KINDS, SUBJECTS
from .worker import OPERATIONS

OTHERS = [subject for subject in SUBJECTS if subject != "ours"]


class Goal(NamedTuple):
    """A figure to reach, and the values measured."""

    what: str
    values: list[float]
    at_most: float
    stretch: float | None = None
    unit: str = ""

    def verdict(self) -> str:
        """Say whether it is reached."""
        measured = median(self.values)
        if measured > self.at_most:
            return "**missed**"
        if self.stretch is None:
            return "reached"
        return "stretch reached" if measured <= self.stretch else "reached, stretch missed"

    def cells(self) -> list[str]:
        """Return its line of the table."""
        low, _, high = quantiles(self.values) if len(self.values) > 1 else self.values * 3
        half = f"{low:#.3g} to {high:#.3g}" if low < high else ""
        stretch = f"{self.stretch:g}" if self.stretch else ""
        return [self.what, f"{median(self.values):#.3g}{self.unit}", half, f"{self.at_most:g}", stretch, self.verdict()]


def goals(results: Results) -> list[Goal]:
    """Return the figures to reach, all for the typical error."""

    def to(subject: str, what: str) -> list[float]:
        return results.ratios("ours", subject, "typical", what)

    none, *_, last = results.figures["ours", "typical", "bytes by hop"]
    imports = [seconds * 1e3 for seconds in results.figures["ours", "", "import"]]
    memory = [size / 1e3 for size in results.figures["ours", "", "bytes allocated"]]
    return [
        Goal("bytes / stock", to("stock", "bytes"), 0.53),
        Goal("round trip (dumps and loads) / stock", to("stock", "round trip"), 0.95, 0.88),
        Goal("round trip / tblib", to("tblib", "round trip"), 0.75, 0.65),
        Goal("dumps / stock", to("stock", "dumps"), 1.20, 1.10),
        Goal("constructor / stock", to("stock", "constructor"), 1.10, 1.03),
        Goal("own code at import, beyond the driver's own import", imports, 2, 1, " ms"),
        Goal(f"bytes after {HOPS} hops / bytes after none", [last / none], 1),
        Goal("memory held per installed process, beyond stock", memory, 200, None, " kB"),
    ]


def report(results: Results) -> str:
    """Return everything as text, in Markdown's tables."""
    missed = [goal.what for goal in goals(results) if goal.verdict() == "**missed**"]
    parts = [
        summary(results),
        f"Missed: {', '.join(missed) or 'none'}.",
        _table(["error", "", "ours", *(f"/ {subject}" for subject in OTHERS)], _costs(results)),
        _table(["", *SUBJECTS], _further(results)),
    ]
    return "\n\n".join(parts)


def summary(results: Results) -> str:
    """Return what README has of it: the figures to reach, and what they were measured with."""
    header = ["typical error", "measured", "middle half", "at most", "stretch", ""]
    rounds = len(results.figures["ours", "typical", "dumps"])
    versions = [f"{package} {results.metadata[package]}" for package in PACKAGES]
    about = f"{', '.join(versions)}, {results.metadata['Python']}; {results.metadata['machine']}"
    return "\n\n".join(
        [
            _table(header, (goal.cells() for goal in goals(results))),
            textwrap.fill(f"Medians of {rounds} alternations, {results.metadata['date']}: {about}.", 120),
        ]
    )


def _costs(results: Results) -> Iterator[list[str]]:
    for kind in KINDS:
        for what in [*OPERATIONS, "bytes"]:
            ours = median(results.figures["ours", kind, what])
            cell = f"{ours:.0f}" if what == "bytes" else f"{1e6 * ours:.2f} µs"
            yield [kind, what, cell, *(_ratio(results, kind, what, other) for other in OTHERS)]


def _ratio(results: Results, kind: str, what: str, other: str) -> str:
    if (other, kind, what) in results.figures:
        return f"{median(results.ratios('ours', other, kind, what)):.2f}"
    return "fails" if (other, kind, "dumps") in results.figures else ""


def _further(results: Results) -> Iterator[list[str]]:
    def row(title: str, kind: str, what: str, show: Callable[[list[float]], str]) -> list[str]:
        keys = [(subject, kind, what) for subject in SUBJECTS]
        return [title, *(show(results.figures[key]) if key in results.figures else "" for key in keys)]

    for hops in (0, 1, 10, 20, HOPS):
        sizes = [f"{results.figures[subject, 'typical', 'bytes by hop'][hops]:.0f}" for subject in SUBJECTS]
        yield [f"bytes after {hops} hops", *sizes]
    yield row("errors per second through a Pool", "typical", "Pool", lambda values: f"{1 / median(values):.0f}")
    pool = [median(results.ratios("stock", subject, "typical", "Pool")) for subject in SUBJECTS]
    yield ["in relation to stock", *(f"{ratio:.2f}" for ratio in pool)]
    yield row("instructions of a round trip", "typical", "instructions", lambda values: f"{values[0]:.0f}")
    yield row("import, ours after the driver's", "", "import", lambda values: f"{median(values) * 1e3:.2f} ms")
    yield row("memory of the process then", "", "bytes held", lambda values: f"{median(values) / 1e3:.0f} kB")


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])
