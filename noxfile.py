"""The tests on every driver and every Python that is on the machine: ``make matrix``.

A driver brings its own module ``mysql.connector``, so the package is installed without its dependency.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "pypy3.11"]
DRIVERS = [
    "mysql-connector-python-rf==2.0.4",
    "mysql-connector==2.2.9",
    "mysql-connector-python==8.0.23",
    "mysql-connector-python==8.0.28",
    "mysql-connector-python==8.0.33",
    "mysql-connector-python==8.4.0",
    "mysql-connector-python==9.1.0",
    "mysql-connector-python==9.4.0",
    "mysql-connector-python==9.7.0",
    "mysql-connector-python==26.10.0",
]
MYSQLX = "mysqlx-connector-python==26.10.0"

# Those are about the driver; the other rooms are about tools, other libraries or this repository.
ABOUT_THE_DRIVER = ["tests/core", "tests/outside/servers"]

RESULTS = Path("build/matrix")
PAGE = Path("docs/drivers.md")
BEGIN, END = "<!-- what make matrix found -->\n", "<!-- end -->\n"


@nox.session(python=PYTHONS)
@nox.parametrize("driver", DRIVERS, ids=DRIVERS)
def drivers(session: nox.Session, driver: str) -> None:
    """Run the whole test suite with one driver."""
    _install(session, driver)
    _test(session, driver, *ABOUT_THE_DRIVER, *session.posargs)


@nox.session(python=PYTHONS)
def mysqlx(session: nox.Session) -> None:
    """Run the tests that take the hierarchy as a parameter with the one of mysqlx."""
    _install(session, DRIVERS[-1], MYSQLX)
    session.env["MYSQL_ERRORS_COMPAT_TEST_MODULE"] = "mysqlx.errors"
    _test(session, MYSQLX, "tests/core", "-m", "any_hierarchy", *session.posargs)


@nox.session(python=False)
def table(session: nox.Session) -> None:
    """Print what the sessions found, a line per driver, and put it into the documentation if it is all of them."""
    found = {driver: {python: _found(driver, python) for python in PYTHONS} for driver in [*DRIVERS, MYSQLX]}
    pythons = [python for python in PYTHONS if any(cells[python] for cells in found.values())]
    lines = [f"| driver | {' | '.join(pythons)} |", f"| --- |{' --- |' * len(pythons)}"]
    for driver, cells in found.items():
        if any(cells.values()):
            lines.append(
                f"| {driver.replace('==', ' ')} | {' | '.join(cells[python] or 'not run' for python in pythons)} |"
            )
    print("\n".join(lines))
    if all(any(cells.values()) for cells in found.values()):
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{rest.partition(END)[2]}", encoding="utf-8"
        )


def _install(session: nox.Session, *drivers: str) -> None:
    group = nox.project.load_toml("pyproject.toml")["dependency-groups"]["test"]
    session.install("setuptools<80", "wheel")  # with which the oldest drivers are built
    session.install("--no-build-isolation", *drivers)
    session.install("hatchling", *group)
    session.install("--no-deps", "--editable", ".")
    # Byte code first: a syntax that today's Python warns of is none of the tests' business.
    session.run("python", "-c", "import mysql.connector", silent=True)


def _test(session: nox.Session, driver: str, *arguments: str) -> None:
    result = RESULTS / f"{driver}-{session.python}.xml"
    result.unlink(missing_ok=True)
    environment = {"COLUMNS": "120"}
    session.run("python", "-m", "pytest", "-q", "-n2", f"--junit-xml={result}", *arguments, env=environment)


def _found(driver: str, python: str) -> str:
    result = RESULTS / f"{driver}-{python}.xml"
    if not result.exists():
        return ""
    (suite,) = ElementTree.parse(result).getroot().iter("testsuite")
    tests, failed, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "skipped"))
    failed += int(suite.get("errors", 0))
    if failed or tests == skipped:
        return f"**{failed} of {tests} failed**"
    return f"passed, {skipped} skipped" if skipped else "passed"
