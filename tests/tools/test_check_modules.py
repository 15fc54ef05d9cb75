"""Which modules `check` imports, and which classes it finds in them."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tests.tools.checking import check, complaints, rows, write

pytestmark = pytest.mark.needs_package


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with a package that has modules of every kind, and an empty __init__.py."""
    package = tmp_path / "shop"
    for folder in ("db", "tests", "bare", "static"):
        (package / folder).mkdir(parents=True)
    source = """
        class Outer:
            class Nested(IntegrityError): ...

        class Derived(Nested if False else Outer.Nested, Imported): ...

        @dataclass(slots=True)
        class Replaced(Error):
            table: str

        class Stop(BaseException): ...
        class NoError(Exception): ...
        ALIAS = NoError
        class A(Error): ...
    """
    (package / "__init__.py").touch()
    (package / "static" / "style.css").touch()
    (package / "db" / "__init__.py").touch()
    write(package / "db", errors="from other import Imported\n" + textwrap.dedent(source))
    write(package / "bare", errors="class Bare(Error): ...")
    write(package / "tests", __init__="", test_shop="class Tested(Error): ...", helpers="class Helping(Error): ...")
    write(
        package, conftest="1 / 0", __main__="1 / 0", needs="import nosuch", exits="os._exit(4)", zeta="import shopping"
    )
    write(tmp_path, other="class Imported(Error): ...", shopping="class Shopping(Error): ...")
    return tmp_path


def test_a_package_means_all_that_is_below_it(shop: Path) -> None:
    run = check(shop, "shop", "--json")
    found = json.loads(run.stdout)
    assert [row["class"] for row in found["classes"]] == [
        "shop.bare.errors.Bare",
        "shop.db.errors.Outer.Nested",
        "shop.db.errors.Derived",
        "shop.db.errors.Replaced",
        "shop.db.errors.NoError",
        "shop.db.errors.A",
    ]
    assert {row["verdict"] for row in found["classes"]} == {"safe"}
    assert found["left_out"] == ["shop.conftest", "shop.tests"]
    assert found["not_imported"].pop("shop.needs").startswith("ModuleNotFoundError: No module named 'nosuch' (")
    assert found["not_imported"] == {"shop.exits": "importing shop.exits ended the interpreter, exit status 4"}
    assert run.returncode == 0


def test_what_was_not_looked_at_is_said_and_is_no_verdict(shop: Path) -> None:
    run = check(shop, "shop", "--strict")
    assert "\nnot checked, since it cannot be imported: shop.needs: ModuleNotFoundError: " in run.stdout
    assert "\nleft out: shop.conftest, shop.tests\n" in run.stdout
    assert run.returncode == 1
    skipping = check(shop, "shop", "--strict", "--skip", "shop.needs", "--skip", "shop.exits")
    assert "\nleft out: shop.conftest, shop.exits, shop.needs, shop.tests\n" in skipping.stdout
    assert skipping.returncode == 0


def test_tests_are_checked_where_they_are_named(shop: Path) -> None:
    run = check(shop, "shop.tests", "other", "--json")
    assert list(rows(run)) == ["tests.helpers.Helping", "tests.test_shop.Tested", "Imported"]


def test_errors_outside_of_the_hierarchy_are_listed_apart_and_the_advice_mends_them(tmp_path: Path) -> None:
    source = """
        class RepositoryError(Exception):
            def __init__(self, *, table, cause):
                super().__init__(f"{table}: {cause}")
                self.table, self.cause = table, cause

        class Lost(Error): ...

        class Positional(RuntimeError):
            def __init__(self, table, row):
                super().__init__(f"{table}: {row}")

        class Odd(Exception):
            def __reduce__(self): return Odd, (1, 2, 3, 4), {}, None, None, None, None
    """
    write(tmp_path, shop=source)
    run = check(tmp_path, "shop")
    inside, outside = run.stdout.split(
        "\nnot below mysql.connector.Error, so mysql_errors_compat does nothing for them:\n"
    )
    assert [line.split()[0] for line in inside.splitlines() if "examples: " in line] == ["shop.Lost"]
    assert [line.split()[:5] for line in outside.splitlines() if " unsafe " in line] == [
        ["shop.RepositoryError", "unsafe", "hangs", "a", "Pool;"],
        ["shop.Positional", "unsafe", "hangs", "a", "Pool;"],
        ["shop.Odd", "unsafe", "pickle", "protocol", "0,"],
    ]
    assert run.returncode == 1
    assert rows(check(tmp_path, "shop", "--only-mysql", "--json")).keys() == {"Lost"}

    (advice,) = (
        line.partition("def __reduce__")[2] for line in outside.splitlines() if line.startswith("to mend: hand ")
    )
    assert "\n    shop.RepositoryError\n    shop.Positional\n" in outside
    mended = "import copyreg\n" + textwrap.dedent(source)
    for text in ("self.table, self.cause = table, cause", 'super().__init__(f"{table}: {row}")'):
        mended = mended.replace(text, f"{text}\n    def __reduce__{advice}")
    write(tmp_path, shop=mended[: mended.index("class Odd")])
    done = check(tmp_path, "shop", "--strict")
    assert done.stdout.endswith("\n3 safe\n")
    assert done.returncode == 0


def test_who_brings_the_package_along_is_said(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    error = "import mysql.connector\nclass Lost(mysql.connector.Error): ...\n"
    for name in ("__init__", "tasks"):
        (tmp_path / "shop" / f"{name}.py").touch()
    (tmp_path / "shop" / "errors.py").write_text(error)
    said = "nothing in shop imports mysql_errors_compat; one of the two processes must\n"
    run = check(tmp_path, "shop")
    assert said in run.stdout
    assert run.returncode == 0
    assert check(tmp_path, "shop", "--strict").returncode == 1
    assert json.loads(check(tmp_path, "shop", "--json").stdout)["package_imported_with"] is None

    (tmp_path / "shop" / "tasks.py").write_text("import mysql_errors_compat")
    run = check(tmp_path, "shop", "--strict")
    assert said not in run.stdout
    assert "shop.tasks brings mysql_errors_compat along\n" in run.stdout
    assert run.returncode == 0
    assert json.loads(check(tmp_path, "shop", "--json").stdout)["package_imported_with"] == "shop.tasks"


def test_how_it_arrives_from_args_alone_is_said(tmp_path: Path) -> None:
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


def test_a_module_that_only_the_second_process_cannot_import_is_said(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    write(tmp_path / "shop", __init__="class Lost(Error): ...", once="os.mkdir('x')\nclass Once(Error): ...")
    found = json.loads(check(tmp_path, "shop", "--json").stdout)
    assert [row["class"] for row in found["classes"]] == ["shop.Lost"]
    assert found["not_imported"]["shop.once"].endswith(", in a second process")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["colorsys"], "no exception class is defined in colorsys, so nothing was checked\n"),
        (["colorsys"], "Name the package or the modules that define them: mysql-errors-compat check shop.errors\n"),
        (["facade"], "There are some elsewhere: mysql-errors-compat check shop\n"),
        (["errors", "--only-mysql"], "no subclass of mysql.connector.Error is defined in errors, so nothing"),
        (["broken"], "not checked, since it cannot be imported: broken.part: ZeroDivisionError: division by zero ("),
    ],
)
def test_where_there_is_nothing_to_check_it_says_what_to_type(tmp_path: Path, arguments: list[str], said: str) -> None:
    write(tmp_path, facade="from shop import Lost", shop="class Lost(Error): ...", errors="class Other(Exception): ...")
    (tmp_path / "broken").mkdir()
    write(tmp_path / "broken", __init__="", part="1 / 0")
    run = check(tmp_path, *arguments, "--json")
    assert complaints(run).startswith("mysql-errors-compat check: ")
    assert said in complaints(run)
    assert (run.returncode, run.stdout) == (2, "")


@pytest.mark.parametrize(
    ("name", "meant"), [("shpo", "shop"), ("shop.erors", "shop.errors"), ("shpo.errors", "shop.errors"), ("xyzzy", "")]
)
def test_a_misspelt_module_gets_a_suggestion(tmp_path: Path, name: str, meant: str) -> None:
    (tmp_path / "shop").mkdir()
    write(tmp_path / "shop", __init__="", errors="class Lost(Error): ...")
    run = check(tmp_path, name)
    assert run.stderr.startswith(f"mysql-errors-compat check: cannot import {name}: ModuleNotFoundError: ")
    assert run.stderr.endswith(f"; did you mean {meant}?\n" if meant else "'\n")
    assert run.returncode == 2
