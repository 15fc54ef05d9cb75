"""What `check` finds wrong with a class, that following its advice mends it, and where it gets its errors from."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from tests.tools.checking import Run, check, processes, rows, verdicts, write

pytestmark = pytest.mark.needs_package

# What following the advice takes away is marked with `# out`, and what it puts there instead with `# in: `.
SOURCE = """
    import attrs
    from third_party import Forgetful

    class Cursor(Error):
        __slots__ = ("cursor", "statement")
        def __init__(self, cursor: MySQLCursor | None = None) -> None:
            super().__init__("Cursor", 1)
            self.cursor = cursor  # out
            # in: self.statement = cursor and cursor.statement

    class Args(Error):
        def __init__(self, connection: MySQLConnection) -> None:
            # in: super().__init__("lost")
            self.host = connection.server_host

    class Copies(Error):
        code = 1
        def __deepcopy__(self, memo: Any) -> Any:  # out
            return Copies("copy")  # out

    class FromMixin(Forgetful, Error):
        code = 1
        # in: __reduce__ = Error.__reduce__
        # in: __setstate__ = Error.__setstate__

    @dataclass(frozen=True)  # out
    # in: @dataclass
    class Frozen(Error):
        table: str

    class Lossy(Error):
        def __init__(self) -> None:
            super().__init__("x")
            self.table = Table()  # out
            # in: self.table = "orders"
    class Table:
        name = "orders"
        def __reduce__(self) -> Any:
            return rename, (self.name,)
    def rename(name: str) -> Table:
        table = Table()
        table.name = "customers"
        return table

    def make() -> Any:  # out
        class Local(Error): ...  # out
        return Local  # out
    Local = make()  # out
    # in: class Local(Error): ...

    # What follows only shows in another process.
    known: dict[str, Any] = {}
    def look_up(name: str) -> Any:
        return known[name]
    class Registered(Error):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            known[self.msg] = self
        def __reduce__(self) -> Any:  # out
            return look_up, (self.msg,)  # out

    class Exits(Error):
        code = 1
        def __setstate__(self, state: Any) -> None:  # out
            os._exit(3) if parent_process() else self.__dict__.update(state)  # out

    class ForgetsLater(Error):
        def __init__(self, table: str) -> None:
            super().__init__(table)
        def __reduce__(self) -> Any:  # out
            return ForgetsLater, (self.msg,)  # out

    @attrs.define  # out
    # in: @attrs.define(getstate_setstate=False)
    class Defined(Error):
        table: str
"""
THIRD_PARTY = """
    class Forgetful:
        def __reduce__(self) -> Any:
            return type(self), ()
        def __setstate__(self, state: Any) -> None:
            pass
"""
# What is named, what is to be mended, and whether it hangs a Pool.
EXPECTED = {
    "Args": ("args of type tuple cannot be pickled", "super().__init__()", False),
    "Copies": ("copy.deepcopy: ", "Copies.__deepcopy__", False),
    "Cursor": ("attribute 'cursor' of type mysql.connector.cursor.MySQLCursor cannot be pickled", "'cursor'", False),
    "Defined": ("what is set on it later is lost", "getstate_setstate=False", False),
    "Exits": ("ends that process", "Exits.__setstate__", True),
    "ForgetsLater": ("what is set on it later is lost", "ForgetsLater.__reduce__", False),
    "FromMixin": (
        "args left as ",
        "put this into the class below it, and mysql_errors_compat brings it back whole: Forgetful.__reduce__ and "
        "Forgetful.__setstate__; __reduce__ = mysql.connector.errors.Error.__reduce__; "
        "__setstate__ = mysql.connector.errors.Error.__setstate__",
        False,
    ),
    "Frozen": ("FrozenInstanceError: cannot assign to field 'table'", "frozen=True", True),
    "Lossy": ("attribute 'table' left as <shop.Table object at ", "plain values", False),
    "Registered": ("KeyError: ", "Registered.__reduce__", True),
    "make.<locals>.Local": ("cannot be imported by this name", "at the top level of its module", False),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Check the classes as text and as data, and again when the advice was followed."""
    folder = tmp_path_factory.mktemp("application")
    write(folder, third_party=THIRD_PARTY, shop=SOURCE)
    runs = {"text": check(folder, "shop"), "data": check(folder, "shop", "--json", mark="advice")}
    lines = [line.replace("# in: ", "") for line in textwrap.dedent(SOURCE).splitlines() if not line.endswith("# out")]
    write(folder, shop="\n".join(["print('[\"all\"]')", *lines]))  # what it prints is no message
    runs["mended"] = check(folder, "shop", "--json", mark="advice")
    assert {path.name for path in folder.iterdir()} == {"shop.py", "third_party.py"}
    assert processes("advice") == []
    return runs


@pytest.mark.parametrize("name", EXPECTED)
def test_what_goes_wrong_and_what_to_mend_are_named_and_the_advice_mends_it(runs: dict[str, Run], name: str) -> None:
    row = rows(runs["data"])[name]
    problem, mend, hangs = EXPECTED[name]
    assert row["verdict"] == "unsafe"
    assert problem in row["problem"]
    assert mend in f"{row['mend']}: {row['about']}"
    assert ("hangs a Pool" in row["problem"]) == hangs
    mended = rows(runs["mended"])[name.rpartition(".")[2]]
    assert (mended["verdict"], mended["problem"], mended["mend"]) == ("safe", None, None)
    assert mended["examples"] >= 1


def test_the_text_says_what_the_data_says(runs: dict[str, Run]) -> None:
    lines = runs["text"].stdout.splitlines()
    found = rows(runs["data"])
    assert list(found) == list(EXPECTED)
    assert [run.returncode for run in runs.values()] == [1, 1, 0]
    assert lines[-1] == f"{len(found)} unsafe"
    assert [line.split()[0] for line in lines if "  unsafe  " in line] == [row["class"] for row in found.values()]
    for run in runs.values():
        assert not re.search(r"_full_msg|_values|mysql_errors_compat\._", run.stdout)
    for row in found.values():
        assert f"to mend: {row['mend']}" in lines
        assert f"    {row['class']}{row['about'] and ': '}{row['about']}" in lines


def test_how_they_arrive_from_args_alone_is_said(tmp_path: Path) -> None:
    source = """
        class Plain(Error): ...

        class OrderFailed(Error):
            def __init__(self, *, order, cause):
                super().__init__(cause.msg, cause.errno, sqlstate=cause.sqlstate)
                self.order, self.cause = order, cause

        class Outside(Exception):
            def __init__(self, *, table): super().__init__(table)
    """
    write(tmp_path, shop=source)
    found = {name: row["args_only"] for name, row in rows(check(tmp_path, "shop", "--json")).items()}
    assert found.pop("Outside").startswith("does not arrive: TypeError: Outside.__init__() takes 1 positional argument")
    assert found == {"Plain": "arrives as itself", "OrderFailed": "arrives as itself, without cause, order"}


def test_names_and_texts_that_people_have_do_no_harm(tmp_path: Path) -> None:
    source = """
        class Überlauf(Error):
            def __init__(self, zähler): super().__init__(f"Zähler {zähler}")

        class NoText(Error):
            def __init__(self, detail):
                super().__init__("x")
                self.detail = detail
            def __str__(self): return self.detail["table"]

        class NeverText(Error):
            def __str__(self): raise LookupError
    """
    write(tmp_path, shop=source)
    found = check(tmp_path, "shop", "--json")
    assert verdicts(found) == dict.fromkeys(["Überlauf", "NoText", "NeverText"], "safe")
    assert rows(found)["NoText"]["guessed"] == {"detail": "a dict"}  # of which there is a text


def test_without_an_example_it_says_why_and_what_to_do(tmp_path: Path) -> None:
    source = """
        class Unresolved(Error):
            def __init__(self, cursor: MySQLCursorBuffered): super().__init__("x")

        class Refuses(Error):
            def __init__(self, row: int): raise ValueError(f"what is {type(row).__name__}?")

        class Breaks(Error):
            def __init__(self, row: int): sys.exit("no row")

        class BadExamples(Error):
            examples = lambda: 1 / 0

        class Impossible(Error):
            def __init__(self, code: Code): super().__init__("x")
        class Code:
            def __init__(self): raise TypeError("no code")
    """
    write(tmp_path, shop=source)
    found = rows(check(tmp_path, "shop", "--json"))
    assert {row["verdict"] for row in found.values()} == {"unknown"}
    for name, problem in {
        "BadExamples": "its `examples` raised ZeroDivisionError: division by zero",
        "Breaks": "SystemExit: no row",
        "Impossible": "TypeError: no code",
        "Refuses": "ValueError: what is int?",
        "Unresolved": "the type hint of parameter 'cursor' of its constructor cannot be resolved; import what it names "
        "outside of `if TYPE_CHECKING:`",
    }.items():
        assert found[name]["problem"].startswith("no error could be built: ")
        assert problem in found[name]["problem"]
    assert all("--examples" in row["mend"] and "--skip" in row["mend"] for row in found.values())


def test_what_was_never_given_is_said(tmp_path: Path) -> None:
    source = """
        class Job(Error):
            def __init__(self, msg="", price: Decimal = None, *, job: int = 0, level=time):
                super().__init__(msg)
    """
    write(tmp_path, shop=source)
    (row,) = rows(check(tmp_path, "shop", "--json")).values()
    assert (row["never_given"], row["guessed"]) == (["price", "level"], {"msg": "a text"})


def test_examples_are_used_instead(tmp_path: Path) -> None:
    source = """
        class Own(Error):
            def __init__(self, table): super().__init__(table)
            @classmethod
            def examples(cls):
                for table in ("orders", "customers"):
                    yield cls(table)

        class Inherits(Own): ...

        class Given(Error):
            def __init__(self, price: MySQLCursorBuffered): super().__init__(price)

        class Kept(Error): ...

        class Unrelated(Error):
            examples = ["SELECT 1"]
    """
    examples = """
        import shop

        def make():
            yield shop.Given("orders")
            kept = shop.Kept("x")
            kept.lock = threading.Lock()
            yield kept
            yield Other("x")

        class Other(Error): ...
        def more():
            return [shop.Given("a")]
    """
    write(tmp_path, shop=source, more=examples)
    run = check(tmp_path, "shop", "--json", "--examples=more:make", "--examples=more:more")
    found = {row["class"]: row for row in json.loads(run.stdout)["classes"]}
    assert {name for name, row in found.items() if row["verdict"] == "unsafe"} == {"shop.Kept"}
    assert {name for name, row in found.items() if row["verdict"] == "unknown"} == set()
    assert "attribute 'lock' of type _thread.lock" in found["shop.Kept"]["problem"]
    assert [found[f"shop.{name}"]["examples"] for name in ("Own", "Inherits", "Given", "Kept")] == [2, 2, 2, 1]
    assert "more.Other" in found


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with a package that has modules of every kind, and an empty __init__.py."""
    package = tmp_path / "shop"
    source = """
        from other import Imported
        class Outer:
            class Nested(IntegrityError): ...

        class Derived(Outer.Nested, Imported): ...

        @dataclass(slots=True)
        class Replaced(Error):
            table: str

        class NoError(Exception): ...
        ALIAS = NoError
        class A(Error): ...
    """
    write(package, "", __init__="", conftest="1 / 0", __main__="1 / 0", needs="import nosuch")
    write(package / "static", "", style="")
    write(package / "db", __init__="", errors=source)
    write(package / "bare", errors="class Bare(Error): ...")
    write(package / "tests", __init__="", test_shop="class Tested(Error): ...", helpers="class Helping(Error): ...")
    write(tmp_path, other="class Imported(Error): ...")
    return tmp_path


def test_a_package_means_all_that_is_below_it_and_what_was_not_looked_at_is_no_verdict(shop: Path) -> None:
    run = check(shop, "shop", "--json")
    found = json.loads(run.stdout)
    names = ["A", "Derived", "NoError", "Outer.Nested", "Replaced"]
    assert verdicts(run) == dict.fromkeys(["bare.errors.Bare", *(f"db.errors.{name}" for name in names)], "safe")
    assert found["left_out"] == ["shop.__main__", "shop.conftest", "shop.tests"]
    assert found["not_imported"].keys() == {"shop.needs"}
    assert "ModuleNotFoundError: No module named 'nosuch' (" in found["not_imported"]["shop.needs"]
    assert run.returncode == 1
    text = check(shop, "shop").stdout
    assert "not checked: cannot import shop.needs: " in text
    assert "--skip shop.needs" in text
    skipping = check(shop, "shop", "--skip", "shop.needs", "--skip", "shop.tests.helpers", "--skip", "shop.__main__")
    assert "left out: shop.__main__, shop.conftest, shop.needs, shop.tests\n" in skipping.stdout
    assert skipping.returncode == 0


def test_tests_are_checked_where_they_are_named(shop: Path) -> None:
    run = check(shop, "shop.tests", "other", "--json")
    assert list(rows(run)) == ["tests.helpers.Helping", "tests.test_shop.Tested", "Imported"]
