"""The report, run as a newcomer runs it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import mysql_errors_compat

COMMAND = [sys.executable, "-m", "mysql_errors_compat"]
MARK = f"MYSQL_ERRORS_COMPAT_TEST_{uuid.uuid4().hex}"  # the same tests may run elsewhere on the machine
Run = subprocess.CompletedProcess[str]


def environment(mark: str, temporary: Path) -> dict[str, str]:
    return os.environ | {MARK: mark, "TMPDIR": str(temporary), "COLUMNS": "100"}


def processes(mark: str) -> list[str]:
    """Return the processes that were started, however indirectly, with this mark in the environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text())
        except OSError:
            pass
    return found


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the report makes its temporary files."""
    return tmp_path_factory.mktemp("t")


@pytest.fixture(scope="module")
def runs(temporary: Path) -> dict[str, Run]:
    """Run the report as text, as data, and with a package that installs nothing; all at a time."""

    def run(name: str, arguments: list[str], variables: dict[str, str]) -> Run:
        env = environment(name, temporary) | variables
        return subprocess.run(COMMAND + arguments, env=env, cwd=temporary, capture_output=True, text=True, timeout=90)

    with ThreadPoolExecutor() as executor:
        jobs = {
            "text": executor.submit(run, "text", [], {}),
            "json": executor.submit(run, "json", ["demo", "--json"], {}),
            "broken": executor.submit(run, "broken", ["--json"], {"MYSQL_ERRORS_COMPAT_DISABLE": "1"}),
        }
        return {name: job.result() for name, job in jobs.items()}


def rows(run: Run) -> Iterator[tuple[bool, str, dict[str, Any], dict[str, Any]]]:
    """Yield what is in the report as data: whether the error is the application's own, the way, both outcomes."""
    for row in json.loads(run.stdout)["rows"]:
        yield row["error"].startswith("OrderFailed"), row["way"], row["without"], row["with"]


def test_with_the_package_everything_is_identical(runs: dict[str, Run]) -> None:
    assert [(way, with_["text"]) for _, way, _, with_ in rows(runs["json"]) if with_["verdict"] != "identical"] == []
    assert len(list(rows(runs["json"]))) >= 13
    assert runs["json"].returncode == 0
    assert runs["text"].returncode == 0


def test_without_it_an_error_arrives_changed(runs: dict[str, Run]) -> None:
    for own, way, without, _ in rows(runs["json"]):
        if not own:
            assert without["verdict"] == "changed", way
            assert without["differences"]["args[0]"]["was"] == "2003"
            assert re.match(r'args\[0\] is "2003.*", was 2003; args\[1\]', without["text"])


def test_without_it_an_own_constructor_hangs_a_pool(runs: dict[str, Run]) -> None:
    for own, way, without, _ in rows(runs["json"]):
        if own and way.startswith("Pool "):
            assert without["text"] == "hangs"
        elif own and way == "ProcessPoolExecutor":
            assert without["text"].startswith("breaks the whole executor: BrokenProcessPool")
        elif own:
            assert without["text"].startswith("fails: TypeError: ")


def test_a_package_that_does_nothing_is_found_out(runs: dict[str, Run]) -> None:
    assert runs["broken"].returncode == 1
    for _, way, without, with_ in rows(runs["broken"]):
        assert with_["verdict"] == without["verdict"] != "identical", way


def test_the_table_says_what_the_data_says(runs: dict[str, Run]) -> None:
    title, _, header, *lines = runs["text"].stdout.splitlines()
    data = json.loads(runs["json"].stdout)
    assert title == ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    assert mysql_errors_compat.__version__ in title
    left, right = header.index("without the package"), header.index("with it")
    table: list[list[str]] = []
    assert lines[-1] == "  mysql-errors-compat check YOUR_PACKAGE"  # what to do next
    for line in lines[: lines.index("")]:
        cells = [line[:left].strip(), line[left:right], line[right:]]
        if not line.startswith("  "):
            continue
        if cells[0]:
            table.append(cells)
        else:
            table[-1] = [above + below for above, below in zip(table[-1], cells, strict=True)]
    expected = [[row["way"], row["without"]["text"], row["with"]["text"]] for row in data["rows"]]
    assert [["".join(cell.split()) for cell in row] for row in table] == [
        ["".join(cell.split()) for cell in row] for row in expected
    ]


def test_nothing_private_is_shown(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert not re.search(r"\b_[a-z]", run.stdout)


def test_in_a_pipe_it_is_plain_text(runs: dict[str, Run]) -> None:
    for run in runs.values():
        progress = run.stderr.splitlines()
        assert 1 <= len(progress) <= 9  # one every five seconds
        assert all(re.fullmatch(r"measured \d+ of \d+, \d+ s", line) for line in progress)
        assert run.stdout.isascii()
        assert not set(run.stdout) & set("\r\033")
        assert max(map(len, runs["text"].stdout.splitlines())) <= 100


def test_it_leaves_nothing_behind(runs: dict[str, Run], temporary: Path) -> None:
    assert [process for mark in runs for process in processes(mark)] == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_on_a_terminal_it_shows_progress_and_can_be_stopped(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    mark = f"terminal {status}"
    ours, theirs = pty.openpty()
    with subprocess.Popen(COMMAND, env=environment(mark, tmp_path), stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = os.read(ours, 1000)
        while not re.search(rb"\rmeasured [1-9]\d* of ", shown):
            shown += os.read(ours, 1000)
        assert len(processes(mark)) > 1
        process.send_signal(number)
        assert process.wait(30) == status
        assert b"Traceback" not in os.read(ours, 10_000)
        os.close(ours)
    assert processes(mark) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"]])
def test_help_says_what_it_is(arguments: list[str]) -> None:
    run = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0
    assert "--json" in run.stdout
    assert "Exit status" in run.stdout
