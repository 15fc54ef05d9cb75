"""`check`, run as an application's developer runs it, on modules that are really there."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .test_demo import MARK, Run, processes

COMMAND = [sys.executable, "-m", "mysql_errors_compat", "check"]
IMPORTS = """
from __future__ import annotations

import os, sys, threading, time
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any

import mysql_errors_compat
from mysql.connector import Error, IntegrityError
from mysql.connector.connection import MySQLConnection
from mysql.connector.cursor import MySQLCursor
from mysql.connector.pooling import PooledMySQLConnection

try:
    from mysql.connector.abstracts import MySQLConnectionAbstract
except ImportError:  # driver 2.0
    MySQLConnectionAbstract = MySQLConnection
if TYPE_CHECKING:
    from mysql.connector.cursor import MySQLCursorBuffered
"""

pytestmark = pytest.mark.needs_package


def write(folder: Path, **modules: str) -> None:
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(IMPORTS + textwrap.dedent(source))


def check(folder: Path, *arguments: str, command: list[str] = COMMAND, mark: str = "") -> Run:
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder), MARK: mark}
    return subprocess.run([*command, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=110)


def patched(*statements: str) -> list[str]:
    """Return the command with something about it changed."""
    script = "; ".join(["import sys", *statements, "from mysql_errors_compat.__main__ import main", "sys.exit(main())"])
    return [sys.executable, "-c", script, "check"]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def rows(run: Run) -> dict[str, dict[str, Any]]:
    return {row["class"].partition(".")[2]: row for row in json.loads(run.stdout)["classes"]}


STRANGER = """
    class QueryFailed(Error):
        def __init__(self, query: str, connection: PooledMySQLConnection | MySQLConnectionAbstract) -> None:
            super().__init__(f"failed: {query}", 1064, sqlstate="42000")
            self.query = query
            self.connection = connection
"""


def test_a_connection_in_an_attribute_is_found_and_the_advice_mends_it(tmp_path: Path) -> None:
    write(tmp_path, shop=STRANGER)
    found = check(tmp_path, "shop")
    problem, mend, _ = found.stdout.splitlines()
    assert problem.startswith("shop.QueryFailed  unsafe   attribute 'connection' of type mysql.connector.")
    assert "Connection cannot be pickled: " in problem
    assert mend.strip().startswith("to mend: do not keep attribute 'connection' in the error: store what you need")
    assert found.returncode == 1

    write(tmp_path, shop=STRANGER.replace("self.connection = connection", "self.host = connection.server_host"))
    mended = check(tmp_path, "shop")
    assert mended.stdout == "shop.QueryFailed  safe     examples: 25\n1 safe\n"
    assert mended.returncode == 0


UNSAFE = """
    class Cursor(Error):
        __slots__ = ("cursor",)
        def __init__(self, cursor: MySQLCursor | None = None) -> None:
            super().__init__("Cursor", 1)
            self.cursor = cursor

    class Args(Error):
        def __init__(self, connection: MySQLConnection) -> None:
            self.host = connection.server_host

    class Mismatch(Error):
        def __init__(self, *, table: str) -> None:
            super().__init__(table, 1146)
            self.table = table
        def __reduce__(self) -> Any:
            return Mismatch, (self.table,)

    class Forgets(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table, 1146)
            self.started = time.perf_counter()
        def __reduce_ex__(self, protocol: Any) -> Any:
            return Forgets, (self.msg,)

    class Resets(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table, 1146)
            self.table = table
        def __setstate__(self, state: Any) -> None:
            self.__dict__.update(state, table=None)

    class Copies(Error):
        def __deepcopy__(self, memo: Any) -> Any:
            return Copies("copy")

    class FromMixin(Forgetful, Error):
        pass

    @dataclass(frozen=True)
    class Frozen(Error):
        table: str

    class Lossy(Error):
        def __init__(self) -> None:
            super().__init__("x")
            self.table = Table()
    class Table:
        name = "orders"
        def __reduce__(self) -> Any:
            return rename, (self.name,)
    def rename(name: str) -> Table:
        table = Table()
        table.name = "customers"
        return table

    def make() -> Any:
        class Local(Error): ...
        return Local
    Local = make()

    # What follows only shows in another process.
    known: dict[str, Any] = {}
    def look_up(name: str) -> Any:
        return known[name]
    class Registered(Error):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            known[self.msg] = self
        def __reduce__(self) -> Any:
            return look_up, (self.msg,)

    class Exits(Error):
        def __setstate__(self, state: Any) -> None:
            if parent_process():
                os._exit(3)
        def __reduce__(self) -> Any:
            return type(self), (self.msg, self.errno, None, self.sqlstate), {}

    class Blocks(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
        def __setstate__(self, state: Any) -> None:
            time.sleep(300 if parent_process() else 0)
            self.__dict__.update(state)

    class Differs(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
            self.table = table
        def __setstate__(self, state: Any) -> None:
            if not parent_process():
                self.__dict__.update(state)

    class Guarded(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
            vars(self)["table"] = table
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "table":
                raise AttributeError(f"cannot set {name}")
            super().__setattr__(name, value)
"""
# As the advice says, with the least change to the application.
MENDED = """
    class Cursor(Error):
        def __init__(self, cursor: MySQLCursor | None = None) -> None:
            super().__init__("Cursor", 1)
            self.statement = cursor and cursor.statement

    class Args(Error):
        def __init__(self, connection: MySQLConnection) -> None:
            super().__init__("lost")
            self.host = connection.server_host

    class Mismatch(Error):
        def __init__(self, *, table: str) -> None:
            super().__init__(table, 1146)
            self.table = table

    class Forgets(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table, 1146)
            self.started = time.perf_counter()

    class Resets(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table, 1146)
            self.table = table

    class Copies(Error):
        pass

    class FromMixin(Forgetful, Error):
        __reduce__ = Error.__reduce__
        __setstate__ = BaseException.__setstate__

    @dataclass
    class Frozen(Error):
        table: str

    class Lossy(Error):
        def __init__(self) -> None:
            super().__init__("x")
            self.table = "orders"

    class Local(Error):
        pass

    class Registered(Error):
        def __init__(self, name: str) -> None:
            super().__init__(name)

    class Exits(Error):
        pass

    class Blocks(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)

    class Differs(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
            self.table = table

    class Guarded(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
            self.table = table
"""
THIRD_PARTY = """
    class Forgetful:
        def __reduce__(self) -> Any:
            return type(self), ()
        def __setstate__(self, state: Any) -> None:
            pass
"""
EXPECTED = {
    "Cursor": ("attribute 'cursor' of type mysql.connector.cursor.MySQLCursor cannot be pickled", "'cursor'"),
    "Args": ("args of type tuple cannot be pickled", "super().__init__()"),
    "Mismatch": ("pickle protocol 0, C pickler: TypeError: ", "remove Mismatch.__reduce__:"),
    "Forgets": ("pickle protocol 0, C pickler: attribute 'started' left as ", "remove Forgets.__reduce_ex__:"),
    "Resets": ("attribute 'table' left as '' and arrived as None", "remove Resets.__setstate__:"),
    "Copies": ("copy.deepcopy: ", "remove Copies.__deepcopy__:"),
    "FromMixin": (
        "args left as ",
        "; or put into FromMixin: __reduce__ = mysql.connector.errors.Error.__reduce__; "
        "__setstate__ = BaseException.__setstate__",
    ),
    "Frozen": ("Frozen could not be rebuilt where it arrives: FrozenInstanceError(", "frozen=True"),
    "Lossy": ("attribute 'table' left as <unsafe.Table object at ", "plain values"),
    "make.<locals>.Local": ("cannot be imported by this name", "top level of unsafe, and under the name Local"),
    "Registered": ("hangs a Pool: KeyError: ", "remove Registered.__reduce__:"),
    "Exits": ("hangs a Pool", "remove Exits.__reduce__ and Exits.__setstate__:"),
    "Blocks": ("hangs a Pool", "remove Blocks.__setstate__:"),
    "Differs": ("a Pool: attribute 'msg' left as ", "remove Differs.__setstate__:"),
    "Guarded": ("Guarded could not be rebuilt where it arrives: AttributeError(", "remove Guarded.__setattr__:"),
}
IN_A_POOL = {"Mismatch", "Registered", "Exits", "Blocks"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("application")


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, Run]:
    """Check the unsafe classes, as text and as data, and the mended ones; all at a time."""
    third_party = "from third_party import Forgetful\n"
    write(folder, unsafe=f"{third_party}{textwrap.dedent(UNSAFE)}", third_party=THIRD_PARTY)
    write(folder, mended=f"print('[\"all\"]')\n{third_party}{textwrap.dedent(MENDED)}")
    with ThreadPoolExecutor() as executor:
        jobs = {
            "data": executor.submit(lambda: check(folder, "unsafe", "--json", mark="data")),
            "text": executor.submit(lambda: check(folder, "unsafe", mark="text")),
            "mended": executor.submit(lambda: check(folder, "mended", "--json", mark="mended")),
        }
        return {name: job.result() for name, job in jobs.items()}


def test_every_class_is_found(runs: dict[str, Run]) -> None:
    assert rows(runs["data"]).keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_what_goes_wrong_is_named(runs: dict[str, Run], name: str) -> None:
    row = rows(runs["data"])[name]
    problem, mend = EXPECTED[name]
    assert row["verdict"] == "unsafe"
    assert problem in row["problem"]
    assert mend in row["mend"]
    assert ("hangs a Pool" in row["problem"]) == (name in IN_A_POOL)
    assert runs["data"].returncode == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_the_advice_mends_it(runs: dict[str, Run], name: str) -> None:
    row = rows(runs["mended"])[name.rpartition(".")[2]]
    assert (row["verdict"], row["problem"], row["mend"]) == ("safe", None, None)
    assert row["examples"] >= 1
    assert runs["mended"].returncode == 0


def test_the_text_says_what_the_data_says(runs: dict[str, Run]) -> None:
    *lines, total = runs["text"].stdout.splitlines()
    assert total == f"{len(EXPECTED)} unsafe"
    for row in rows(runs["data"]).values():
        problem, mend = lines.pop(0), lines.pop(0)
        assert problem.split()[:2] == [row["class"], "unsafe"]
        assert row["problem"].partition(" at 0x")[0].partition(" left as ")[0] in problem
        assert mend.strip() == f"to mend: {row['mend']}"
    assert lines == []
    assert runs["text"].returncode == 1


def test_it_leaves_nothing_behind(runs: dict[str, Run], folder: Path) -> None:
    assert [process for mark in runs for process in processes(mark)] == []
    assert {path.name for path in folder.iterdir()} == {"unsafe.py", "mended.py", "third_party.py"}
    assert [run.stderr for run in runs.values()] == [""] * len(runs)


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


def test_which_classes_it_finds(tmp_path: Path) -> None:
    source = """
        from other import Imported

        class Outer:
            class Nested(IntegrityError): ...

        class Base(Error): ...
        class Derived(Base, Imported): ...

        @dataclass(slots=True)
        class Replaced(Error):
            table: str

        class NoError(Exception): ...
    """
    package = tmp_path / "shop"
    package.mkdir()
    write(package, __init__="from ._errors import Derived; import shop.extra", _errors=source)
    write(package, extra="import shopping\nclass Extra(Error): ...", unseen="class Unseen(Error): ...")
    write(tmp_path, other="class Imported(Error): ...", shopping="class Shopping(Error): ...")
    run = check(tmp_path, "shop", "other")
    *lines, total, left_out = run.stdout.splitlines()
    assert sorted(line.split()[0] for line in lines) == [
        "other.Imported",
        "shop._errors.Base",
        "shop._errors.Derived",
        "shop._errors.Outer.Nested",
        "shop._errors.Replaced",
        "shop.extra.Extra",
    ]
    assert total == "6 safe"
    assert left_out == "not checked, since nothing imports it: shop.unseen"
    assert json.loads(check(tmp_path, "shop", "other", "--json").stdout)["not_imported"] == ["shop.unseen"]
    assert run.returncode == 0


def test_errors_of_mysqlx_are_found(tmp_path: Path) -> None:
    try:
        import mysqlx  # noqa: F401
    except Exception as problem:  # an old one does not fit today's Python
        pytest.skip(f"{problem}")
    write(tmp_path, shop="import mysqlx\nclass Lost(mysqlx.errors.Error):\n  def __init__(self, *, table: str): ...")
    run = check(tmp_path, "shop")
    assert run.stdout == "shop.Lost  safe     examples: 25\n1 safe\n"


def test_without_any_class_it_says_so(tmp_path: Path) -> None:
    assert check(tmp_path, "colorsys").stdout == "no subclass of mysql.connector.Error is defined in colorsys\n"
    run = check(tmp_path, "colorsys", command=[*COMMAND[:-1], "--json", "check"])
    assert (json.loads(run.stdout), run.returncode) == ({"classes": [], "not_imported": []}, 0)


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
    run = check(tmp_path, "json", "shop", "--json")
    assert run.stderr.replace(f"{tmp_path}{os.sep}", "").replace("importing json, shop", "importing shop") == (
        f"mysql-errors-compat check: {message}\n"
    )
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
    assert found["Stops"]["mend"].startswith("remove Stops.__setstate__:")
    assert endless.result().stderr == "mysql-errors-compat check: importing endless did not end in 10 seconds\n"
    assert endless.result().returncode == 2
    assert processes("shop") + processes("endless") == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
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
    assert (
        check(tmp_path, "shop", command=[str(script), "check"]).stdout == "shop.Lost  safe     examples: 25\n1 safe\n"
    )


def test_what_is_printed_whenever_python_starts_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path, shop="class Lost(Error): ...", sitecustomize="print('hello')")
    path = f"'{tmp_path}{os.pathsep}' + os.environ.get('PYTHONPATH', '')"
    run = check(tmp_path, "shop", command=patched("import os", f"os.environ['PYTHONPATH'] = {path}"))
    assert run.stdout == "shop.Lost  safe     examples: 25\n1 safe\n"


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
    for words in ("--json", "--examples", "classmethod", "constructors run", "Exit status: 0", "[testing]"):
        assert words in " ".join(run.stdout.split()), words
    assert check(tmp_path).returncode == 2


def test_hypothesis_is_installed() -> None:
    """The other tests say little without."""
    assert importlib.util.find_spec("hypothesis")
