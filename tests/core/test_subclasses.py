"""Applications' subclasses arrive whole, and their constructors do not run again."""

from __future__ import annotations

import copy
import io
import pickle
import sys
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysql_errors_compat.testing import assert_survives, errors
from tests.core.test_round_trip import IS_CPYTHON, attributes
from tests.shared import app_errors
from tests.shared.hierarchy import REPLACING

pytestmark = pytest.mark.any_hierarchy


def ways(error: Any) -> list[Any]:
    return [
        *(pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        copy.copy(error),
        copy.deepcopy(error),
    ]


# The upstream diff leaves these to the package: a __new__ of their own, and what OSError keeps beside its args.
NOT_UPSTREAM = {"OwnNew", "OnlyOwnNew", "OwnNewAndOSError", "WithOSErrorOwn", "WithOSErrorFirst"}


def each_of(*classes: Any) -> list[Any]:
    """Return these classes as parameters of a test."""
    mark = {True: [pytest.mark.needs_package], False: []}
    return [pytest.param(cls, id=cls.__qualname__, marks=mark[cls.__qualname__ in NOT_UPSTREAM]) for cls in classes]


@pytest.mark.parametrize("cls", each_of(*app_errors.BUILDABLE))
def test_it_arrives_whole(cls: Any) -> None:
    @given(errors(cls), attributes, st.lists(st.text(), max_size=1))
    def survives(error: Any, added: dict[str, Any], notes: list[str]) -> None:
        for name, value in added.items():
            setattr(error, name, value)
        if notes:
            error.__notes__ = notes
        assert_survives(error)

    survives()


@pytest.mark.parametrize("cls", each_of(*app_errors.BUILDABLE))
def test_its_pickle_names_only_its_class_and_the_standard_library(cls: Any) -> None:
    class Recording(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            found.add(module)
            return super().find_class(module, name)

    @given(errors(cls), st.integers(0 if IS_CPYTHON else 1, pickle.HIGHEST_PROTOCOL))
    def load(error: Any, protocol: int) -> None:
        Recording(io.BytesIO(pickle.dumps(error, protocol))).load()

    found: set[str] = set()
    load()
    in_python_2 = {"__builtin__", "copy_reg", "exceptions"}
    assert found - sys.stdlib_module_names - in_python_2 == {cls.__module__}


@pytest.mark.parametrize("cls", each_of(app_errors.SideEffect, app_errors.OwnNew))
def test_its_constructor_is_not_run_again(cls: Any) -> None:
    error = cls("orders", region="eu") if cls is app_errors.OwnNew else cls("orders")
    app_errors.runs.clear()
    ways(error)
    assert app_errors.runs == []


@pytest.mark.needs_package
def test_slots_arrive_and_unset_ones_stay_unset() -> None:
    error = app_errors.Slotted("x", 1).with_slots("orders")
    for arrived in ways(error):
        assert (arrived.table, arrived._Slotted__private) == ("orders", ["orders"])
        assert not hasattr(arrived, "unset")
    assert_survives(error)


@pytest.mark.needs_package
def test_a_slot_set_to_none_arrives_as_none() -> None:
    error = app_errors.Slotted("x", 1).with_slots(None)
    assert [arrived.table for arrived in ways(error)] == [None] * len(ways(error))


@pytest.mark.needs_package
def test_a_slot_that_cannot_be_pickled_is_said_at_the_sender() -> None:
    error = app_errors.Slotted("x", 1).with_slots(threading.Lock())
    with pytest.raises((TypeError, pickle.PicklingError), match="lock"):  # the second is PyPy's
        pickle.dumps(error)
    assert copy.copy(error).table is error.table


@pytest.mark.needs_package
def test_a_slot_whose_value_only_the_newer_protocols_can_send() -> None:
    error = app_errors.Slotted("x", 1).with_slots(Point())
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert type(pickle.loads(pickle.dumps(error, protocol)).table) is Point
    with pytest.raises(TypeError, match="__slots__"):
        pickle.dumps(error, 1)


class Point:
    __slots__ = ("x",)


@pytest.mark.needs_package
def test_a_default_message_that_the_application_replaced() -> None:
    for cls in REPLACING:
        name = next(name for name in vars(cls) if name.startswith("DEFAULT"))
        own: Any = type("Own", (cls,), {"__module__": __name__, name: "my own"})
        error = own(None, 3024)
        assert error.__reduce__()[:2] == (own, ("my own", 3024, None, None))
        drivers = getattr(cls, name)
        error.msg = drivers
        assert copy.copy(error).msg == drivers


@pytest.mark.needs_package
def test_members_of_oserror_arrive() -> None:
    error = app_errors.WithOSError("gone", 2006, sqlstate="08S01")
    error.strerror, error.filename = "gone", "/run/mysqld.sock"
    assert "errno" not in vars(error)
    for arrived in ways(error):
        assert (arrived.errno, arrived.strerror, arrived.filename, arrived.filename2) == (
            2006,
            "gone",
            "/run/mysqld.sock",
            None,
        )
        assert str(arrived) == str(error) == "2006 (08S01): gone"


@pytest.mark.needs_package
def test_the_text_of_an_oserror_first_subclass_stays() -> None:
    error = app_errors.WithOSErrorFirst(host="db1", code=2003)
    assert {str(arrived) for arrived in ways(error)} == {str(error)}


@pytest.mark.needs_package
def test_a_subclass_with_the_drivers_constructor_reduces_to_constructor_order() -> None:
    error = app_errors.Plain("x", 1, ("a",), "HY000")
    assert error.__reduce__() == (app_errors.Plain, ("x", 1, ("a",), "HY000"))


def test_its_own_reduce_is_kept() -> None:
    error = app_errors.OwnReduce(table="orders")
    app_errors.runs.clear()
    arrived = pickle.loads(pickle.dumps(error))
    assert app_errors.runs == ["orders"]
    assert_survives(error)
    assert arrived.table == "orders"


@pytest.mark.needs_package
@pytest.mark.parametrize("cls", [app_errors.OwnReduceOfThree, app_errors.OwnReduceEx])
def test_its_own_reduce_finds_the_state_it_is_used_to(cls: Any) -> None:
    error = cls("orders", 1146)
    error.extra = 1
    for arrived in ways(error):
        assert (arrived.args, arrived.sent, arrived.extra) == (error.args, "orders", 1)


@pytest.mark.needs_package
def test_its_own_setstate_gets_the_state_it_is_used_to() -> None:
    error = app_errors.OwnSetstate("orders", 1146)
    for arrived in ways(error):
        assert (arrived.args, arrived.received) == (error.args, "orders")


class Resets(app_errors.Plain):
    def __init__(self, *, table: str) -> None:
        super().__init__(table, 1146)
        self.table: str | None = table

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state, table=None)


@pytest.mark.needs_package
def test_what_its_own_setstate_makes_of_it_arrives() -> None:
    for arrived in ways(Resets(table="orders")):
        assert (arrived.args, arrived.msg, arrived.table) == ((1146, "1146: orders", None), "orders", None)


def test_a_class_of_this_very_function_can_be_copied() -> None:
    class Local(app_errors.Plain):
        def __init__(self, *, table: str) -> None:
            super().__init__(table, 1146)
            self.table = table

    error = Local(table="orders")
    for arrived in (copy.copy(error), copy.deepcopy(error)):
        assert (type(arrived), arrived.args, arrived.table) == (Local, error.args, "orders")
    with pytest.raises((AttributeError, pickle.PicklingError), match="Local"):
        pickle.dumps(error)
