"""Each line of the table in docs/where.md about workers that a program starts, with real processes.

The lines about other libraries are in docs/guides, and in test_carriers.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.shared.processes import run

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(120)]

IMPORT = "import mysql_errors_compat"
START_METHODS = ("fork", "spawn", "forkserver")

ORDERS = """
# orders
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

# It ends the process in a way that a Pool which has lost its thread cannot hold up.
MAIN = """
# top
import multiprocessing, os, sys
from {orders} import OrderFailed, ship
# after the classes

def import_it():
    pass  # initializer

if __name__ == "__main__":
    # under if
    pool = multiprocessing.get_context("{method}").Pool(1, {initializer})
    # after the start
    try:
        pool.apply_async(ship, [7]).get(timeout={patience})
    except OrderFailed as error:
        whole = error.args == (1213, "1213 (40001): order failed", "40001") and error.order_id == 7
        print(f"worker has it{{'' if error.worker_has_package else ' not'}}, {{'whole' if whole else error.args}}")
    except multiprocessing.TimeoutError:
        print("hangs")
    sys.stdout.flush()
    os._exit(0)
"""

# Where the import may stand, by marks in these programs; "nowhere" is a place too.
PLACES = {
    "nowhere": "",
    "at the top of the program": "# top",
    "after the driver and the classes": "# after the classes",
    "under if name is main": "# under if",
    "in the initializer": "pass  # initializer",
    "in the module whose functions the workers run": "# orders",
    "after the pool was started": "# after the start",
}
NO_WORKER_HAS_IT = {"after the pool was started"}
ONLY_FORK_HAS_IT = {"under if name is main"}


@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize("place", PLACES)
def test_what_a_place_does(place: str, method: str, tmp_path: Path) -> None:
    patience = 2 if place == "nowhere" else 50
    main = MAIN.format(orders="orders", method=method, initializer="import_it", patience=patience)
    programs = {"orders.py": ORDERS, "main.py": main}
    for name, text in programs.items():
        (tmp_path / name).write_text(text.replace(PLACES[place] or "no such mark", IMPORT))
    printed = run(sys.executable, "main.py", cwd=tmp_path).stdout.strip()
    if place == "nowhere":
        assert printed == "hangs"
    elif place in NO_WORKER_HAS_IT or (place in ONLY_FORK_HAS_IT and method != "fork"):
        assert printed == "worker has it not, whole"
    else:
        assert printed == "worker has it, whole"


@pytest.mark.parametrize("method", START_METHODS)
def test_in_a_package_that_python_dash_m_starts(method: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "orders.py").write_text(ORDERS)
    main = MAIN.format(orders="shop.orders", method=method, initializer=None, patience=50)
    (shop / "__main__.py").write_text(IMPORT + main)
    has_it = "has it" if method == "fork" else "has it not"
    assert run(sys.executable, "-m", "shop", cwd=tmp_path).stdout == f"worker {has_it}, whole\n"
