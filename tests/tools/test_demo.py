"""The demonstration, run as a newcomer runs it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import mysql_errors_compat
from tests.shared.needs import skip_without
from tests.tools import checking
from tests.tools.checking import COMMAND, Run, processes


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
    cells = [line for line in lines[: lines.index("")] if line.startswith("  ")]
    starts = [0, header.index("without "), header.index("with it"), None]
    expected = [(row["way"], row["without"]["text"], row["with"]["text"]) for row in data["rows"]]
    for (start, end), texts in zip(pairwise(starts), zip(*expected, strict=True), strict=True):
        column = "".join(line[start:end] for line in cells)  # a text may go on in the next line
        assert "".join(column.split()) == "".join("".join(texts).split())


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


def test_without_semaphores_the_reason_is_in_the_table_and_there_is_no_verdict(tmp_path: Path) -> None:
    # A file system without files in place of /dev/shm, for this process and its children alone.
    hide = "mount -t proc none /dev/shm"
    if subprocess.run(["unshare", "-m", "sh", "-c", hide], capture_output=True, timeout=30).returncode:
        skip_without("hiding /dev/shm takes root, or CAP_SYS_ADMIN: sudo make test-all")
    command = ["unshare", "-m", "sh", "-c", f'{hide} && exec "$@"', "sh", *COMMAND]
    run = checking.run(tmp_path, *command, mark="no semaphores")
    words = "".join(run.stdout.split())
    assert "semaphores" in words
    assert "/dev/shm" in words
    assert "identical" in words  # what needs none
    assert run.returncode == 2
    assert processes("no semaphores") == []
