"""Where `check` gets its examples from: the user, type hints, guesses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .checking import check, rows, write

pytestmark = pytest.mark.needs_package


def test_without_an_example_it_says_why(tmp_path: Path) -> None:
    source = """
        class NoHint(Error):
            def __init__(self, table, row: int): super().__init__(table)

        class Anything(Error):
            def __init__(self, *, table: Any): super().__init__(table)

        class Unresolved(Error):
            def __init__(self, cursor: MySQLCursorBuffered): super().__init__("x")

        class Refuses(Error):
            def __init__(self, row: int): raise ValueError(f"what is {row}?")

        class Breaks(Error):
            def __init__(self, row: int): sys.exit(f"what is {row}?")

        class BadExamples(Error):
            examples = lambda: 1 / 0

        class OtherExamples(Error):
            examples = [ValueError("x")]
            def __init__(self, *, table): super().__init__(table)

        class Abrupt(Error):
            def __init__(self, row: int): os._exit(5)

        class Impossible(Error):
            def __init__(self, code: Code): super().__init__("x")
        class Code:
            def __init__(self): raise TypeError("no code")

        class Builtin(BaseExceptionGroup if sys.version_info >= (3, 11) else NoHint, Error): ...

        class Last(Error): ...
    """
    write(tmp_path, shop=source)
    run = check(tmp_path, "shop", "--json")
    assert run.returncode == 0
    found = rows(run)
    assert found.pop("Last")["verdict"] == "safe"
    assert found.pop("Builtin")["verdict"] == "unknown"
    assert {row["verdict"] for row in found.values()} == {"unknown"}
    assert {name: row["problem"].removeprefix("no example could be built: ") for name, row in found.items()} == {
        "NoHint": "parameter 'table' of its constructor has no type hint",
        "Anything": "the type hint of parameter 'table' of its constructor allows anything",
        "Unresolved": "a type hint of its constructor cannot be resolved: name 'MySQLCursorBuffered' is not defined",
        "Refuses": "constructing it raised ValueError: what is 0?",
        "Breaks": "constructing it raised SystemExit: what is 0?",
        "BadExamples": "its `examples` raised ZeroDivisionError: division by zero",
        "OtherExamples": "its `examples` gives no error of this class, and parameter 'table' of its constructor "
        "has no type hint",
        "Abrupt": "its constructor ended the interpreter, exit status 5",
        "Impossible": "constructing it raised TypeError: no code",
    }
    assert all("--examples" in row["mend"] for row in found.values())
    of_hints = {name for name, row in found.items() if "give its parameters type hints" in row["mend"]}
    assert of_hints == {"NoHint", "Anything", "Unresolved", "OtherExamples"}


def test_what_was_never_given_is_said(tmp_path: Path) -> None:
    source = """
        class Job(Error):
            def __init__(self, msg=None, errno=None, values=None, sqlstate=None, connection=None, *, job: int = 0):
                super().__init__(msg, errno, values, sqlstate)
                self.connection = connection

        class Loses(Error):
            def __init__(self, msg, errno=None):
                super().__init__(msg, errno)
            def __reduce__(self):
                return Loses, (self.msg,)
    """
    write(tmp_path, shop=source)
    run = check(tmp_path, "shop")
    job, loses, *_ = run.stdout.splitlines()
    assert job == ("shop.Job    safe     examples: 25; never given, for lack of a usable type hint: connection")
    assert loses.startswith("shop.Loses  unsafe   pickle protocol 0, C pickler: ")
    assert [row["never_given"] for row in json.loads(check(tmp_path, "shop", "--json").stdout)["classes"]] == [
        ["connection"],
        [],
    ]


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
        ("more:other", "--examples more:other: ValueError is no subclass of mysql.connector.Error"),
        ("nosuch:make", "cannot import nosuch: ModuleNotFoundError: No module named 'nosuch'"),
    ],
)
def test_unusable_examples_are_said(tmp_path: Path, examples: str, message: str) -> None:
    write(tmp_path, more="other = [ValueError()]\ndef exits(): sys.exit(3)")
    run = check(tmp_path, "more", "--examples", examples)
    assert run.stderr.startswith(f"mysql-errors-compat check: {message}")
    assert run.stderr.count("\n") == 1
    assert (run.returncode, run.stdout) == (2, "")
