"""What the diffs cost: `python -m scripts.upstream_cost` times the driver as it is and with the diff, by turns."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from pathlib import Path

from tests.outside.test_upstream import NEWEST
from tests.outside.upstream import Release, apply, run, unpack

from .common import exit_on_signals, fetch

ROUNDS = 30  # each in a new process: where its memory lies makes a difference
LIMITS = {"dumps": 2.0, "loads": 1.2, "round trip": 1.5}  # times the driver's

# Prints the least time of each, in microseconds. The processor's time: other programs may run.
SCRIPT = """
import importlib, json, pickle, sys, time, timeit

errors = importlib.import_module(sys.argv[1])

error = errors.IntegrityError("Duplicate entry '1' for key 'PRIMARY'", 1062, None, "23000")
data = pickle.dumps(error)
tasks = {
    "dumps": lambda: pickle.dumps(error),
    "loads": lambda: pickle.loads(data),
    "round trip": lambda: pickle.loads(pickle.dumps(error)),
}
times = {
    name: min(timeit.repeat(task, number=2000, repeat=10, timer=time.process_time)) / 2000 * 1e6
    for name, task in tasks.items()
}
print(json.dumps(times))
"""


def main() -> int:
    """Print what each diff costs, and return the exit status: whether one costs too much."""
    exit_on_signals()
    print(f"Python {platform.python_version()}, microseconds, as it is and with the diff")
    cheap = []
    with tempfile.TemporaryDirectory() as scratch:
        for release in NEWEST:
            as_it_is, with_diff = (
                unpack(fetch(release), Path(scratch, folder, release.name)) for folder in ("as-it-is", "with-diff")
            )
            apply(release, with_diff)
            rounds = [[times(release, tree) for tree in (as_it_is, with_diff)] for _ in range(ROUNDS)]
            print(release)
            for name, limit in LIMITS.items():
                before, after = (min(each[name] for each in found) for found in zip(*rounds, strict=True))
                print(
                    f"  {name:12} {before:6.2f} {after:6.2f}  {after / before:.2f} times, at most {limit}", flush=True
                )
                cheap.append(after <= before * limit)
    return int(not all(cheap))


def times(release: Release, tree: Path) -> dict[str, float]:
    """Run the script with the driver in `tree`."""
    done = run(sys.executable, "-c", SCRIPT, release.module, cwd=tree, PYTHONPATH="lib")
    if done.code:
        sys.exit(done.output)
    return dict(json.loads(done.output.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
