"""Upstream's own tests end alike with the driver as it is, with the package, and with the diff.

`make upstream-suite`, or `python -m scripts.upstream_suite [TEST]` with a name such as tests.test_errors, needs
MariaDB's server program. Or MYSQL_ERRORS_COMPAT_TEST_URL names a server, such as
mysql://root:password@127.0.0.1:3306: upstream's tests replace its database myconnpy, and make and drop users.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import mysql.connector

from tests.outside.servers import server
from tests.outside.servers.server import Server
from tests.outside.upstream import Release, apply, unpack
from tests.shared.processes import ROOT

from . import upstream_recorder
from .common import exit_on_signals, fetch
from .upstream_recorder import DRIVER, ERROR, FAILURE, PASSED, SKIPPED, STARTED

FOLDER = ROOT / "build" / "upstream-suite"

# Each condition, and the folder that Error.__reduce__ then comes from.
AS_IT_IS, WITH_PACKAGE, WITH_DIFF = "as it is", "with the package", "with the diff"
CONDITIONS = {
    AS_IT_IS: None,
    WITH_PACKAGE: "mysql_errors_compat",
    WITH_DIFF: "connector",
}

FROM_GOOD_TO_BAD = STARTED, PASSED, SKIPPED, FAILURE, ERROR
NOT_THERE = "not there"

PATIENCE = 30 * 60  # seconds for all the tests, which take some five minutes
PATIENCE_ALONE = 2 * 60
TRIES_ALONE = 3
MOST_ALONE = 20  # more differences than these are no accident

# What upstream gives to a server of its own, besides its certificates.
SERVER_OPTIONS = [
    "--connect-timeout=60",
    "--default-time-zone=+00:00",
    "--local-infile=1",
    "--log-bin",
    "--max-allowed-packet=636870912",
    "--server-id=1",
    "--sql-mode=",
]

# A C extension that brings its own OpenSSL has to be there before Python's.
STARTUP = """
try:
    import _mysql_connector
except ImportError:
    pass
"""

Ends = dict[str, str]  # how each test ended, by its name


def main(test: str | None = None) -> int:
    """Run upstream's tests in every condition, print how they ended, and return the exit status."""
    exit_on_signals()
    started = time.monotonic()
    (diff,) = ROOT.glob("patches/0001-*.patch")
    release = Release("mysql-connector-python", metadata.version("mysql-connector-python"), diff, strip=2)
    archive = fetch(release)
    shutil.rmtree(FOLDER, ignore_errors=True)
    with ExitStack() as stack:
        trees = [prepared(condition, release, archive) for condition in CONDITIONS]
        addresses = servers(stack, trees[0] / "tests" / "data" / "ssl")
        suites = [Suite(*each) for each in zip(CONDITIONS, trees, addresses, strict=True)]
        print(f"{release}, Python {platform.python_version()}, {server_version(addresses[0])}")
        print(f"(what upstream's tests print is in {FOLDER.relative_to(ROOT)}/*/*.log)", flush=True)
        ends = run(suites, test, PATIENCE)
        print(table(ends), flush=True)
        alike = compare(suites, ends)
    print(f"{'alike' if alike else 'NOT ALIKE'}, after {(time.monotonic() - started) / 60:.1f} minutes")
    return int(not alike)


def prepared(condition: str, release: Release, archive: Path) -> Path:
    """Return upstream's tree in a condition; the folder startup beside it is for the interpreter's path."""
    folder = FOLDER / condition.replace(" ", "-")
    startup, tree = folder / "startup", folder / "tree"
    startup.mkdir(parents=True)
    package = "import mysql_errors_compat\n" if condition == WITH_PACKAGE else ""
    (startup / "sitecustomize.py").write_text(STARTUP + package)
    with tempfile.TemporaryDirectory(dir=folder) as unpacked:
        unpack(archive, Path(unpacked)).rename(tree)
    if condition == WITH_DIFF:
        apply(release, tree)
    return tree


def servers(stack: ExitStack, certificates: Path) -> Sequence[Server]:
    """Return a server for each condition: one of its own, if they are ours to start."""
    if url := os.environ.get(server.URL):
        try:
            return [server.from_url(url)] * len(CONDITIONS)
        except mysql.connector.Error as error:
            sys.exit(f"{server.URL}: {error}")
    if not server.is_installed():
        sys.exit(server.NO_SERVER)
    options = [
        *SERVER_OPTIONS,
        f"--ssl-ca={certificates / 'tests_CA_cert.pem'}",
        f"--ssl-cert={certificates / 'tests_server_cert.pem'}",
        f"--ssl-key={certificates / 'tests_server_key.pem'}",
    ]
    # The server's program is looked for on the path: there it is with these options.
    program = FOLDER / "bin" / "mariadbd"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {server.program(program.name)} "$@" {shlex.join(options)}\n')
    program.chmod(0o755)
    os.environ["PATH"] = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    return [stack.enter_context(server.started()) for _ in CONDITIONS]


def server_version(address: Server) -> str:
    """Return what the server says that it is."""
    with mysql.connector.connect(**address.arguments(database=None)) as connection:
        return f"server {connection.server_info}"


@dataclass(frozen=True)
class Suite:
    """Upstream's tests in one condition."""

    condition: str
    tree: Path
    address: Server

    def start(self, test: str | None) -> Run:
        """Start one test, or all of them."""
        record, log = (self.tree.parent / f"{test or 'all'}{suffix}" for suffix in (".jsonl", ".log"))
        arguments = {"host": self.address.host, "port": self.address.port, "user": self.address.user}
        if test:
            arguments["one-test"] = test
        path = [self.tree.parent / "startup", self.tree / "lib", ROOT]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *[sys.executable, upstream_recorder.__file__, str(record)],
                    *["--use-external-server", "--skip-install", "--verbosity=2"],
                    *[f"--{name}={value}" for name, value in arguments.items()],
                ],
                cwd=self.tree,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(map(str, path)),
                    "MYSQL_PASSWORD": self.address.password,
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # and so a group, which can be ended as a whole
            )
        return Run(self, process, record, log)


@dataclass(frozen=True)
class Run:
    """Upstream's tests as they run; leaving it as a context ends them."""

    suite: Suite
    process: subprocess.Popen[bytes]
    record: Path
    log: Path

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, deadline: float) -> None:
        """Wait for the end, but not for ever."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0, deadline - time.monotonic()))

    def ends(self) -> Ends:
        """Return how each test ended; exit if this was not the run that it should have been."""
        facts: dict[str, list[Any]] = defaultdict(list)
        if self.record.exists():
            for name, fact in map(json.loads, self.record.read_text(encoding="utf-8").splitlines()):
                facts[name].append(fact)
        drivers = facts.pop(DRIVER, [])
        ends = {name: max(found, key=FROM_GOOD_TO_BAD.index) for name, found in facts.items()}
        if len(drivers) != 2 or not ends:  # one as it started, and one as it ended
            running = [name for name, end in ends.items() if end == STARTED]
            sys.exit(f"{self.suite.condition}: it did not end, but stop in {running or 'no test'}; see {self.log}")
        for driver in drivers:
            is_in_tree = Path(driver["file"]).is_relative_to(self.suite.tree)
            if not is_in_tree or driver["reduce"] != CONDITIONS[self.suite.condition]:
                sys.exit(f"{self.suite.condition}: it tested another driver, {driver}; see {self.log}")
        return ends


def run(suites: Sequence[Suite], test: str | None, patience: float) -> dict[str, Ends]:
    """Run the same in every condition: at the same time, if they do not share a server."""
    share = len({suite.address for suite in suites}) < len(suites)
    with ExitStack() as stack:
        runs = []
        for suite in suites:
            runs.append(stack.enter_context(suite.start(test)))
            if share:
                runs[-1].wait(time.monotonic() + patience)
        deadline = time.monotonic() + patience
        for each in runs:
            each.wait(deadline)
    return {each.suite.condition: each.ends() for each in runs}


def table(ends: dict[str, Ends]) -> str:
    """Return how many tests ended in which way, for a person to read."""
    lines = [f"{'':16}" + "".join(f"{title:>10}" for title in ("tests", "passed", "skipped", "failures", "errors"))]
    for condition, found in ends.items():
        counts = Counter(found.values())
        numbers = len(found), counts[PASSED], counts[SKIPPED], counts[FAILURE], counts[ERROR]
        lines.append(f"{condition:16}" + "".join(f"{number:10}" for number in numbers))
    return "\n".join(lines)


def compare(suites: Sequence[Suite], ends: dict[str, Ends]) -> bool:
    """Print which tests ended differently; tell whether that was accidental."""
    new = {name for name, end in ends[WITH_DIFF].items() if name not in ends[AS_IT_IS] and end == PASSED}
    if new:
        print(f"the diff adds {len(new)} tests, which pass")
    names = dict.fromkeys(name for found in ends.values() for name in found if name not in new)
    differing = [name for name in names if len({found.get(name) for found in ends.values()}) > 1]
    alike = len(differing) <= MOST_ALONE
    for name in differing:
        print(f"{name}: {', '.join(found.get(name, NOT_THERE) for found in ends.values())}")
        if len(differing) <= MOST_ALONE:
            alone = ends_alone(suites, name)
            accidental = bool(set.intersection(*alone.values()))
            tries = ", ".join("/".join(sorted(found)) for found in alone.values())
            print(f"  run again alone, {TRIES_ALONE} times: {tries}: {'accidental' if accidental else 'A DIFFERENCE'}")
            alike = alike and accidental
    return alike


def ends_alone(suites: Sequence[Suite], name: str) -> dict[str, set[str]]:
    """Return how one test ends in each condition when no other runs before it."""
    found: dict[str, set[str]] = defaultdict(set)
    test = name.partition("(")[2].rstrip(")") or name  # "setUpClass (module.class)"
    for _ in range(TRIES_ALONE):
        for condition, ends in run(suites, test, PATIENCE_ALONE).items():
            found[condition].add(ends.get(name, NOT_THERE))
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
