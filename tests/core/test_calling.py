"""Calling a class means what it meant: only an error's `args` are read, in two places, and that leaves no trace."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import weakref
from typing import Any

import pytest

from tests.shared import app_errors, fresh
from tests.shared.hierarchy import REPLACING, driver

pytestmark = pytest.mark.needs_package

ran: list[tuple[Any, ...]] = []
FULL = "1213 (40001): Deadlock found"


class OrderFailed(driver.OperationalError):  # type: ignore[misc]
    def __init__(self, *, order: int) -> None:
        ran.append((order,))
        super().__init__("Deadlock found", 1213, None, "40001")
        self.order = order


class AppError(driver.Error):  # type: ignore[misc]
    def __init__(self, code: int, text: str, detail: Any = None) -> None:
        ran.append((code, text, detail))
        super().__init__(text, code)
        self.code, self.detail = code, detail


class Named(driver.Error):  # type: ignore[misc]
    """Takes the driver's four parameters, by their names."""

    def __init__(self, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        ran.append((msg, errno, values, sqlstate))
        super().__init__(msg, errno, values, sqlstate)


class Refusing(driver.Error):  # type: ignore[misc]
    def __init__(self, table: str) -> None:
        if not table:
            raise ValueError("no table")
        super().__init__(table)


def test_every_call_of_a_public_class_means_what_it_meant() -> None:
    script = (
        "import runpy, sys; sys.argv[0] = 'survey'; runpy.run_module('tests.core.public_calls', run_name='__main__')"
    )
    stock, ours = (json.loads(fresh.run(script, *given)) for given in ((), ("--with-package",)))
    assert ours["register"] == stock["register"] == ["Known"]
    assert len(stock["calls"]) > 4000
    changed = {call for call, made in stock["calls"].items() if made != ours["calls"][call]}
    mistaken = {call for call, (_, is_mistaken) in stock["calls"].items() if is_mistaken}
    assert changed <= mistaken, sorted(changed - mistaken)[:5]
    assert len(changed) > 50, "the driver's own constructor reads args order"


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


NEAR_MISSES: list[tuple[Any, tuple[Any, ...]]] = [
    (("1213", FULL, "40001"), (1213, "Deadlock found", "40001")),  # as nameko sends it
    (("1213", "1213: Deadlock found", "None"), (1213, "Deadlock found", None)),
    ((1213, FULL + " [SQL: x]"), (1213, "Deadlock found [SQL: x]", "40001")),
]
ARGS: list[tuple[Any, tuple[Any, ...]]] = [
    ((1213, FULL, "40001"), (1213, "Deadlock found", "40001")),
    ((1213, "1213: Deadlock found", None), (1213, "Deadlock found", None)),
    ([1213, FULL, "40001"], (1213, "Deadlock found", "40001")),  # as JSON has it
]


@pytest.mark.parametrize(("args", "found"), [*ARGS, *NEAR_MISSES])
def test_the_drivers_constructor_reads_args_and_their_near_misses(args: Any, found: tuple[Any, ...]) -> None:
    for cls in (driver.OperationalError, app_errors.Plain, PassesOn):
        error: Any = cls(*args)
        assert (type(error), error.errno, error.msg, error.sqlstate) == (cls, *found)
        assert error.args[0] == found[0]
        assert error.args[1] == args[1]


@pytest.mark.parametrize(("args", "found"), ARGS)
def test_a_class_with_a_constructor_of_its_own_that_cannot_take_args(args: Any, found: tuple[Any, ...]) -> None:
    make: Any = OrderFailed
    error = make(*args)
    assert (type(error), error.errno, error.msg, error.sqlstate) == (OrderFailed, *found)
    assert (error.args, str(error)) == (tuple(args), args[1])
    assert ran == []


@pytest.mark.parametrize(("args", "found"), NEAR_MISSES)
def test_a_constructor_of_its_own_is_given_near_misses_as_they_are(args: Any, found: tuple[Any, ...]) -> None:
    make: Any = OrderFailed
    with pytest.raises(TypeError, match=r"OrderFailed.__init__\(\) takes 1 positional argument but "):
        make(*args)


class ErrnoFirst(driver.Error):  # type: ignore[misc]
    def __init__(self, errno: int, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text, errno, None, sqlstate)
        self.retryable = errno in (1205, 1213)


class Details(driver.Error):  # type: ignore[misc]
    def __init__(self, message: str, code: Any = None, details: Any = None) -> None:
        super().__init__(message)
        self.code, self.details = code, details


class PassesOn(driver.Error):  # type: ignore[misc]
    def __init__(self, *args: Any, retry: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retry = retry

    def __str__(self) -> str:
        return f"{super().__str__()}, {self.retry} left"


class Computes(driver.Error):  # type: ignore[misc]
    def __init__(self, row: Any, text: str, parent: Any = None) -> None:
        super().__init__(f"{row['id']}: {text}", 1213)


def test_a_constructor_that_can_take_args_order_runs_and_the_fields_are_right() -> None:
    caught = driver.OperationalError("Deadlock found", 1213, None, "40001")
    for cls, name, value in [(ErrnoFirst, "retryable", True), (PassesOn, "retry", 3)]:
        error = cls(caught.errno, str(caught), caught.sqlstate)
        assert type(error) is cls
        assert getattr(error, name) == value
        assert (error.errno, error.msg, error.sqlstate, error.args) == (1213, "Deadlock found", "40001", caught.args)
        assert str(error).startswith(str(caught))


def test_a_constructor_that_takes_the_errno_for_its_message() -> None:
    error = Details(*Details("m", 404).args)
    assert (error.msg, error.errno, error.args, str(error)) == ("m", -1, (-1, "m", None), "m")
    assert error.code == "m"


def test_a_constructor_that_refuses_an_errno_it_does_not_know_is_heard() -> None:
    class Checked(driver.DatabaseError):  # type: ignore[misc]
        def __init__(self, code: int, text: str, state: str | None = None) -> None:
            if code not in (1, 2, 3):
                raise ValueError(f"unknown code {code}")
            super().__init__(text, code, None, state)

    with pytest.raises(ValueError, match="unknown code 1213"):
        Checked(1213, FULL, "40001")


def test_what_the_constructor_makes_of_args_is_kept_where_it_is_sensible() -> None:
    class Order(driver.DatabaseError):  # type: ignore[misc]
        def __init__(self, code: int, text: str, state: str | None = None) -> None:
            super().__init__("order 7: " + text, code)

    assert Order(1213, FULL, "40001").msg == "order 7: " + FULL


def test_keywords_that_an_own_new_does_not_hand_on_reach_the_constructor() -> None:
    class Stored(driver.Error):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return super().__new__(cls, *args)

        def __init__(self, code: int, text: str, state: str | None = None, *, table: str) -> None:
            super().__init__("stored: " + text, code, None, state)
            self.table = table

    error: Any = Stored(1213, FULL, "40001", table="orders")
    assert (type(error), error.table, error.msg) == (Stored, "orders", "stored: " + FULL)


def test_the_fields_are_set_right_without_an_applications_setattr() -> None:
    class Counts(driver.Error):  # type: ignore[misc]
        def __init__(self, *, table: str) -> None:
            super().__init__(table, 1146)

        def __setattr__(self, name: str, value: object) -> None:
            ran.append((name,))
            super().__setattr__(name, value)

    make: Any = Counts
    assert (make(1213, FULL, "40001").args, ran) == ((1213, FULL, "40001"), [])


def test_a_constructor_that_fails_on_args_order_does_not_matter() -> None:
    assert Computes({"id": 7}, "lost").msg == "7: lost"
    error = Computes(1213, FULL, "40001")
    assert (type(error), error.errno, error.msg) == (Computes, 1213, "Deadlock found")


def test_a_constructor_with_the_drivers_parameters_is_called_in_constructor_order() -> None:
    error = Named(1213, FULL, "40001")
    assert ran == [("Deadlock found", 1213, None, "40001")]
    assert error.args == (1213, FULL, "40001")


@pytest.mark.parametrize(
    "args",
    [
        (-1, "boom", None),
        (1213, "1213: x", {"detail": 1}),
        (1213, "Deadlock found", None),  # no full message
        (1213, "1213 : x", None),
        (1213, "1214: x", None),
        (1213, "1213: ", None),
    ],
)
def test_an_ordinary_call_runs_the_constructor(args: tuple[Any, ...]) -> None:
    error = AppError(*args)
    assert ran == [args]
    assert (error.code, error.detail) == (args[0], args[2])


def test_what_a_constructor_raises_stays() -> None:
    failed: Any = OrderFailed
    with pytest.raises(ValueError, match="no table"):
        Refusing("")
    with pytest.raises(TypeError, match=r"OrderFailed.__init__\(\) got an unexpected keyword argument 'table'"):
        failed(table="orders")
    with pytest.raises(TypeError, match=r"OrderFailed.__init__\(\) takes 1 positional argument but 2 were given"):
        failed("orders")


def test_an_object_that_is_given_only_what_is_public() -> None:
    """As RPyC does: without the constructor, then args and public attributes."""
    for cls in driver.OperationalError, OrderFailed:
        error = cls.__new__(cls)
        error.args = (1213, FULL, "40001")
        error.errno, error.msg, error.sqlstate = 1213, "Deadlock found", "40001"
        assert str(error) == FULL


def what_it_has(cls: Any) -> dict[str, Any]:
    """Return what is in a class, but for what Python 3.14 keeps there once anybody has looked at its annotations."""
    return {name: value for name, value in vars(cls).items() if not name.startswith("__annot")}


@pytest.mark.parametrize("cls", [OrderFailed, *app_errors.BUILDABLE], ids=lambda cls: cls.__qualname__)
def test_it_leaves_no_trace(cls: Any) -> None:
    before, derived = what_it_has(cls), cls.__subclasses__()
    try:
        error = cls(1213, FULL, "40001")
    except TypeError:
        assert cls.__qualname__ in {"OwnNew", "OnlyOwnNew", "OwnNewAndOSError", "WithValueErrorOwn", "WithOSErrorFirst"}
        return
    assert type(error) is error.__class__ is cls
    if vars(cls).get("__slots__"):
        gc.collect()
    assert cls.__subclasses__() == derived
    assert vars(error).keys() <= {"msg", "errno", "sqlstate", "_full_msg", "_text"}  # that one is an application's
    for sent in error, copy.copy(error), pickle.loads(pickle.dumps(error)):
        assert type(sent) is cls
    assert what_it_has(cls) == before


def test_a_class_can_be_collected() -> None:
    def use() -> weakref.ref[Any]:
        class Dynamic(driver.Error):  # type: ignore[misc]
            def __init_subclass__(cls) -> None:
                ran.append((cls,))

            def __init__(self, *, table: str) -> None: ...

        make: Any = Dynamic
        error = make(1213, FULL, "40001")
        copy.copy(error)
        assert error.__reduce__()
        return weakref.ref(Dynamic)

    used = use()
    gc.collect()
    assert used() is None
    assert ran == []  # no subclass was announced to the application


def test_what_applications_classes_look_like_stays() -> None:
    fresh.run(
        """
        import inspect
        from tests.shared import app_errors
        from tests.shared.hierarchy import driver

        classes = [
            cls for cls in vars(app_errors).values()
            if isinstance(cls, type) and issubclass(cls, driver.Error) and cls.__module__ == app_errors.__name__
        ]
        assert len(classes) > 20

        def signature(cls):
            try:
                return inspect.signature(cls), inspect.signature(cls.__init__), inspect.getfullargspec(cls.__init__)
            except ValueError as problem:  # that of an ExceptionGroup
                return str(problem)

        def look():
            return [(cls, dict(vars(cls)), signature(cls), cls.__doc__) for cls in classes]

        look()  # Python 3.14 keeps something in a class once anybody has looked at its annotations
        before = look()
        import mysql_errors_compat
        mysql_errors_compat.install(driver)
        for one, other in zip(before, look()):
            assert one == other, (one, other)
        app_errors.KeywordOnly(1213, "1213 (40001): x", "40001")
        mysql_errors_compat.uninstall()
        assert look() == before
        """
    )


@pytest.mark.parametrize("cls", REPLACING, ids=lambda cls: cls.__name__)
def test_a_constructor_that_replaces_the_message_reads_args_without_the_sqlstate(cls: Any) -> None:
    errno, full, sqlstate = cls("x", 2013, None, "HY000").args
    made = cls(errno, full)
    assert (made.errno, made.sqlstate, made.args) == (errno, sqlstate, (errno, full, sqlstate))
