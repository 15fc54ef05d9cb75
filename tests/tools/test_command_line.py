"""The command line, whatever the command: what it says of itself and of what it cannot do, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.checking import COMMAND, MARK, SAFE, Run, environment, processes, run, wait_for, write

pytestmark = pytest.mark.needs_package


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize(("arguments", "most"), [(["check", "shop"], 3), (["demo"], 6)])  # with workers
def test_it_can_be_stopped_and_leaves_nothing_behind(
    tmp_path: Path, arguments: list[str], most: int, number: signal.Signals, status: int
) -> None:
    write(tmp_path, shop="import subprocess; subprocess.run(['sleep', '300'])")
    mark = f"{arguments} {status}"
    command = [*COMMAND, *arguments]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path, mark), stdout=-1, stderr=-1) as process:
        wait_for(lambda: len(processes(mark)) >= most)
        process.send_signal(number)
        assert process.communicate(timeout=30) == (b"", b"")
        assert process.returncode == status
    assert processes(mark) == []
    assert [path.name for path in tmp_path.iterdir()] == ["shop.py"]


def test_when_it_is_killed_the_applications_code_ends_too(tmp_path: Path) -> None:
    write(tmp_path, shop="open('started', 'w').close(); time.sleep(300)")
    with subprocess.Popen([*COMMAND, "check", "shop"], cwd=tmp_path, env=os.environ | {MARK: "killed"}) as process:
        wait_for((tmp_path / "started").exists)
        process.kill()
    wait_for(lambda: processes("killed") == [])


def in_shell(folder: Path, script: str) -> Run:
    """Run a line of shell, in which $TOOL is the command."""
    return run(folder, "bash", "-c", script, TOOL=" ".join(COMMAND))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("$TOOL check shop > /dev/full", "[Errno 28] No space left on device"),
        ("$TOOL check shop > >(exec true); exit $?", "[Errno 32] Broken pipe"),
        ("$TOOL check shop >&-", "closed"),
        ("$TOOL >&-", "closed"),
    ],
)
def test_where_nothing_can_be_said_there_is_no_verdict(tmp_path: Path, script: str, said: str) -> None:
    write(tmp_path, shop=SAFE)
    found = in_shell(tmp_path, script)
    assert found.stderr == f"mysql-errors-compat: standard output cannot be written to: {said}\n"
    assert (found.returncode, found.stdout) == (2, "")


def test_without_standard_error_it_still_tells(tmp_path: Path) -> None:
    write(tmp_path, shop=SAFE)
    assert in_shell(tmp_path, "$TOOL check shop 2>&-").stdout.endswith("\n1 safe\n")
    assert in_shell(tmp_path, "$TOOL check nosuch 2>/dev/full").returncode == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("sys.modules['hypothesis'] = None", "this needs Hypothesis: pip install hypothesis\n"),
        ("sys.platform = 'win32'", "this needs Linux or macOS"),
        ("import tempfile; tempfile.TemporaryDirectory = None", "this command has a fault: Traceback"),
    ],
)
def test_where_it_cannot_run_it_says_so_and_there_is_no_verdict(tmp_path: Path, change: str, said: str) -> None:
    script = f"import sys; from mysql_errors_compat.__main__ import main; {change}; sys.exit(main(['check', 'cmd']))"
    found = run(tmp_path, sys.executable, "-c", script)
    assert said in found.stderr
    assert (found.returncode, found.stdout) == (2, "")


def test_the_console_script_finds_modules_of_the_current_folder(tmp_path: Path) -> None:
    write(tmp_path, shop=SAFE, sitecustomize="print('hello')")
    script = Path(sys.executable).with_name("mysql-errors-compat")
    found = run(tmp_path, str(script), "check", "shop", PYTHONPATH=str(tmp_path))
    assert found.stdout.endswith("\n1 safe\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["--json"]),
        (["demo", "--help"], ["--json"]),
        (["check", "--help"], ["--json", "--only-mysql", "--skip", "--examples", "classmethod"]),
    ],
)
def test_help_says_all_there_is_to_know(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    found = run(tmp_path, *COMMAND, *arguments)
    assert found.returncode == 0
    assert [word for word in [*words, "Exit status: 0"] if word not in found.stdout] == []
