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
from tests.shared.hierarchy import CLASSES, REPLACING, driver

pytestmark = pytest.mark.any_hierarchy

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def ways(error: Any) -> list[Any]:
    return [
        *(pickle.loads(pickle.dumps(error, protocol)) for protocol in PROTOCOLS),
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


@pytest.mark.parametrize("cls", each_of(*CLASSES, *app_errors.BUILDABLE))
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
def test_a_default_message_that_the_application_replaced() -> None:
    for cls in REPLACING:
        name = next(name for name in vars(cls) if name.startswith("DEFAULT"))
        own: Any = type("Own", (cls,), {"__module__": __name__, name: "my own"})
        error = own(None, 3024)
        assert error.__reduce__()[:2] == (own, ("my own", 3024, None, None))
        drivers = getattr(cls, name)
        error.msg = drivers
        assert copy.copy(error).msg == drivers


class Unchangeable(driver.Error):  # type: ignore[misc]
    def __init__(self, *, table: str) -> None:
        super().__init__(table, 1146)
        self.is_made = True

    def __setattr__(self, name: str, value: object) -> None:
        assert name == "__cause__" or "is_made" not in vars(self), name  # which a Pool sets
        super().__setattr__(name, value)


class OwnArgs(driver.Error):  # type: ignore[misc]
    args = property(lambda self: (self.table,))

    def __init__(self, table: str) -> None:
        self.table = table


@pytest.mark.needs_package
@pytest.mark.parametrize("error", [Unchangeable(table="orders"), OwnArgs("orders")])
def test_an_error_in_which_nothing_can_be_set_once_it_is_made_or_no_args(error: Any) -> None:
    for arrived in ways(error):
        assert (vars(arrived), arrived.args) == (vars(error), error.args)


def slotted(value: object) -> list[Any]:
    """Return errors with this value in a slot: with the driver's constructor, and with another."""
    own: Any = app_errors.SlottedOwn(table="orders")
    own.table = value
    return [app_errors.Slotted("gone", 2006).with_slots(value), own]


@pytest.mark.needs_package
@pytest.mark.parametrize("error", [*slotted("orders"), *slotted(None)])
def test_a_slot_arrives_and_one_that_is_not_set_stays_so(error: Any) -> None:
    for arrived in ways(error):
        assert arrived.table == error.table
        assert getattr(arrived, "_Slotted__private", [error.table]) == [error.table]
        assert not hasattr(arrived, "unset")
    assert_survives(error)


@pytest.mark.needs_package
@pytest.mark.parametrize("error", slotted(threading.Lock()))
def test_a_slot_that_cannot_be_pickled_is_said_at_the_sender(error: Any) -> None:
    for protocol in PROTOCOLS:
        with pytest.raises((TypeError, pickle.PicklingError), match="lock"):  # the second is PyPy's
            pickle.dumps(error, protocol)
    assert copy.copy(error).table is error.table


class Point:
    __slots__ = ("x",)


@pytest.mark.needs_package
@pytest.mark.parametrize("error", slotted(Point()))
def test_a_slot_whose_value_only_the_newer_protocols_can_send(error: Any) -> None:
    for protocol in PROTOCOLS[2:]:
        assert type(pickle.loads(pickle.dumps(error, protocol)).table) is Point
    with pytest.raises(TypeError, match="__slots__"):
        pickle.dumps(error, 1)


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


class Restores(app_errors.Plain):
    def __init__(self, errno: int, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text, errno, None, sqlstate)

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)


class Guards(app_errors.Plain):
    def __init__(self, errno: int, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text, errno, None, sqlstate)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)


@pytest.mark.needs_package
@pytest.mark.parametrize("cls", [Restores, Guards])
def test_its_own_pickling_methods_get_what_the_driver_alone_gives(cls: Any) -> None:
    error = cls(1213, "Deadlock found", "40001")
    assert error.__reduce__() == (cls, error.args, vars(error))


@pytest.mark.needs_package
def test_a_class_that_says_it_is_a_builtin_for_a_short_traceback() -> None:
    class Broken(app_errors.Plain, OSError):  # type: ignore[misc]
        __module__ = "builtins"

    class Missing(app_errors.Plain):
        __module__ = "builtins"

        def __init__(self, table: str) -> None:
            super().__init__(f"no {table}", 1146)

    assert copy.copy(Broken("gone", 2006)).args == (2006, "2006: gone", None)
    assert copy.copy(Missing("orders")).args == (1146, "1146: no orders", None)
