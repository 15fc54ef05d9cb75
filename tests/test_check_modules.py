"""Which modules `check` imports, and which classes it finds in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .checking import COMMAND, check, write

pytestmark = pytest.mark.needs_package


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
