"""Breaks the core in one place at a time, and prints what the tests of tests/core do not find: ``make mutants``.

Cosmic Ray does both. It edits the files themselves, of a copy of the repository for each processor, so what runs in
interpreters of its own is broken too. An hour or more for all; with ``--since TAG`` it is only the lines changed since.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from cosmic_ray.config import load_config

from tests.shared.processes import ROOT

from .common import exit_on_signals
from .pythons import copy_repository

CONFIGURATION_FILE = Path(__file__).with_suffix(".toml")
CONFIGURATION = load_config(str(CONFIGURATION_FILE))
Result = dict[str, Any]
MAY_LIVE = 5  # in 100
ENVIRONMENT = {
    **os.environ,
    "HYPOTHESIS_PROFILE": "mutants",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


class Mutant(NamedTuple):
    """One place to break, and how."""

    path: str
    operator: str
    occurrence: int
    line: int


def main() -> int:
    """Run the tests with each mutant, print those that live, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="only mutants of files with such a name, as _orders.py")
    parser.add_argument("--since", metavar="TAG", help="only mutants of lines changed since")
    parser.add_argument("--minutes", type=float, default=600, help="begin no more of them after that time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    exit_on_signals()
    with tempfile.TemporaryDirectory() as scratch:
        mutants = find_mutants(Path(scratch), options.since)
        if options.files:
            mutants = [mutant for mutant in mutants if Path(mutant.path).name in options.files]
        print(f"{len(mutants)} mutants", flush=True)
        tree = Path(scratch, ROOT.name)
        copy_repository(tree)
        lived = ran = 0
        for mutant, result in try_all(mutants, tree, options.jobs, time.monotonic() + 60 * options.minutes):
            ran += 1
            if result["test_outcome"] == "survived":
                lived += 1
                print(f"\nlives: {mutant.path}:{mutant.line} {mutant.operator}", result["diff"], sep="\n", flush=True)
            elif result["worker_outcome"] != "normal":
                sys.exit(f"{mutant} could not be tried: {result['output']}")
    if ran < len(mutants):
        print(f"{len(mutants) - ran} had no turn within {options.minutes:g} minutes")
    print(f"{lived} of {ran} live; {MAY_LIVE} in 100 may, and CONTRIBUTING.md has the reason of each")
    # Of a few lines each one that lives may have its reason; so these are for reading.
    return int(100 * lived > MAY_LIVE * ran and not (options.since or options.files))


def find_mutants(scratch: Path, since: str | None) -> list[Mutant]:
    """Return what Cosmic Ray can break, in the order of lines."""
    configuration, session = scratch / "configuration.toml", scratch / "session.sqlite"
    configuration.write_text(
        CONFIGURATION_FILE.read_text(encoding="utf-8") + f'\n[cosmic-ray.filters.git-filter]\nbranch = "{since}"\n'
    )
    run("cosmic-ray", "init", configuration, session)
    run("cr-filter-operators", session, configuration)
    if since:
        run("cr-filter-git", "--config", configuration, session)
    dumped = [json.loads(line) for line in run("cosmic-ray", "dump", session).splitlines()]
    found = []
    for item, result in dumped:
        (mutation,) = item["mutations"]
        if result is None:  # else it was filtered
            line, _ = mutation["start_pos"]
            found.append(Mutant(mutation["module_path"], mutation["operator_name"], mutation["occurrence"], line))
    return sorted(found, key=lambda mutant: (mutant.path, mutant.line))


def try_all(mutants: list[Mutant], tree: Path, jobs: int, end: float) -> Iterator[tuple[Mutant, Result]]:
    """Yield each mutant and how the tests ended with it, until the time is over."""

    def try_in_time(mutant: Mutant) -> Result | None:
        return try_one(mutant, tree) if time.monotonic() < end else None

    with ThreadPoolExecutor(jobs) as pool:
        for mutant, result in zip(mutants, pool.map(try_in_time, mutants), strict=True):
            if result:
                yield mutant, result


def try_one(mutant: Mutant, tree: Path) -> Result:
    """Run the tests in a copy of `tree` with this mutant, and return what Cosmic Ray says of it."""
    command = "mutate-and-test", mutant.path, mutant.operator, str(mutant.occurrence), CONFIGURATION.test_command
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(tree, Path(scratch, tree.name))
        try:
            return dict(json.loads(run("cosmic-ray", *command, cwd=copy, timeout=CONFIGURATION.timeout)))
        except subprocess.TimeoutExpired:
            return {"worker_outcome": "normal", "test_outcome": "killed"}


def run(*command: str | Path, cwd: Path = ROOT, timeout: float = 60) -> str:
    """Run a command, which must succeed, and return what it printed."""
    return subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True, timeout=timeout
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
