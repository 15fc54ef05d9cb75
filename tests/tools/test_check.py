"""`check` as a command: its exit status, and what it says of what it cannot do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.shared.fresh import ROOT
from tests.tools.checking import DRIVER, SAFE, check, patched, processes, rows, verdicts, write

pytestmark = pytest.mark.needs_package

IGNORES = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def test_what_nothing_protects_is_not_safe_and_the_missing_import_is_said(tmp_path: Path) -> None:
    write(tmp_path, DRIVER, shop=SAFE, worker="import mysql_errors_compat", other="class Other(Exception): ...")
    write(tmp_path, more="import shop\ndef make(): return [shop.Lost('x')]")
    for arguments in [], ["--examples", "more:make"]:  # an import in that module protects nothing
        found = check(tmp_path, "shop", *arguments)
        assert found.returncode == 1
        assert "nothing in shop imports mysql_errors_compat" in found.stdout
        assert "`import mysql_errors_compat" in found.stdout
    data = json.loads(check(tmp_path, "shop", "--json").stdout)
    assert (data["package_imported_with"], data["lacks_package"]) == (None, True)

    named = check(tmp_path, "shop", "worker", "--json")
    assert named.returncode == 0
    assert json.loads(named.stdout)["package_imported_with"] == "worker"
    assert check(tmp_path, "other").stdout.endswith("\n\n1 safe\n")  # no MySQL error is there
    assert verdicts(check(tmp_path, "shop", "other", "--only-mysql", "--json")) == {"Lost": "safe"}


def test_a_package_that_is_switched_off_protects_nothing(tmp_path: Path) -> None:
    write(tmp_path, shop=SAFE)
    found = check(tmp_path, "shop", MYSQL_ERRORS_COMPAT_DISABLE="1")
    assert found.returncode == 1
    assert "MYSQL_ERRORS_COMPAT_DISABLE is set" in found.stdout


@pytest.mark.parametrize("arguments", [[], ["--strict"]])
def test_the_exit_status_is_0_only_if_all_is_known_and_survives(tmp_path: Path, arguments: list[str]) -> None:
    unsafe = "class Kept(Error):\n    def __init__(self, x): self.lock = threading.Lock()"
    unknown = "class Refuses(Error):\n    def __init__(self, row: int): raise ValueError(row)"
    write(tmp_path, safe=SAFE, unsafe=unsafe, unknown=unknown)
    status = {name: check(tmp_path, name, *arguments).returncode for name in ("safe", "unsafe", "unknown")}
    assert status == {"safe": 0, "unsafe": 1, "unknown": 1}


# Parameters without type hints, what the constructor makes its message of, and what they are given, in words.
GUESSES = {
    "message": ("message", "a text"),
    "status_code": ("status_code", "a number"),
    "original_error": ("original_error", "an error of the driver's"),
    "params": ("params", "a tuple"),
    "context": ("context", "a dict"),
    "response": ("response.json()", "an object with any attribute"),
    "columns": ("columns", "a list"),
    "retryable": ("retryable", "True or False"),
    "func": ("func.__name__", "a function"),
    "delay=1.5": ("delay", "a number"),
    "*args": ("args", "a text, a number"),
    # What neither the name nor a default says is found by trying.
    "one": ("one.errno", "an error of the driver's"),
    "two": ("{**two}", "a dict"),
    "three": ("[*three] + three", "a list"),
    "four": ("1 // (four is None)", "None"),
    "five, six": ("[five.errno, six[1] + 1]", "an error of the driver's, a tuple"),
}


def test_what_constructors_without_hints_want_is_found_with_one_import_and_one_more_process(tmp_path: Path) -> None:
    classes = [
        f"class Class{number}(Error):\n    def __init__(self, {parameter}): super().__init__(str({use}))"
        for number, (parameter, (use, _)) in enumerate(GUESSES.items())
    ]
    count = "import os\nwith open('{}', 'a') as file: file.write(f'{{os.getpid()}}\\n')\n"
    write(tmp_path, shop="\n".join([count.format("imports"), *classes]))
    write(tmp_path, count.format("starts"), sitecustomize="")
    found = check(tmp_path, "shop", "--json", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert len((tmp_path / "imports").read_text().splitlines()) == 1
    assert len((tmp_path / "starts").read_text().splitlines()) == 2
    assert set(verdicts(found).values()) == {"safe"}
    guessed = {name: ", ".join(row["guessed"].values()) for name, row in rows(found).items()}
    assert guessed == {f"Class{number}": words for number, (_, words) in enumerate(GUESSES.values())}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nosuch", "cannot import shop: ModuleNotFoundError: No module named 'nosuch' (shop.py, line 1)"),
        ("import sys; sys.exit('no')", "cannot import shop: SystemExit: no (shop.py, line 1)"),
        ("import os; os._exit(4)", "importing shop ended the interpreter, exit status 4"),
        ("import os; os.kill(os.getpid(), 9)", "importing shop ended the interpreter, SIGKILL"),
        (f"{IGNORES}; os.fork() or time.sleep(300); os._exit(4)", "importing shop ended the interpreter, exit st"),
        ("import time; time.sleep(300)", "importing shop did not end in 3 seconds"),
    ],
)
def test_a_module_that_cannot_be_imported_is_one_clear_line(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "shop.py").write_text(source)
    found = patched(tmp_path, "colorsys", "shop", "--json", mark="one line", LIMIT=3)
    assert processes("one line") == []
    said = found.stderr.replace(f"{tmp_path}{os.sep}", "")
    assert said.startswith(f"mysql-errors-compat: {message}")
    assert said.count("\n") == 1
    assert (found.returncode, found.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: MODULE"),
        (["shpo"], "cannot import shpo: ModuleNotFoundError: No module named 'shpo'; did you mean shop?"),
        (["shop.erors"], "did you mean shop.errors?"),
        (["shop/errors.py"], "'shop/errors.py' is no module's name: give it as in an import statement"),
        (["shop", "--skip", "shop.erors"], "shop.erors: there is no such module here; did you mean shop.errors?"),
        (["shop", "--skip", "elsewhere"], "--skip elsewhere: there is no such module here\n"),
        (["shop", "--examples", "shop.errors:mkae"], "; did you mean make?"),
        (["shop", "--examples", "shop.erors:make"], "; did you mean shop.errors?"),
        (["shop", "--examples", "shop.errors"], "--examples shop.errors: this takes MODULE:FUNCTION"),
        (["shop", "--examples", "shop.errors:make"], "--examples shop.errors:make: 3 is no error"),
        (["shop", "--examples", "shop.errors:leave"], "--examples shop.errors:leave ended the interpreter, exit st"),
        (["colorsys"], "no exception class is defined in colorsys, so nothing was checked\n"),
        (["other", "--only-mysql"], "no subclass of mysql.connector.Error is defined in other, so nothing was checked"),
    ],
)
def test_what_is_wrong_with_the_arguments_is_named_with_what_may_be_meant(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    errors = f"{SAFE}\ndef make(): return [3]\ndef leave(): os._exit(3)"
    write(tmp_path / "shop", __init__="", errors=errors)
    write(tmp_path, other="class Other(Exception): ...")
    found = check(tmp_path, *arguments, "--json")
    assert message in found.stderr
    assert (found.returncode, found.stdout) == (2, "")


def test_what_does_not_end_or_ends_the_interpreter_is_recorded_and_the_rest_goes_on(tmp_path: Path) -> None:
    source = """
        class Waits(Error):
            def __init__(self, table: str): time.sleep(300)

        class Stops(Error):
            def __setstate__(self, state): time.sleep(300)

        class Ends(Error):
            def __reduce__(self): os._exit(3)

        class Forks(Error):
            def __init__(self, table: str):
                super().__init__(table)
                os.fork()

        class Last(Error): ...
    """
    write(tmp_path / "shop", __init__=source, hangs="time.sleep(300)")
    found = patched(tmp_path, "shop", "--json", LIMIT=3)
    expected = {"Waits": "unknown", "Stops": "unsafe", "Ends": "unsafe", "Forks": "safe", "Last": "safe"}
    assert verdicts(found) == expected
    assert len(json.loads(found.stdout)["classes"]) == len(expected)  # nothing twice, from what was forked
    problems = {name: row["problem"] for name, row in rows(found).items()}
    assert problems["Waits"] == "no error could be built: its constructor did not end in 3 seconds"
    assert problems["Stops"].endswith("did not end in 3 seconds")
    assert problems["Ends"].endswith("ended the interpreter, exit status 3")
    assert rows(found)["Stops"]["about"] == "Stops.__setstate__"
    assert json.loads(found.stdout)["not_imported"] == {"shop.hangs": "importing shop.hangs did not end in 3 seconds"}
    assert found.returncode == 1
