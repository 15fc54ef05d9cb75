"""What README, SECURITY.md and the guides say of pickles and of others' cures, seen to be so."""

from __future__ import annotations

import base64
import json
import pickle
import pickletools

import mysql.connector
import pytest

from . import app_errors
from .fresh import run

pytestmark = pytest.mark.needs_package

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

OWN_CLASS = """
import copy, copyreg, pickle, sys, types
import mysql.connector

orders = sys.modules["orders"] = types.ModuleType("orders")

class OrderFailed(mysql.connector.Error):
    def __init__(self, *, order_id):
        super().__init__("order failed", 1213, sqlstate="40001")
        self.order_id = order_id

orders.OrderFailed = OrderFailed
OrderFailed.__module__ = "orders"
"""

CALLED_TOO_EARLY = f"""
import mysql.connector, tblib.pickling_support
tblib.pickling_support.install()
{OWN_CLASS}
try:
    pickle.loads(pickle.dumps(OrderFailed(order_id=7)))
except TypeError as problem:
    print(problem)
"""

NAMED_IN_ITS_PICKLES = f"""
import tblib.pickling_support
{OWN_CLASS}
tblib.pickling_support.install()
print(b"tblib" in pickle.dumps(OrderFailed(order_id=7)))
"""

WITHOUT_ARGS = f"""
import tblib.pickling_support
{OWN_CLASS}
tblib.pickling_support.install()
error = mysql.connector.OperationalError("Deadlock found", 1213, sqlstate="40001")
print(type(error)(*error.args).errno)
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (CALLED_TOO_EARLY, "OrderFailed.__init__() takes 1 positional argument but 4 were given"),
        (NAMED_IN_ITS_PICKLES, "True"),
        (WITHOUT_ARGS, "1213 (40001): Deadlock found"),
    ],
    ids=["a later class is missed", "its pickles name it", "args are not read"],
)
def test_why_not_tblib(script: str, said: str) -> None:
    pytest.importorskip("tblib")
    assert run(script).strip() == said


def test_a_reduce_of_ones_own_does_not_cure_args_order() -> None:
    script = f"""
{OWN_CLASS}
class Own(OrderFailed):
    def __reduce__(self):
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__

error = Own(order_id=7)
print(copy.copy(error).args == error.args)
try:
    Own(*error.args)
except TypeError:
    print("not rebuilt")
"""
    assert run(script).split("\n") == ["True", "not rebuilt", ""]


def names(pickled: bytes) -> set[str]:
    """Return the names that a pickle has its reader look up."""
    found: set[str] = set()
    texts: list[str] = []
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name == "GLOBAL":
            found.add(str(argument).replace(" ", "."))
        elif opcode.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif isinstance(argument, str):
            texts.append(argument)
    return found


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_a_pickle_names(protocol: int) -> None:
    driver_error = mysql.connector.OperationalError("Deadlock found", 1213, ("a",), "40001")
    assert names(pickle.dumps(driver_error, protocol)) == {"mysql.connector.errors.OperationalError"}
    own = f"{app_errors.__name__}.KeywordOnly"
    maker = {"copy_reg.__newobj__"} if protocol < 2 else set()  # as Python 2 calls it
    assert names(pickle.dumps(app_errors.KeywordOnly(table="orders", attempt=3), protocol)) == {own} | maker


STORE = f"""
import base64, json
{OWN_CLASS}
errors = [OrderFailed(order_id=7), mysql.connector.IntegrityError("Duplicate", 1062, sqlstate="23000")]
errors[0].note = ["added"]
print(json.dumps([[base64.b64encode(pickle.dumps(error, protocol)).decode() for error in errors]
                  for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]))
"""

READ = f"""
import base64, json
{OWN_CLASS}
import mysql_errors_compat
for stored in json.loads(sys.argv[1]):
    own, drivers = [pickle.loads(base64.b64decode(text)) for text in stored]
    assert type(own) is OrderFailed and type(drivers) is mysql.connector.IntegrityError
    assert own.args == (1213, "1213 (40001): order failed", "40001"), own.args
    assert vars(own) == {{**vars(OrderFailed(order_id=7)), "note": ["added"]}}
    assert drivers.args == (1062, "1062 (23000): Duplicate", "23000"), drivers.args
    assert (drivers.msg, drivers.errno, drivers.sqlstate) == ("Duplicate", 1062, "23000")
"""


def test_errors_stored_before_the_upgrade_are_read_whole() -> None:
    stored = run(STORE)
    assert b"mysql_errors_compat" not in base64.b64decode(json.loads(stored)[0][0])
    run(READ, stored)


def test_how_an_error_grows_without_the_package() -> None:
    script = """
import pickle, mysql.connector
error = mysql.connector.OperationalError("Deadlock found when trying to get lock; try restarting transaction", 1213,
                                          sqlstate="40001")
sizes = []
for _ in range(31):
    sizes.append(len(pickled := pickle.dumps(error)))
    error = pickle.loads(pickled)
print(sizes[0], sizes[-1])
"""
    first, last = map(int, run(script).split())
    assert (first, round(last / 1e6)) == (274, 187)
