"""Where `check` gets its examples from: the user, type hints, guesses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.tools import public_classes
from tests.tools.checking import check, complaints, rows, write
from tests.tools.test_demo import Run

pytestmark = pytest.mark.needs_package


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("public")
    shutil.copy(public_classes.__file__, folder)
    return check(folder, "public_classes", "--json")


def test_of_public_classes_at_most_one_in_ten_stays_unknown(public: Run) -> None:
    found = rows(public)
    assert len(found) >= 25
    unknown = {name for name, row in found.items() if row["verdict"] == "unknown"}
    assert unknown == {"ForTypeCheckers", "ParsesJson"}
    assert len(unknown) <= len(found) / 10


def test_of_public_classes_those_that_do_not_arrive_are_unsafe(public: Run) -> None:
    unsafe = {name: row["problem"] for name, row in rows(public).items() if row["verdict"] == "unsafe"}
    assert unsafe.keys() == {"KeepsConnection", "WithStatus", "RowMissing", "Timeout"}
    assert unsafe.pop("KeepsConnection").startswith("attribute 'conn' of type mysql.connector.connection.MySQLConn")
    assert all(problem.startswith("hangs a Pool; ") for problem in unsafe.values())


@pytest.mark.parametrize(
    ("name", "guessed"),
    [
        ("Plain", {}),
        ("MessageAndCode", {"error_code": "a number", "message": "a text"}),
        ("WrapsCause", {"original_error": "an error of the driver's"}),
        ("QueryAndParams", {"query": "a text", "params": "a tuple", "cause": "an error of the driver's"}),
        ("KeywordsOnly", {"user": "a text", "note": "a text", "retryable": "True or False"}),
        ("PassesEverythingOn", {"*args": "a text, a number"}),
        ("ExtraKeywords", {"identifier": "a text"}),
        ("FromResponse", {"response": "an object with any attribute"}),
        ("RejectsEmpty", {"reason": "a tuple"}),  # refuses a text
        ("HintedCallable", {}),
        ("OptionalHints", {}),
        ("Timeout", {"seconds": "a number"}),
    ],
)
def test_what_was_guessed_is_said(public: Run, name: str, guessed: dict[str, str]) -> None:
    assert rows(public)[name]["guessed"] == guessed


def test_without_an_example_it_says_why(tmp_path: Path) -> None:
    source = """
        class Unresolved(Error):
            def __init__(self, cursor: MySQLCursorBuffered): super().__init__("x")

        class Refuses(Error):
            def __init__(self, row: int): raise ValueError(f"what is {row}?")

        class RefusesGuesses(Error):
            def __init__(self, row): raise TypeError(f"what is {type(row).__name__}?")

        class Breaks(Error):
            def __init__(self, row: int): sys.exit(f"what is {row}?")

        class BadExamples(Error):
            examples = lambda: 1 / 0

        class OtherExamples(Error):
            examples = [ValueError("x")]
            def __init__(self, *, row): row.strip(row)

        class Abrupt(Error):
            def __init__(self, row: int): os._exit(5)

        class Impossible(Error):
            def __init__(self, code: Code): super().__init__("x")
        class Code:
            def __init__(self): raise TypeError("no code")

        class Last(Error): ...
    """
    write(tmp_path, shop=source)
    run = check(tmp_path, "shop", "--json")
    assert run.returncode == 0
    found = rows(run)
    assert found.pop("Last")["verdict"] == "safe"
    assert found.pop("OtherExamples")["verdict"] == "safe"
    assert {row["verdict"] for row in found.values()} == {"unknown"}
    assert {name: row["problem"].removeprefix("no example could be built: ") for name, row in found.items()} == {
        "Unresolved": "the type hint of parameter 'cursor' of its constructor cannot be resolved",
        "Refuses": "constructing it raised ValueError: what is 0?",
        "RefusesGuesses": "constructing it raised TypeError: what is int?",
        "Breaks": "constructing it raised SystemExit: what is 0?",
        "BadExamples": "its `examples` raised ZeroDivisionError: division by zero",
        "Abrupt": "its constructor ended the interpreter, exit status 5",
        "Impossible": "constructing it raised TypeError: no code",
    }
    assert all("--examples" in row["mend"] for row in found.values())
    assert {name for name, row in found.items() if "TYPE_CHECKING" in row["mend"]} == {"Unresolved"}
    assert found["Unresolved"]["about"] == "parameter 'cursor'"
    assert check(tmp_path, "shop", "--strict").returncode == 1


def test_with_strict_what_is_known_and_safe_is_still_0(tmp_path: Path) -> None:
    write(tmp_path, shop="class Lost(Error): ...")
    assert check(tmp_path, "shop", "--strict").returncode == 0


def test_what_was_never_given_is_said(tmp_path: Path) -> None:
    source = """
        class Job(Error):
            def __init__(self, msg="", price: Decimal = None, *, job: int = 0, level=time):
                super().__init__(msg)
    """
    write(tmp_path, shop=source)
    assert "  never given, for lack of a value to try: price\n" in check(tmp_path, "shop").stdout
    (row,) = rows(check(tmp_path, "shop", "--json")).values()
    assert (row["never_given"], row["guessed"]) == (["price"], {"msg": "a text"})


def test_examples_are_used(tmp_path: Path) -> None:
    source = """
        class Own(Error):
            def __init__(self, table): super().__init__(table)
            @classmethod
            def examples(cls):
                for table in ("orders", "customers"):
                    yield cls(table)

        class Inherits(Own):
            pass

        class Users(Error):
            def __init__(self, table): super().__init__(table)

        class Later(Error):
            pass

        class Unrelated(Error):
            examples = ["SELECT 1"]

        class Number(Error):
            examples = 3

        class Single(Error):
            def __init__(self, table): super().__init__(table)
            @classmethod
            def examples(cls): return cls("orders")

        class Users2(Users):
            pass
    """
    examples = """
        import shop

        def make():
            yield shop.Users("orders")
            later = shop.Later("x")
            later.lock = threading.Lock()
            yield later
            yield Other("x")

        class Other(Error): ...
        listed = [shop.Users("a"), shop.Users("b")]
        single = shop.Users2("a")
    """
    write(tmp_path, shop=source, more=examples)
    run = check(tmp_path, "shop", "--json", *(f"--examples=more:{name}" for name in ("make", "listed", "single")))
    found = {row["class"]: row for row in json.loads(run.stdout)["classes"]}
    assert {name: (row["verdict"], row["examples"]) for name, row in found.items()} == {
        "shop.Own": ("safe", 2),
        "shop.Inherits": ("safe", 2),
        "shop.Users": ("safe", 3),
        "shop.Later": ("unsafe", 1),
        "shop.Unrelated": ("safe", 25),
        "shop.Number": ("safe", 25),
        "shop.Single": ("safe", 1),
        "shop.Users2": ("safe", 1),
        "more.Other": ("safe", 1),
    }
    assert "attribute 'lock' of type _thread.lock" in found["shop.Later"]["problem"]


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ("more:missing", "--examples more:missing: AttributeError: module 'more' has no attribute 'missing'"),
        ("more", "--examples more: this takes MODULE:FUNCTION"),
        ("more:", "--examples more:: this takes MODULE:FUNCTION"),
        ("more:exits", "--examples more:exits ended the interpreter, exit status 3"),
        ("more.py:make", "cannot import more.py: ModuleNotFoundError: "),
        ("./more:make", "'./more' is not the name of a module: give it as in an import statement"),
        ("more:other", "--examples more:other: 3 is no error"),
        ("mroe:make", "cannot import mroe: ModuleNotFoundError: No module named 'mroe'; did you mean more?"),
        ("nosuch:make", "cannot import nosuch: ModuleNotFoundError: No module named 'nosuch'"),
    ],
)
def test_unusable_examples_are_said(tmp_path: Path, examples: str, message: str) -> None:
    write(tmp_path, more="other = [3]\ndef exits(): sys.exit(3)")
    run = check(tmp_path, "more", "--examples", examples)
    assert complaints(run).startswith(f"mysql-errors-compat check: {message}")
    assert complaints(run).count("\n") == 1
    assert (run.returncode, run.stdout) == (2, "")
