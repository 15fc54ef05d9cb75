"""What `check` finds wrong with a class, and that following its advice mends it."""

from __future__ import annotations

import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.tools.checking import check, is_progress, rows, write
from tests.tools.test_demo import Run, processes

pytestmark = pytest.mark.needs_package


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
    problem, _, _, mend, about, *_ = found.stdout.splitlines()
    assert problem.startswith("shop.QueryFailed  unsafe   attribute 'connection' of type mysql.connector.")
    assert "Connection cannot be pickled: " in problem
    assert mend.startswith("to mend: do not keep in the error what cannot be pickled: store what you need of it")
    assert about == "    shop.QueryFailed: attribute 'connection'"
    assert found.returncode == 1

    write(tmp_path, shop=STRANGER.replace("self.connection = connection", "self.host = connection.server_host"))
    mended = check(tmp_path, "shop")
    assert mended.stdout.startswith("shop.QueryFailed  safe     examples: 25\n")
    assert mended.stdout.endswith("\n1 safe\n")
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
    "Mismatch": ("pickle protocol 0, C pickler: TypeError: ", "Mismatch.__reduce__"),
    "Forgets": ("pickle protocol 0, C pickler: attribute 'started' left as ", "Forgets.__reduce_ex__"),
    "Resets": ("attribute 'table' left as '' and arrived as None", "Resets.__setstate__"),
    "Copies": ("copy.deepcopy: ", "Copies.__deepcopy__"),
    "FromMixin": (
        "args left as ",
        "put this into the class below it, and mysql_errors_compat brings it back whole: Forgetful.__reduce__ and "
        "Forgetful.__setstate__; __reduce__ = mysql.connector.errors.Error.__reduce__; "
        "__setstate__ = BaseException.__setstate__",
    ),
    "Frozen": ("FrozenInstanceError: cannot assign to field 'table'", "frozen=True"),
    "Lossy": ("attribute 'table' left as <unsafe.Table object at ", "plain values"),
    "make.<locals>.Local": ("cannot be imported by this name", "at the top level of its module"),
    "Registered": ("hangs a Pool: KeyError: ", "Registered.__reduce__"),
    "Exits": ("hangs a Pool", "Exits.__reduce__ and Exits.__setstate__"),
    "Blocks": ("hangs a Pool", "Blocks.__setstate__"),
    "Differs": ("a Pool: attribute 'msg' left as ", "Differs.__setstate__"),
    "Guarded": ("AttributeError: cannot set table", "Guarded.__setattr__"),
}
HANGS = "    @dataclass(frozen=True)"  # from here on most classes hang a Pool, which takes its time
IN_A_POOL = {"Mismatch", "Frozen", "Registered", "Exits", "Blocks", "Guarded"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("application")


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, Run]:
    """Check the unsafe classes, and the mended ones; and some of the unsafe ones as text too; all at a time."""
    third_party = "from third_party import Forgetful\n"
    write(folder, unsafe=f"{third_party}{textwrap.dedent(UNSAFE)}", third_party=THIRD_PARTY)
    write(folder, few=f"{third_party}{textwrap.dedent(UNSAFE[: UNSAFE.index(HANGS)])}")
    write(folder, mended=f"print('[\"all\"]')\n{third_party}{textwrap.dedent(MENDED)}")
    with ThreadPoolExecutor() as executor:
        jobs = {
            "data": executor.submit(lambda: check(folder, "unsafe", "--json", mark="data")),
            "few": executor.submit(lambda: check(folder, "few", "--json", mark="few")),
            "text": executor.submit(lambda: check(folder, "few", mark="text")),
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
    assert mend in f"{row['mend']}: {row['about']}"
    assert ("hangs a Pool" in row["problem"]) == (name in IN_A_POOL)
    assert runs["data"].returncode == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_the_advice_mends_it(runs: dict[str, Run], name: str) -> None:
    row = rows(runs["mended"])[name.rpartition(".")[2]]
    assert (row["verdict"], row["problem"], row["mend"]) == ("safe", None, None)
    assert row["examples"] >= 1
    assert runs["mended"].returncode == 0


def test_the_text_says_what_the_data_says(runs: dict[str, Run]) -> None:
    lines = runs["text"].stdout.splitlines()
    found = rows(runs["few"]).values()
    assert lines[-1] == f"{len(found)} unsafe"
    assert [line.split()[0] for line in lines if "  unsafe  " in line] == [row["class"] for row in found]
    for row in found:
        problem = row["problem"].partition(" at 0x")[0].partition(" left as ")[0]
        assert any(line.startswith(f"{row['class']} ") and problem in line for line in lines)
        args_only = row["args_only"] or ""  # what pickle cannot find is not tried
        assert args_only.partition(" left as ")[0] in runs["text"].stdout
        assert f"    {row['class']}{row['about'] and ': '}{row['about']}" in lines
    assert runs["text"].returncode == 1


def test_each_advice_is_given_once(runs: dict[str, Run]) -> None:
    given = [line.removeprefix("to mend: ") for line in runs["text"].stdout.splitlines() if "to mend" in line]
    kinds = {row["mend"] for row in rows(runs["few"]).values()}
    assert sorted(given) == sorted(kinds)
    assert len(kinds) < len(rows(runs["few"]))


def test_classes_come_in_the_order_of_their_definition(runs: dict[str, Run]) -> None:
    at_top_level = [name for name in EXPECTED if "." not in name]
    assert [name for name in rows(runs["data"]) if "." not in name] == at_top_level


def test_it_leaves_nothing_behind(runs: dict[str, Run], folder: Path) -> None:
    assert [process for mark in runs for process in processes(mark)] == []
    assert {path.name for path in folder.iterdir()} == {"unsafe.py", "few.py", "mended.py", "third_party.py"}
    assert [line for run in runs.values() for line in run.stderr.splitlines() if not is_progress(line)] == []
