"""The demonstration, run as a newcomer runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mysql_errors_compat
from tests.tools import checking
from tests.tools.checking import COMMAND, Run, environment, processes, wait_for


@pytest.fixture(scope="module")
def temporary() -> Iterator[Path]:
    """Return a folder for the report's temporary files; in pytest's there is no room for the names of its sockets."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def runs(temporary: Path) -> dict[str, Run]:
    """Run the report as text, as data, and with a package that installs nothing."""

    return {
        "text": checking.run(temporary, *COMMAND, mark="text"),
        "json": checking.run(temporary, *COMMAND, "demo", "--json", mark="json"),
        "broken": checking.run(temporary, *COMMAND, "--json", mark="broken", MYSQL_ERRORS_COMPAT_DISABLE="1"),
    }


def rows(run: Run) -> Iterator[tuple[bool, str, dict[str, Any], dict[str, Any]]]:
    """Yield what is in the report as data: whether the error is the application's own, the way, both outcomes."""
    for row in json.loads(run.stdout)["rows"]:
        yield row["error"].startswith("OrderFailed"), row["way"], row["without"], row["with"]


def test_with_the_package_everything_is_identical(runs: dict[str, Run]) -> None:
    assert [(way, with_["text"]) for _, way, _, with_ in rows(runs["json"]) if with_["verdict"] != "identical"] == []
    assert len(list(rows(runs["json"]))) >= 13
    assert runs["json"].returncode == runs["text"].returncode == 0


def test_without_it_an_error_arrives_changed_and_an_own_constructor_hangs_a_pool(runs: dict[str, Run]) -> None:
    for own, way, without, _ in rows(runs["json"]):
        if not own:
            assert without["verdict"] == "changed", way
            assert without["differences"]["args[0]"]["was"] == "2003"
        elif way.startswith("Pool "):
            assert without["text"] == "hangs"
        elif way == "ProcessPoolExecutor":
            assert without["text"].startswith("breaks the whole executor: BrokenProcessPool")
        else:
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
    columns = [slice(2, header.index("without ")), slice(header.index("without "), header.index("with it"))]
    columns.append(slice(header.index("with it"), None))
    table: list[list[str]] = []
    for line in lines[: lines.index("")]:
        cells = ["".join(line[column].split()) for column in columns]
        if line.startswith("   "):  # goes on
            table[-1] = [above + below for above, below in zip(table[-1], cells, strict=True)]
        elif line.startswith("  "):
            table.append(cells)
    expected = [[row["way"], row["without"]["text"], row["with"]["text"]] for row in data["rows"]]
    assert table == [["".join(cell.split()) for cell in row] for row in expected]


def test_in_a_pipe_it_is_plain_text_without_private_names(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert run.stderr == ""
        assert run.stdout.isascii()
        assert not set(run.stdout) & set("\r\033")
        assert not re.search(r"\b_[a-z]", run.stdout)
    assert max(map(len, runs["text"].stdout.splitlines())) <= 100


def test_it_leaves_nothing_behind(runs: dict[str, Run], temporary: Path) -> None:
    assert [process for mark in runs for process in processes(mark)] == []
    assert list(temporary.iterdir()) == []


def test_what_to_do_next_can_be_done(runs: dict[str, Run]) -> None:
    said = runs["text"].stdout
    assert "import mysql_errors_compat  # noqa: F401" in said
    assert said.endswith("python -m mysql_errors_compat check YOUR_PACKAGE\n")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_it_can_be_stopped(tmp_path: Path, number: signal.Signals, status: int) -> None:
    mark = f"demo {status}"
    with subprocess.Popen(COMMAND, env=environment(tmp_path, mark), stdout=-1, stderr=-1) as process:
        wait_for(lambda: len(processes(mark)) > 5)  # and some of them have workers
        process.send_signal(number)
        assert process.communicate(timeout=30) == (b"", b"")
        assert process.returncode == status
    assert processes(mark) == []
    assert list(tmp_path.iterdir()) == []


def test_without_semaphores_the_reason_is_in_the_table_and_there_is_no_verdict(tmp_path: Path) -> None:
    # A file system without files in place of /dev/shm, for this process and its children alone.
    hide = "mount -t proc none /dev/shm"
    if subprocess.run(["unshare", "-m", "sh", "-c", hide], capture_output=True, timeout=30).returncode:
        reason = "hiding /dev/shm takes root, or CAP_SYS_ADMIN: sudo make test-all"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = ["unshare", "-m", "sh", "-c", f'{hide} && exec "$@"', "sh", *COMMAND]
    run = checking.run(tmp_path, *command, mark="no semaphores")
    words = "".join(run.stdout.split())
    assert "semaphores" in words
    assert "/dev/shm" in words
    assert "identical" in words  # what needs none
    assert run.returncode == 2
    assert processes("no semaphores") == []


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"]])
def test_help_says_what_it_is(arguments: list[str]) -> None:
    run = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0
    assert "--json" in run.stdout
    assert "Exit status" in run.stdout
