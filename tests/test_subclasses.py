"""Applications' subclasses arrive whole, and their constructors do not run again."""

from __future__ import annotations

import copy
import io
import multiprocessing.pool
import pickle
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mysql_errors_compat
from mysql_errors_compat.testing import assert_survives, errors

from . import app_errors
from .hierarchy import driver
from .test_round_trip import attributes
from .test_situations import REPLACING


def ways(error: Any) -> list[Any]:
    return [
        *(pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        copy.copy(error),
        copy.deepcopy(error),
    ]


@pytest.mark.parametrize("cls", app_errors.BUILDABLE, ids=lambda cls: cls.__qualname__)
def test_it_arrives_whole(cls: Any) -> None:
    @given(errors(cls), attributes, st.lists(st.text(), max_size=1))
    def survives(error: Any, added: dict[str, Any], notes: list[str]) -> None:
        for name, value in added.items():
            setattr(error, name, value)
        if notes:
            error.__notes__ = notes
        assert_survives(error)

    survives()


@pytest.mark.parametrize("cls", app_errors.BUILDABLE, ids=lambda cls: cls.__qualname__)
def test_its_pickle_names_only_its_class_and_the_standard_library(cls: Any) -> None:
    class Recording(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            found.add(module)
            return super().find_class(module, name)

    @given(errors(cls), st.integers(0, pickle.HIGHEST_PROTOCOL))
    def load(error: Any, protocol: int) -> None:
        Recording(io.BytesIO(pickle.dumps(error, protocol))).load()

    found: set[str] = set()
    load()
    in_python_2 = {"__builtin__", "copy_reg", "exceptions"}
    assert found - sys.stdlib_module_names - in_python_2 == {cls.__module__}


@pytest.mark.parametrize("cls", [app_errors.SideEffect, app_errors.OwnNew])
def test_its_constructor_is_not_run_again(cls: Any) -> None:
    error = cls("orders", region="eu") if cls is app_errors.OwnNew else cls("orders")
    app_errors.runs.clear()
    ways(error)
    assert app_errors.runs == []


def test_slots_arrive_and_unset_ones_stay_unset() -> None:
    error = app_errors.Slotted("x", 1).with_slots("orders")
    for arrived in ways(error):
        assert (arrived.table, arrived._Slotted__private) == ("orders", ["orders"])
        assert not hasattr(arrived, "unset")
    assert_survives(error)


def test_a_slot_set_to_none_arrives_as_none() -> None:
    error = app_errors.Slotted("x", 1).with_slots(None)
    assert [arrived.table for arrived in ways(error)] == [None] * len(ways(error))


def test_a_slot_that_cannot_be_pickled_does_not_stop_the_rest() -> None:
    """The driver alone drops every slot, so such an error could always be pickled."""
    error = app_errors.Slotted("x", 1).with_slots(threading.Lock())
    arrived = pickle.loads(pickle.dumps(error))
    assert arrived.args == error.args
    assert not hasattr(arrived, "table")


def test_a_slot_whose_value_only_the_newer_protocols_can_send() -> None:
    error = app_errors.Slotted("x", 1).with_slots(list)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(error, protocol)).table is list
    error.table = Point()
    assert [hasattr(arrived, "table") for arrived in ways(error)] == [False, False, *[True] * (len(ways(error)) - 2)]


class Point:
    __slots__ = ("x",)


def test_a_metaclass_that_does_not_let_constructor_order_through() -> None:
    assert_survives(app_errors.MadeByPicky("x", 1))


def test_a_default_message_that_the_application_replaced() -> None:
    for cls in REPLACING:
        name = next(name for name in vars(cls) if name.startswith("DEFAULT"))
        own: Any = type("Own", (cls,), {"__module__": __name__, name: "my own"})
        error = own(None, 3024)
        assert error.__reduce__() == (own, ("my own", 3024, None, None))
        drivers = getattr(cls, name)
        error.msg = drivers
        assert copy.copy(error).msg == drivers


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


def test_the_text_of_an_oserror_first_subclass_stays() -> None:
    error = app_errors.WithOSErrorFirst(host="db1", code=2003)
    assert {str(arrived) for arrived in ways(error)} == {str(error)}


def test_a_subclass_with_the_drivers_constructor_reduces_to_constructor_order() -> None:
    error = app_errors.Plain("x", 1, ("a",), "HY000")
    assert error.__reduce__() == (app_errors.Plain, ("x", 1, ("a",), "HY000"))
    mixed = app_errors.WithOSError("x", 1, ("a",), "HY000")
    assert mixed.__reduce__() == (app_errors.WithOSError, ("x", 1, ("a",), "HY000"))


def test_its_own_reduce_is_kept() -> None:
    error = app_errors.OwnReduce(table="orders")
    app_errors.runs.clear()
    arrived = pickle.loads(pickle.dumps(error))
    assert app_errors.runs == ["orders"]
    assert_survives(error)
    assert arrived.table == "orders"


@pytest.mark.parametrize("cls", [app_errors.OwnReduceOfThree, app_errors.OwnReduceEx])
def test_its_own_reduce_finds_the_state_it_is_used_to(cls: Any) -> None:
    error = cls("orders", 1146)
    error.extra = 1
    for arrived in ways(error):
        assert (arrived.args, arrived.sent, arrived.extra) == (error.args, "orders", 1)


def test_its_own_setstate_gets_the_state_it_is_used_to() -> None:
    error = app_errors.OwnSetstate("orders", 1146)
    for arrived in ways(error):
        assert (arrived.args, arrived.received) == (error.args, "orders")


MaybeEncodingError: Any = vars(multiprocessing.pool)["MaybeEncodingError"]


@dataclass(frozen=True)
class Frozen(app_errors.Plain):
    table: str

    def __str__(self) -> str:
        return self.table


class Guarded(app_errors.Plain):
    def __init__(self, *, table: str) -> None:
        super().__init__(table)
        vars(self)["table"] = table

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "table":
            raise AttributeError("read-only")
        super().__setattr__(name, value)


def fail_frozen() -> None:
    mysql_errors_compat.install(driver)  # a worker that starts afresh has it only if it asks
    raise Frozen("orders")


def fail_guarded() -> None:
    mysql_errors_compat.install(driver)
    raise Guarded(table="orders")


@pytest.mark.needs_package
@pytest.mark.parametrize("fail", [fail_frozen, fail_guarded])
def test_what_cannot_be_rebuilt_fails_at_the_sender_and_does_not_hang_a_pool(fail: Callable[[], None]) -> None:
    with pytest.raises(driver.Error) as raised:
        fail()
    with pytest.raises(TypeError, match=f"{type(raised.value).__name__} could not be rebuilt where it arrives: "):
        pickle.dumps(raised.value)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for _ in range(2):
            with pytest.raises(MaybeEncodingError, match="could not be rebuilt where it arrives"):
                pool.apply_async(fail).get(30)


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
