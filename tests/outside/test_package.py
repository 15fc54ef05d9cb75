"""What is released: the wheel, the source distribution, their metadata and their types."""

from __future__ import annotations

import os
import re
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import mysql_errors_compat
from tests.shared.processes import ROOT, succeed

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(300)]

SUBCLASS = """
import mysql.connector

class OrderFailed(mysql.connector.Error):
    def __init__(self, *, order_id: int) -> None:
        super().__init__(f"order {order_id} failed", errno=1213, sqlstate="40001")
        self.order_id = order_id

def retry(error: mysql.connector.Error) -> bool:
    reveal_type(error.errno)
    reveal_type(error.args)
    return error.errno == 1213

retry(OrderFailed(order_id=1))
retry(mysql.connector.IntegrityError("x", 1, ("a",), "HY000"))
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("released")
    succeed(sys.executable, "-m", "build", "--outdir", folder, ROOT, timeout=240)
    return folder


@pytest.fixture(scope="module")
def clean(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment in which the wheel was installed, and so the driver."""
    environment = tmp_path_factory.mktemp("clean")
    succeed(sys.executable, "-m", "venv", environment)
    python = environment / "bin" / "python"
    succeed(
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *released.glob("*.whl"), timeout=120
    )
    return python


def test_the_wheel_holds_the_package_and_nothing_else(released: Path) -> None:
    (wheel,) = released.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mysql_errors_compat").rglob("*.py")}
    assert names == sources | {"mysql_errors_compat/py.typed"}


def test_the_source_distribution_holds_what_the_tests_need(released: Path) -> None:
    (archive,) = released.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames()}
    assert {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "tests/conftest.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".nox", "build", "dist"))]


def test_the_metadata_can_be_shown(released: Path) -> None:
    assert succeed(sys.executable, "-m", "twine", "check", "--strict", *released.iterdir()).count("PASSED") == 2


def test_an_installed_wheel_works(clean: Path, tmp_path: Path) -> None:
    assert mysql_errors_compat.__version__ in succeed(clean, "-m", "mysql_errors_compat", "--version", cwd=tmp_path)
    script = """
import pickle, mysql.connector, mysql_errors_compat
error = pickle.loads(pickle.dumps(mysql.connector.IntegrityError("x", 1, ("a",), "HY000")))
print(error.args, error.__reduce__()[1])
"""
    assert succeed(clean, "-c", script, cwd=tmp_path) == "(1, '1 (HY000): x', 'HY000') ('x', 1, ('a',), 'HY000')\n"
    installed = succeed(clean, "-m", "pip", "list", "--format", "freeze", cwd=tmp_path)
    others = {line.partition("==")[0] for line in installed.split()} - {"pip", "setuptools"}
    assert others == {"mysql_errors_compat", "mysql-connector-python"}
    assert (clean.parent / "mysql-errors-compat").exists()


def test_the_public_interface_is_typed_completely(clean: Path, tmp_path: Path) -> None:
    succeed(clean, "-m", "pip", "install", "--quiet", "hypothesis")
    pyright = Path(sys.executable).with_name("pyright")
    path = os.pathsep.join([str(clean.parent), os.environ["PATH"]])
    command = ["--verifytypes", "mysql_errors_compat", "--ignoreexternal"]
    report = succeed(pyright, *command, cwd=tmp_path, timeout=240, PATH=path, PYTHONPATH="")
    assert "Type completeness score: 100%" in report


def test_mypy_tells_users_who_subclass_the_drivers_errors_nothing_new(tmp_path: Path) -> None:
    reports = []
    for first in ("import sys", "import mysql_errors_compat"):
        (tmp_path / "orders.py").write_text(first + SUBCLASS)
        reports.append(succeed(sys.executable, "-m", "mypy", "--strict", "orders.py", cwd=tmp_path, timeout=240))
    assert reports[0] == reports[1]
    assert "Success" in reports[0]


def test_the_changelog_is_about_this_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == mysql_errors_compat.__version__ == metadata.version("mysql_errors_compat")
