"""Plain examples, each named after the situation it protects."""

from __future__ import annotations

import copy
import enum
import io
import pickle
import sys
import threading
from typing import Any

import pytest

from mysql_errors_compat.testing import assert_survives
from tests.core.test_subclasses import PROTOCOLS, slotted, ways
from tests.shared import VALUES, app_errors, fresh
from tests.shared.hierarchy import REPLACING
from tests.shared.hierarchy import driver as errors

pytestmark = pytest.mark.any_hierarchy

FIELDS = ("msg", "errno", "sqlstate", "_full_msg")


def deadlock() -> Any:
    return errors.InternalError("Deadlock found", 1213, None, "40001")


def hop(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.needs_package
@pytest.mark.parametrize(
    "error",
    [
        errors.Error(),
        errors.Error("", 0),
        errors.Error(None, -1, None, ""),
        errors.Error(errno=2003, values=("localhost", 3306, 2)),
        errors.Error(errno=2003, values=("too few",)),
        errors.Error("1213: Deadlock", 1213),
        errors.Error("1213 (40001): Deadlock", 1213, None, "40001"),
        errors.Error("1213 (40001): Deadlock", 1213, None, ""),
        errors.Error("100% of %(x)s {errno}", 1, None, "HY000"),
        errors.Error("lone \udc80", 1, None, "\ud800"),
        errors.Error("x", 1, None, b"HY000"),
        errors.Error(b"bytes"),
        *(cls("replaced", 3024, None, "HY000") for cls in REPLACING),
        *(cls() for cls in REPLACING),
    ],
    ids=repr,
)
def test_odd_fields(error: Any) -> None:
    assert_survives(error)
    for left in (error, hop(error)):
        again = type(left)(*left.args)  # what Celery does for results in JSON, and others with it
        assert (again.args, {**vars(again), VALUES: 0}) == (error.args, {**vars(error), VALUES: 0})


class Text(str):
    __slots__ = ()


class Codes(enum.IntEnum):
    DEADLOCK = 1213


def changed(error: Any, *args: Any, **fields: Any) -> Any:
    """Return the error with other fields, and other args if there are any."""
    vars(error).update(fields)
    error.args = args or error.args
    return error


def test_a_field_that_the_application_changed() -> None:
    for name in FIELDS:
        for value in (None, "", 0, -1, 5, "text", ["list"]):
            assert_survives(changed(deadlock(), **{name: value}))
    state, with_sqlstate = Text("40001"), deadlock()
    changed(with_sqlstate, *with_sqlstate.args[:2], state, sqlstate=state)
    for error in (
        changed(deadlock(), msg=Text("Deadlock found")),
        changed(deadlock(), _full_msg=Text("1213 (40001): Deadlock found")),
        with_sqlstate,
        # What the constructor would replace, with the args that go with it.
        changed(errors.Error("text", 1), 2003, "2003: ", None, msg="", errno=2003, _full_msg="2003: "),
        changed(errors.Error("text", 1), 1, "1: ", None, msg="", errno=1, _full_msg="1: "),
        changed(errors.Error("text", 1), 0, "0: x", None, msg="x", errno=0, _full_msg="0: x"),
    ):
        assert_survives(error)


def test_args_that_the_application_changed() -> None:
    for others in ((), ("only",), (1, 2, 3, 4)):
        error = deadlock()
        error.args = others
        assert_survives(error)
    for position, value in [(0, True), (0, "changed"), (1, "changed"), (2, "changed"), (2, None)]:
        error = errors.Error("x", 1, None, "HY000")  # its other args stay the very same objects
        args = list(error.args)
        args[position] = value
        assert_survives(changed(error, *args))


@pytest.mark.needs_package
@pytest.mark.parametrize("sqlstate", [None, "", "HY000", b"HY000"])
def test_an_error_without_an_errno(sqlstate: Any) -> None:
    error: Any = errors.InterfaceError("gone", None, None, sqlstate)
    assert error.__reduce__() == (errors.InterfaceError, ("gone", -1, None, sqlstate))
    for full in ("-1: gone", f"-1 ({sqlstate}): gone", "lost"):
        assert_survives(changed(error, -1, full, sqlstate, _full_msg=full))


@pytest.mark.needs_package
def test_a_message_that_the_constructor_would_replace() -> None:
    for cls in REPLACING:
        error: Any = changed(cls(None, 3024), msg="my own")
        assert_survives(error)
        assert error.__reduce__()[1:] == (("my own", 3024, None, None), {**vars(error), "args": error.args})


@pytest.mark.needs_package
@pytest.mark.parametrize(
    "error",
    [errors.Error("x", Codes.DEADLOCK)]
    + [errors.Error(msg, 1213) for msg in (1.5, ["gone"], {"gone": 1}, ValueError("gone"), ("gone", 1), Text("gone"))],
    ids=repr,
)
def test_what_would_be_formatted_again_where_it_arrives_is_sent_as_it_is(error: Any) -> None:
    assert_survives(error)
    assert error.__reduce__()[0] is not errors.Error


class Odd:
    """Fails at whatever is asked of it."""

    def fail(self, *_: object) -> Any:
        raise RuntimeError("odd")

    __eq__ = __bool__ = __format__ = __str__ = fail
    __hash__ = object.__hash__


@pytest.mark.needs_package
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_can_be_pickled_and_nothing_else(name: str) -> None:
    error = deadlock()
    setattr(error, name, Odd())
    error.args = (error.errno, error._full_msg, error.sqlstate)
    for arrived in (hop(error), copy.copy(error), copy.deepcopy(error)):
        assert type(getattr(arrived, name)) is Odd
        assert [type(arg) for arg in arrived.args] == [type(arg) for arg in error.args]


@pytest.mark.needs_package
def test_a_known_client_error_for_which_the_driver_has_no_text() -> None:
    fresh.run(
        """
        import pickle
        import mysql_errors_compat
        from tests.shared.hierarchy import driver

        mysql_errors_compat.install(driver)
        driver.get_client_error = lambda errno: None
        for error in (driver.Error(errno=2003), driver.Error("", 2003, None, "HY000"), driver.DataError(errno=2013)):
            assert error.msg is None
            arrived = pickle.loads(pickle.dumps(error))
            assert (arrived.args, vars(arrived)) == (error.args, vars(error)), arrived.args
        """
    )


@pytest.mark.needs_package
def test_a_state_holds_only_what_the_constructor_cannot_rebuild() -> None:
    error = deadlock()
    error.attempt = 3
    error.__notes__ = ["while importing"]  # what add_note() sets, from Python 3.11 on
    _, call, state = error.__reduce__()
    assert call == ("Deadlock found", 1213, None, "40001")
    assert state == {"attempt": 3, "__notes__": ["while importing"]}


def test_an_error_that_holds_itself() -> None:
    error = deadlock()
    error.origin = error
    arrived = hop(error)
    assert arrived.origin is arrived
    for field in ("msg", "errno", "sqlstate"):
        error = deadlock()
        setattr(error, field, [error])
        arrived = hop(error)
        assert getattr(arrived, field)[0] is arrived
        assert arrived.args == error.args
    own: Any = app_errors.KeywordOnly(table="orders", attempt=1)
    own.origin = {"first": own}
    assert hop(own).origin["first"].origin.keys() == {"first"}


def test_an_attribute_that_cannot_be_pickled_fails_at_the_sender() -> None:
    error = deadlock()
    error.lock = threading.Lock()
    with pytest.raises((TypeError, pickle.PicklingError), match="lock"):  # the second is PyPy's
        pickle.dumps(error)
    assert copy.copy(error).lock is error.lock


if sys.version_info >= (3, 11):

    def test_an_exception_group_of_errors() -> None:
        group = hop(ExceptionGroup("both", [deadlock(), app_errors.KeywordOnly(table="t", attempt=1)]))  # noqa: F821
        assert [error.args[0] for error in group.exceptions] == [1213, 1213]

    class OwnGroup(app_errors.Group):
        def __new__(cls, text: str, parts: list[Exception]) -> Any:
            return super().__new__(cls, text, parts)

    def test_an_error_that_is_a_group_itself() -> None:
        for cls in app_errors.Group, OwnGroup:
            error = cls("both", [deadlock(), ValueError()])
            assert [type(part).__name__ for part in hop(error).exceptions] == ["InternalError", "ValueError"]
            assert_survives(error)


def test_a_pickler_with_a_dispatch_table_of_its_own() -> None:
    for error in (deadlock(), app_errors.KeywordOnly(table="orders", attempt=1)):
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, 4)  # PyPy has two defaults
        pickler.dispatch_table = {}
        pickler.dump(error)
        assert stream.getvalue() == pickle.dumps(error, 4)


class Redacting(errors.Error):  # type: ignore[misc]
    msg = property(lambda self: self.kept, lambda self, text: setattr(self, "kept", text.replace("secret", "***")))


def test_a_property_that_changes_the_message() -> None:
    error = Redacting("password secret wrong", 1045)
    assert (str(error), error.args) == ("1045: password *** wrong", (1045, "1045: password *** wrong", None))


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


class LeavesOut(errors.InterfaceError):  # type: ignore[misc]
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


class Refused(errors.OperationalError, OSError): ...  # type: ignore[misc]


class Missing(errors.InterfaceError, ImportError): ...  # type: ignore[misc]


class NoName(AttributeError, errors.ProgrammingError):  # type: ignore[misc]
    __str__ = AttributeError.__str__  # from Python 3.15 on that is the one of BaseException


class Leaves(errors.OperationalError, SystemExit): ...  # type: ignore[misc]


class Ends(errors.DatabaseError, StopIteration): ...  # type: ignore[misc]


class Bytes(UnicodeDecodeError, errors.DataError):  # type: ignore[misc]
    def __init__(self, why: str) -> None:
        UnicodeDecodeError.__init__(self, "utf-8", b"abc", 1, 2, why)


@pytest.mark.needs_package
@pytest.mark.parametrize(
    ("error", "members"),
    [
        (Refused("gone", 2006), {"errno": 2006, "strerror": "gone", "filename": "sock", "filename2": None}),
        (Missing("m", 5), {"name": "n", "path": "p"}),
        (NoName("m"), {"name": "n"}),
        (Leaves("m", 5), {"code": 3}),
        (Ends("m", 5), {"value": 7}),
        (Bytes("bad"), {"start": 1, "end": 2, "object": b"abc", "reason": "bad", "encoding": "utf-8"}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_a_builtin_base_keeps_beside_the_args_arrives(error: Any, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(error, name, value)
    assert "errno" not in vars(error) or type(error) is not Refused
    assert_survives(error)
    assert {name: getattr(copy.copy(error), name) for name in members} == members


@pytest.mark.needs_package
def test_a_first_pickle_while_another_thread_changes_the_class() -> None:
    fresh.run(
        """
        import sys, threading
        import mysql_errors_compat
        from tests.shared.hierarchy import driver as errors
        mysql_errors_compat.install(errors)

        class Changing(errors.Error):
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
            for _ in range(50):
                class Changed(Changing): ...
                Changed(table="orders").__reduce__()
        finally:
            stop.set()
            thread.join(20)
        """
    )
