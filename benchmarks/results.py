"""The figures: kept as a file of pyperf, whose own commands read it too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyperf

RESULTS = Path(__file__).with_name("results.json")

Key = tuple[str, str, str]  # the subject, the kind of error or nothing, and what was measured


class Results(NamedTuple):
    """What was measured, and with what."""

    figures: dict[Key, list[float]]  # a value per round, or per hop
    metadata: Mapping[str, object]

    def ratios(self, subject: str, to: str, kind: str, what: str) -> list[float]:
        """Return how the figures of two subjects relate, round by round or hop by hop."""
        ours, theirs = self.figures[subject, kind, what], self.figures[to, kind, what]
        return [one / other for one, other in zip(ours, theirs, strict=True)]


def save(results: Results, path: Path = RESULTS) -> None:
    """Write the results as one suite of pyperf's: a benchmark per figure, with a run per value."""

    def benchmark(key: Key, values: list[float]) -> pyperf.Benchmark:
        what = key[-1]
        unit = "byte" if what.startswith("bytes") else "integer" if what == "instructions" else "second"
        metadata = {**results.metadata, "name": ", ".join(key), "unit": unit}
        return pyperf.Benchmark([pyperf.Run([value], metadata=metadata, collect_metadata=False) for value in values])

    suite = pyperf.BenchmarkSuite([benchmark(key, values) for key, values in results.figures.items()])
    suite.dump(str(path), replace=True)


def load(path: Path = RESULTS) -> Results:
    """Read what `save` wrote."""
    suite = pyperf.BenchmarkSuite.load(str(path))
    figures = {tuple(benchmark.get_name().split(", ")): list(benchmark.get_values()) for benchmark in suite}
    return Results(figures, suite.get_metadata())
