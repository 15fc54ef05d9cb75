"""Each line of the table in docs/where.md, with real processes, as an application has them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside.needs import skip_without

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(120)]

START_METHODS = ("fork", "spawn", "forkserver")
IMPORT = "import mysql_errors_compat  # noqa: F401\n"

# None of these programs imports the package, unless a test puts the import there.
ORDERS = """
import sys
import mysql.connector

class OrderFailed(mysql.connector.Error):
    def __init__(self, *, order_id):
        super().__init__("order failed", 1213, sqlstate="40001")
        self.order_id = order_id

def ship(order_id):
    error = OrderFailed(order_id=order_id)
    error.worker_has_package = "mysql_errors_compat" in sys.modules
    raise error
"""

# Ends the process if nothing comes back, since a Pool that has lost its thread cannot be left in any other way.
RECEIVE = """
import multiprocessing, os, sys
from {orders} import OrderFailed, ship

def import_it():
    import mysql_errors_compat

def receive(method, **options):
    pool = multiprocessing.get_context(method).Pool(1, **options)
    try:
        pool.apply_async(ship, [7]).get(timeout={patience})
    except OrderFailed as error:
        whole = error.args == (1213, "1213 (40001): order failed", "40001") and error.order_id == 7
        print("worker has it" if error.worker_has_package else "worker has it not", "whole" if whole else error.args)
    except multiprocessing.TimeoutError:
        print("hangs")
    sys.stdout.flush()
    for worker in pool._pool:
        worker.kill()
    os._exit(0)
"""

MAIN = """
if __name__ == "__main__":
    receive({method!r}{options})
"""


@pytest.fixture(params=START_METHODS)
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(folder: Path, *arguments: str, timeout: float = 60) -> str:
    """Run Python in `folder`, and return what it printed; leave no process behind."""
    printed, complaints = folder / "printed", folder / "complaints"
    with printed.open("w") as stdout, complaints.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            process.wait(timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    sys.stderr.write(complaints.read_text())  # for pytest to show, if the test fails
    return printed.read_text()


def write_program(
    folder: Path,
    method: str,
    *,
    orders: str = "",
    main: str = "",
    below: str = "",
    options: str = "",
    patience: int = 30,
) -> None:
    """Write orders.py and main.py, with `orders` and `main` at their tops, and `below` under ``if __name__``."""
    (folder / "orders.py").write_text(orders + ORDERS)
    text = main + RECEIVE.format(orders="orders", patience=patience) + MAIN.format(method=method, options=options)
    (folder / "main.py").write_text(text.replace('"__main__":\n', f'"__main__":\n    {below or "pass"}\n'))


def test_without_the_import_it_hangs(method: str, tmp_path: Path) -> None:
    write_program(tmp_path, method, patience=5)
    assert run(tmp_path, "main.py") == "hangs\n"


def test_at_the_top_of_the_program(method: str, tmp_path: Path) -> None:
    write_program(tmp_path, method, main=IMPORT)
    assert run(tmp_path, "main.py") == "worker has it whole\n"


def test_in_the_module_whose_functions_the_workers_run(method: str, tmp_path: Path) -> None:
    write_program(tmp_path, method, orders=IMPORT)
    assert run(tmp_path, "main.py") == "worker has it whole\n"


def test_under_if_name_is_main(method: str, tmp_path: Path) -> None:
    write_program(tmp_path, method, below=IMPORT.strip())
    has_it = "has it" if method == "fork" else "has it not"
    assert run(tmp_path, "main.py") == f"worker {has_it} whole\n"


def test_in_the_initializer(method: str, tmp_path: Path) -> None:
    write_program(tmp_path, method, options=", initializer=import_it")
    assert run(tmp_path, "main.py") == "worker has it whole\n"


def test_in_a_package_that_python_dash_m_starts(method: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "orders.py").write_text(ORDERS)
    text = RECEIVE.format(orders="shop.orders", patience=30) + MAIN.format(method=method, options="")
    (shop / "__main__.py").write_text(IMPORT + text)
    has_it = "has it" if method == "fork" else "has it not"
    assert run(tmp_path, "-m", "shop") == f"worker {has_it} whole\n"


@pytest.mark.parametrize("first", ["orders", "mysql_errors_compat", "mysql.connector"])
def test_in_any_order(first: str, tmp_path: Path) -> None:
    write_program(tmp_path, "spawn", main=f"import {first}\n{IMPORT}")
    assert run(tmp_path, "main.py") == "worker has it whole\n"


def test_after_the_pool_was_started(tmp_path: Path) -> None:
    write_program(tmp_path, "fork")
    main = tmp_path / "main.py"
    main.write_text(main.read_text().replace("    try:\n", "    import_it()\n    try:\n", 1))
    assert run(tmp_path, "main.py") == "worker has it not whole\n"


def test_joblib_and_an_import_in_the_script(tmp_path: Path) -> None:
    _need("joblib")
    (tmp_path / "orders.py").write_text(ORDERS)
    (tmp_path / "main.py").write_text(
        IMPORT
        + """
import joblib, orders
try:
    joblib.Parallel(n_jobs=2)([joblib.delayed(orders.ship)(7)])
except orders.OrderFailed as error:
    print(error.worker_has_package, error.order_id, error.args)
"""
    )
    assert run(tmp_path, "main.py") == "False 7 (1213, '1213 (40001): order failed', '40001')\n"


TASKS = """
from celery import Celery
import orders

app = Celery("shop", broker="filesystem://", backend="file://results")
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue", "polling_interval": 0.1}

@app.task
def ship(order_id):
    orders.ship(order_id)
"""

APPLICATION = """
import subprocess, sys
import tasks

command = [sys.executable, "-m", "celery", "--quiet", "--app", "tasks", "worker", "--pool", "solo"]
worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    tasks.ship.delay(7).get(timeout=60)
except Exception as error:
    print(type(error).__name__, vars(error).get("errno"), vars(error).get("order_id"))
finally:
    worker.kill()
    worker.wait()
"""


@pytest.mark.parametrize(
    ("tasks", "application", "arrives"),
    [(IMPORT, "", True), ("", IMPORT, False)],
    ids=["in the module with the tasks", "in the application alone"],
)
def test_celery(tasks: str, application: str, arrives: bool, tmp_path: Path) -> None:
    _need("celery")
    (tmp_path / "queue").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "orders.py").write_text(ORDERS)
    (tmp_path / "tasks.py").write_text(tasks + TASKS)
    (tmp_path / "main.py").write_text(application + APPLICATION)
    printed = run(tmp_path, "main.py", timeout=100)
    assert printed.count("\n") == 1
    assert (printed == "OrderFailed 1213 None\n") == arrives  # results are JSON, which does not carry order_id


def test_a_linter_takes_the_bare_import_away_and_leaves_the_others(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    for text, kept in [
        ("import mysql_errors_compat\n", False),
        (IMPORT, True),
        ("import mysql_errors_compat\n\nmysql_errors_compat.install()\n", True),
    ]:
        program.write_text(text)
        run(tmp_path, "-m", "ruff", "check", "--isolated", "--fix", "--quiet", "program.py")
        assert (program.read_text() == text) == kept


def test_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import mysql_errors_compat, mysql.connector as m; print(m.Error('x', 1).__reduce__()[1])"
    monkeypatch.delenv("MYSQL_ERRORS_COMPAT_DISABLE", raising=False)
    assert run(tmp_path, "-c", script) == "('x', 1, None, None)\n"
    monkeypatch.setenv("MYSQL_ERRORS_COMPAT_DISABLE", "1")
    assert run(tmp_path, "-c", script) == "(1, '1: x', None)\n"


def _need(name: str) -> None:
    if not importlib.util.find_spec(name):
        skip_without(f"`pip install {name}` brings what this needs, where there is a build for this Python")
