"""`check` as a command: what it says of what it cannot do, its exit statuses, and how it ends."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pty
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.shared.fresh import ROOT
from tests.tools.checking import COMMAND, check, complaints, patched, rows, wait_for, write
from tests.tools.test_demo import MARK, Run, processes

pytestmark = pytest.mark.needs_package


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "cannot import shop: ModuleNotFoundError: No module named 'shop'"),
        ("import nosuch", "cannot import shop: ModuleNotFoundError: No module named 'nosuch' (shop.py, line 1)"),
        ("x = 1\nx[0]", "cannot import shop: TypeError: 'int' object is not subscriptable (shop.py, line 2)"),
        ("def", "cannot import shop: SyntaxError: invalid syntax (shop.py, line 1)"),
        ("import sys; sys.exit('no')", "cannot import shop: SystemExit: no (shop.py, line 1)"),
        ("raise KeyboardInterrupt", "cannot import shop: KeyboardInterrupt (shop.py, line 1)"),
        ("import os; os._exit(4)", "importing shop ended the interpreter, exit status 4"),
        (
            "import mysql.connector, os; X = type('X', (mysql.connector.Error,), {}); os.mkdir('x')",
            "cannot import shop: FileExistsError: [Errno 17] File exists: 'x' (shop.py, line 1), in a second process",
        ),
    ],
)
def test_a_module_that_cannot_be_imported_is_one_clear_line(tmp_path: Path, source: str | None, message: str) -> None:
    if source is not None:
        (tmp_path / "shop.py").write_text(source)
    run = check(tmp_path, "colorsys", "shop", "--json")
    assert complaints(run).replace(f"{tmp_path}{os.sep}", "") == f"mysql-errors-compat check: {message}\n"
    assert (run.returncode, run.stdout) == (2, "")


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    source = """
        class Waits(Error):
            def __init__(self, table: str): time.sleep(300)

        class Stops(Error):
            def __setstate__(self, state): time.sleep(300)

        class Ends(Error):
            def __reduce__(self): os._exit(3)

        class Last(Error): ...
    """
    write(tmp_path, shop=source, endless="import time; time.sleep(300)")
    command = patched("from mysql_errors_compat._tools import check", "check.LIMIT = 10")
    with ThreadPoolExecutor() as executor:
        shop = executor.submit(lambda: check(tmp_path, "shop", "--json", command=command, mark="shop"))
        endless = executor.submit(lambda: check(tmp_path, "endless", command=command, mark="endless"))
    found = rows(shop.result())
    assert [(row["verdict"], row["problem"]) for row in found.values()] == [
        ("unknown", "no example could be built: its constructor did not end in 10 seconds"),
        ("unsafe", "pickling and copying it did not end in 10 seconds"),
        ("unsafe", "pickling and copying it ended the interpreter, exit status 3"),
        ("safe", None),
    ]
    assert found["Stops"]["about"] == "Stops.__setstate__"
    assert complaints(endless.result()) == "mysql-errors-compat check: importing endless did not end in 10 seconds\n"
    assert endless.result().returncode == 2
    assert processes("shop") + processes("endless") == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_it_can_be_stopped(tmp_path: Path, number: signal.Signals, status: int) -> None:
    write(tmp_path, shop="open('started', 'w').close(); time.sleep(300)")
    mark = f"check {status}"
    env = os.environ | {MARK: mark}
    with subprocess.Popen([*COMMAND, "shop"], cwd=tmp_path, env=env, stdout=-1, stderr=-1) as process:
        wait_for((tmp_path / "started").exists)
        process.send_signal(number)
        assert process.communicate(timeout=30) == (b"", b"")
        assert process.returncode == status
    assert processes(mark) == []


def test_it_ends_when_it_is_killed(tmp_path: Path) -> None:
    write(tmp_path, shop="open('started', 'w').close(); time.sleep(300)")
    with subprocess.Popen([*COMMAND, "shop"], cwd=tmp_path, env=os.environ | {MARK: "killed"}) as process:
        wait_for((tmp_path / "started").exists)
        process.kill()
    wait_for(lambda: processes("killed") == [])


def test_the_console_script_finds_modules_of_the_current_folder(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("mysql-errors-compat")
    if not script.exists():
        pytest.skip("the package is not installed here")
    write(tmp_path, shop="class Lost(Error): ...")
    run = check(tmp_path, "shop", command=[str(script), "check"])
    assert run.stdout.startswith("shop.Lost  safe     examples: 25\n")


def test_what_is_printed_whenever_python_starts_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path, shop="class Lost(Error): ...", sitecustomize="print('hello')")
    path = f"'{tmp_path}{os.pathsep}' + os.environ.get('PYTHONPATH', '')"
    run = check(tmp_path, "shop", command=patched("import os", f"os.environ['PYTHONPATH'] = {path}"))
    assert run.stdout.startswith("shop.Lost  safe     examples: 25\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "cannot import nosuch: "),
        (["colorsys", "--examples", "x"], "--examples x: this takes MODULE:FUNCTION"),
        (["colorsys", "--examples", "colorsys:x"], "--examples colorsys:x: AttributeError"),
    ],
)
def test_what_is_wrong_with_the_arguments_comes_before_hypothesis(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    run = check(tmp_path, *arguments, command=patched("sys.modules['hypothesis'] = None"))
    assert run.stderr.startswith(f"mysql-errors-compat check: {message}")
    assert run.returncode == 2


def test_without_hypothesis_it_says_what_to_install(tmp_path: Path) -> None:
    run = check(tmp_path, "colorsys", command=patched("sys.modules['hypothesis'] = None"))
    assert run.stderr == (
        "mysql-errors-compat check: this needs Hypothesis: pip install 'mysql_errors_compat[testing]'\n"
    )
    assert (run.returncode, run.stdout) == (2, "")


def test_the_report_needs_no_hypothesis(tmp_path: Path) -> None:
    script = "import sys; sys.modules['hypothesis'] = None; from mysql_errors_compat.__main__ import main; main()"
    run = check(tmp_path, "--version", command=[sys.executable, "-c", script])
    assert (run.returncode, run.stderr) == (0, "")


def test_help_says_all_there_is_to_know(tmp_path: Path) -> None:
    run = check(tmp_path, "--help")
    for words in (
        "--json",
        "--strict",
        "--only-mysql",
        "--skip",
        "--examples",
        "classmethod",
        "constructors run",
        "Exit status: 0",
        "[testing]",
    ):
        assert words in " ".join(run.stdout.split()), words
    assert check(tmp_path).returncode == 2


def run_in_shell(folder: Path, script: str, mark: str = "") -> Run:
    """Run a line of shell, in which $CHECK is the command."""
    env = os.environ | {"CHECK": " ".join(COMMAND), "DEMO": " ".join(COMMAND[:-1]), MARK: mark, "TMPDIR": str(folder)}
    return subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=110)


FULL = "standard output cannot be written to: [Errno 28] No space left on device"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("$CHECK shop > /dev/full", FULL),
        ("$CHECK shop --json > /dev/full", FULL),
        ("$DEMO --help > /dev/full", FULL),
        ("$DEMO --version > /dev/full", FULL),
        ("PYTHONUNBUFFERED= $CHECK shop > /dev/full", FULL),
        ("PYTHONUNBUFFERED=1 $DEMO --help > /dev/full", FULL),
        ("$CHECK shop > >(exec true); exit $?", "standard output cannot be written to: [Errno 32] Broken pipe"),
        ("$CHECK shop >&-", "standard output is closed"),
        ("$DEMO >&-", "standard output is closed"),
    ],
)
def test_where_nothing_can_be_said_there_is_no_verdict(tmp_path: Path, script: str, said: str) -> None:
    write(tmp_path, shop="class Lost(Error): ...")
    run = run_in_shell(tmp_path, script)
    assert complaints(run) == f"mysql-errors-compat: {said}\n"
    assert (run.returncode, run.stdout) == (2, "")


def test_without_standard_error_it_still_tells(tmp_path: Path) -> None:
    write(tmp_path, shop="class Lost(Error): ...")
    run = run_in_shell(tmp_path, "$CHECK shop 2>&-")
    assert run.stdout.endswith("\n1 safe\n")
    assert run.returncode == 0
    assert run_in_shell(tmp_path, "$CHECK nosuch 2>&-").returncode == 2
    for buffered in ("", "1"):
        assert run_in_shell(tmp_path, f"PYTHONUNBUFFERED={buffered} $CHECK nosuch 2>/dev/full").returncode == 2


@pytest.mark.parametrize("command", ["$CHECK shop", "$DEMO", "$DEMO demo --json"])
def test_without_semaphores_there_is_no_verdict(tmp_path: Path, command: str) -> None:
    write(tmp_path, shop="class Lost(Error): ...")
    # A file system without files in place of /dev/shm, for this process and its children alone.
    hide = "mount -t proc none /dev/shm"
    if subprocess.run(["unshare", "-m", "sh", "-c", hide], capture_output=True, timeout=30).returncode:
        reason = "hiding /dev/shm takes root, or CAP_SYS_ADMIN: sudo make test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    run = run_in_shell(tmp_path, f"unshare -m sh -c '{hide} && exec {command}'", mark="no semaphores")
    assert "multiprocessing has no working semaphores here (FileNotFoundError: " in complaints(run)
    assert complaints(run).endswith("on Linux it needs /dev/shm, mounted and writable\n")
    assert complaints(run).count("\n") == 1
    assert (run.returncode, run.stdout) == (2, "")
    assert processes("no semaphores") == []


@pytest.mark.skipif(sys.version_info < (3, 11), reason="-P came with Python 3.11")
@pytest.mark.parametrize("how", ["{0} -P -m", "PYTHONSAFEPATH=1 {0} -m"])
def test_a_safe_path_is_handed_on(tmp_path: Path, how: str) -> None:
    write(tmp_path, shop="class Lost(Error): ...", random="1 / 0")  # a trap: the tools themselves import random
    path = f"PYTHONPATH={ROOT}"
    run = run_in_shell(tmp_path, f"{path} {how.format(sys.executable)} mysql_errors_compat check shop")
    assert complaints(run) == (
        "mysql-errors-compat check: cannot import shop: ModuleNotFoundError: No module named 'shop'\n"
    )
    assert run.returncode == 2


def test_in_a_pipe_there_is_a_line_of_progress_now_and_then(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    names = [f"slow_{number}" for number in range(5)]
    write(tmp_path / "shop", __init__="", **dict.fromkeys(names, "time.sleep(1)\nclass Lost(Error): ..."))
    run = check(
        tmp_path, "shop", command=patched("from mysql_errors_compat._tools import processes", "processes.SECONDS = 2")
    )
    lines = [line for line in run.stderr.splitlines() if line.startswith("importing shop.slow_")]
    assert 1 <= len(lines) < len(names)
    assert not set(run.stderr) & set("\r\033")
    assert run.returncode == 0


def test_on_a_terminal_the_line_is_drawn_when_it_changes(tmp_path: Path) -> None:
    write(tmp_path, shop="time.sleep(2)\nclass Lost(Error): ...")
    ours, theirs = pty.openpty()
    with subprocess.Popen([*COMMAND, "shop"], cwd=tmp_path, stdout=-1, stderr=theirs) as process:
        os.close(theirs)
        out, _ = process.communicate(timeout=100)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    drawn = [line.strip() for line in shown.split("\r") if line.strip()]
    assert "importing shop" in drawn
    assert "checking shop.Lost, 1 of 1" in drawn
    assert all(first != second for first, second in itertools.pairwise(drawn))
    assert shown.endswith(" \r")  # nothing is left of it
    assert out.endswith(b"\n1 safe\n")


def test_hypothesis_is_installed() -> None:
    """The other tests say little without."""
    assert importlib.util.find_spec("hypothesis")
