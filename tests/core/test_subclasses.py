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
from tests.core.test_round_trip import attributes
from tests.shared import app_errors, fresh
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

    @given(errors(cls), st.integers(0, pickle.HIGHEST_PROTOCOL))
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


CONNECTION = threading.Lock()


class SendingPickler(pickle.Pickler):
    def persistent_id(self, value: object) -> str | None:
        return "the connection" if value is CONNECTION else None


class ReceivingUnpickler(pickle.Unpickler):
    def persistent_load(self, name: str) -> Any:
        return {"the connection": CONNECTION}[name]


@pytest.mark.needs_package
@pytest.mark.parametrize("error", slotted(CONNECTION))
def test_a_slot_that_only_this_pickler_can_send_arrives(error: Any) -> None:
    for protocol in PROTOCOLS:
        data = io.BytesIO()
        SendingPickler(data, protocol).dump(error)
        data.seek(0)
        arrived = ReceivingUnpickler(data).load()
        assert (type(arrived), arrived.args) == (type(error), error.args)
        assert arrived.table is CONNECTION


@pytest.mark.needs_package
@pytest.mark.parametrize("error", slotted(lambda: "from afar"))
def test_a_slot_that_only_cloudpickle_can_send_arrives(error: Any) -> None:
    cloudpickle = pytest.importorskip("cloudpickle", reason="pip install cloudpickle")
    arrived = pickle.loads(cloudpickle.dumps(error))
    assert (arrived.table(), arrived.args) == ("from afar", error.args)


class LeavesOut(driver.InterfaceError):  # type: ignore[misc]
    """With the driver's constructor, a slot, and an attribute that cannot be pickled."""

    __slots__ = ("slot",)

    def __getstate__(self) -> Any:
        return {name: value for name, value in vars(self).items() if name != "connection"}


class LeavesOutOwn(LeavesOut):
    def __init__(self, *, msg: str, errno: int) -> None:
        super().__init__(msg, errno)


class LeavesOutAll(LeavesOut):
    def __getstate__(self) -> Any:
        return {"table": "orders"}


class GivesSlots(LeavesOut):
    def __getstate__(self) -> Any:
        """Return what ``object.__getstate__`` does, from Python 3.11 on."""
        return vars(self), {"slot": self.slot}


@pytest.mark.needs_package
@pytest.mark.parametrize("cls", [LeavesOut, LeavesOutOwn, LeavesOutAll])
def test_what_its_own_getstate_says_arrives_and_nothing_else(cls: Any) -> None:
    error = cls(msg="gone", errno=2006)
    error.connection = error.slot = CONNECTION
    error.table = "orders"
    for arrived in ways(error):
        assert (type(arrived), arrived.args, str(arrived)) == (cls, (2006, "2006: gone", None), "2006: gone")
        assert (arrived.msg, arrived.errno, arrived.sqlstate, arrived.table) == ("gone", 2006, None, "orders")
        assert not hasattr(arrived, "connection")
        assert not hasattr(arrived, "slot")


@pytest.mark.needs_package
def test_a_getstate_that_gives_slots_as_well() -> None:
    error: Any = GivesSlots("gone", 2006)
    error.slot = "db1"
    for arrived in ways(error):
        assert (arrived.args, arrived.msg, arrived.slot) == ((2006, "2006: gone", None), "gone", "db1")


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


class Refused(driver.OperationalError, OSError):  # type: ignore[misc]
    pass


class Missing(driver.InterfaceError, ImportError):  # type: ignore[misc]
    pass


class NoName(AttributeError, driver.ProgrammingError):  # type: ignore[misc]
    __str__ = AttributeError.__str__  # from Python 3.15 on that is the one of BaseException


class Leaves(driver.OperationalError, SystemExit):  # type: ignore[misc]
    pass


class Ends(driver.DatabaseError, StopIteration):  # type: ignore[misc]
    pass


class Bytes(UnicodeDecodeError, driver.DataError):  # type: ignore[misc]
    def __init__(self, why: str) -> None:
        UnicodeDecodeError.__init__(self, "utf-8", b"abc", 1, 2, why)


BYTES = {"start": 1, "end": 2, "object": b"abc", "reason": "bad", "encoding": "utf-8"}


@pytest.mark.needs_package
@pytest.mark.parametrize(
    ("error", "members"),
    [
        (
            Refused("gone", 2006, None, "08S01"),
            {"errno": 2006, "strerror": "gone", "filename": "sock", "filename2": None},
        ),
        (Missing("m", 5), {"name": "n", "path": "p"}),
        (NoName("m"), {"name": "n"}),
        (Leaves("m", 5), {"code": 3}),
        (Ends("m", 5), {"value": 7}),
        (Bytes("bad"), BYTES),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_a_builtin_base_keeps_beside_the_args_arrives(error: Any, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(error, name, value)
    assert "errno" not in vars(error) or type(error) is not Refused
    assert_survives(error)
    assert {name: getattr(copy.copy(error), name) for name in members} == members


class Row:
    connection = CONNECTION  # which cannot be pickled

    def __getattr__(self, name: str) -> Any:
        raise NoName(name)


@pytest.mark.needs_package
def test_the_object_that_lacked_the_attribute_is_not_sent() -> None:
    row: Any = Row()
    with pytest.raises(NoName) as caught:
        row.column  # noqa: B018
    assert pickle.loads(pickle.dumps(caught.value)).args == ("column",)


@pytest.mark.needs_package
def test_a_first_pickle_while_another_thread_changes_the_class() -> None:
    fresh.run(
        """
        import sys, threading
        import mysql_errors_compat
        from tests.shared.hierarchy import driver
        mysql_errors_compat.install(driver)

        class Changing(driver.Error):
            def __init__(self, *, table):
                super().__init__(table, 1146)

        def change():
            number = 0
            while not stop.is_set():
                setattr(Changing, f"name{number % 5000}", number)
                number += 1

        sys.setswitchinterval(1e-6)
        stop = threading.Event()
        thread = threading.Thread(target=change)
        thread.start()
        try:
            for _ in range(200):
                class Changed(Changing): ...
                Changed(table="orders").__reduce__()
        finally:
            stop.set()
            thread.join(20)
        """
    )
