"""The command line: `python -m benchmarks` measures, keeps the figures and prints the tables."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from . import results
from .measure import measure
from .report import report


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what an error costs.")
    parser.add_argument("--rounds", type=int, default=25, help="alternations between the subjects (default: 25)")
    parser.add_argument("--again", action="store_true", help="only print what was measured last")
    options = parser.parse_args()
    if not options.again:
        results.save(measure(options.rounds, partial(print, file=sys.stderr)))
    print(report(results.load()))


if __name__ == "__main__":
    main()
