"""Calling a class means what it meant: only an error's `args` are read, in two places, and that leaves no trace."""

from __future__ import annotations

import copy
import gc
import inspect
import json
import pickle
import pydoc
import sys
import weakref
from typing import Any
from unittest import mock

import pytest

from tests.shared import app_errors, fresh
from tests.shared.hierarchy import REPLACING, driver

pytestmark = pytest.mark.needs_package

ran: list[Any] = app_errors.runs
FULL = "1213 (40001): Deadlock found"


class Named(driver.Error):  # type: ignore[misc]
    """Takes the driver's four parameters, by their names."""

    def __init__(self, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        ran.append((msg, errno, values, sqlstate))
        super().__init__(msg, errno, values, sqlstate)


def test_every_call_of_a_public_class_means_what_it_meant() -> None:
    script = (
        "import runpy, sys; sys.argv[0] = 'survey'; runpy.run_module('tests.core.public_calls', run_name='__main__')"
    )
    stock, ours = (json.loads(fresh.run(script, *given)) for given in ((), ("--with-package",)))
    assert ours["register"] == stock["register"] == ["Known"]
    assert ours["signatures"] == stock["signatures"]
    assert len(stock["calls"]) > 4000
    changed = {call for call, made in stock["calls"].items() if made != ours["calls"][call]}
    mistaken = {call for call, (_, is_mistaken) in stock["calls"].items() if is_mistaken}
    assert changed <= mistaken, sorted(changed - mistaken)[:5]
    assert len(changed) > 50, "the driver's own constructor reads args order"


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


class PassesOn(driver.Error):  # type: ignore[misc]
    def __init__(self, *args: Any, retry: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retry = retry

    def __str__(self) -> str:
        return f"{super().__str__()}, {self.retry} left"


# An error's args, and the fields in them: (msg, errno, sqlstate).
ARGS: list[tuple[Any, tuple[Any, ...]]] = [
    ((1213, FULL, "40001"), ("Deadlock found", 1213, "40001")),
    ((1213, "1213: Deadlock found", None), ("Deadlock found", 1213, None)),
    ((1213, "1213: Deadlock found", ""), ("Deadlock found", 1213, "")),
    ([1213, FULL, "40001"], ("Deadlock found", 1213, "40001")),  # as JSON has it
    ((-1, "gone", None), ("gone", -1, None)),
    ((-1, "gone", "HY000"), ("gone", -1, "HY000")),
    ((-1, b"gone", None), (b"gone", -1, None)),
    ((1213, "1213: 1213: twice", None), ("1213: twice", 1213, None)),
    ((1213, "1213 (40001): 1213 (40001): twice", "40001"), ("1213 (40001): twice", 1213, "40001")),
    ((1, "1 (HY000): 100% of {braces}", "HY000"), ("100% of {braces}", 1, "HY000")),
    ((1, "1: \udce9", None), ("\udce9", 1, None)),
]
# What carriers make of them.
NEAR_MISSES: list[tuple[Any, tuple[Any, ...]]] = [
    (("1213", FULL, "40001"), ("Deadlock found", 1213, "40001")),  # as nameko sends it
    (("1213", "1213: Deadlock found", "None"), ("Deadlock found", 1213, None)),
    (("-1", "gone", "None"), ("gone", -1, None)),
    ((1213, FULL + " [SQL: SELECT 1]"), ("Deadlock found [SQL: SELECT 1]", 1213, "40001")),
    ((1213, "1213: Deadlock found [SQL: (a): b]"), ("Deadlock found [SQL: (a): b]", 1213, None)),
    ((-1, "gone [SQL: SELECT 1]"), ("gone [SQL: SELECT 1]", -1, None)),
]


@pytest.mark.parametrize(("args", "fields"), [*ARGS, *NEAR_MISSES])
def test_the_drivers_constructor_reads_args_and_their_near_misses(args: Any, fields: tuple[Any, ...]) -> None:
    for cls in (driver.OperationalError, app_errors.Plain, PassesOn):
        error: Any = cls(*args)
        assert (type(error), error.msg, error.errno, error.sqlstate) == (cls, *fields)
        assert error.args == (fields[1], args[1], fields[2])


def test_a_constructor_that_replaces_the_message_reads_args_without_the_sqlstate() -> None:
    for cls in REPLACING:  # older drivers have none
        errno, full, sqlstate = cls("x", 2013, None, "HY000").args
        made = cls(errno, full)
        assert (made.errno, made.sqlstate, made.args) == (errno, sqlstate, (errno, full, sqlstate))


@pytest.mark.parametrize(("args", "fields"), ARGS)
def test_a_class_with_a_constructor_of_its_own_that_cannot_take_args(args: Any, fields: tuple[Any, ...]) -> None:
    make: Any = app_errors.SideEffect
    error = make(*args)
    assert (type(error), error.msg, error.errno, error.sqlstate) == (app_errors.SideEffect, *fields)
    assert (error.args, error.__str__()) == (tuple(args), args[1])
    assert ran == []


@pytest.mark.parametrize("args", [args for args, _ in NEAR_MISSES])
def test_a_constructor_of_its_own_is_given_near_misses_as_they_are(args: Any) -> None:
    make: Any = app_errors.SideEffect
    with pytest.raises(TypeError, match=r"SideEffect.__init__\(\) takes 2 positional arguments but "):
        make(*args)


class ErrnoFirst(driver.Error):  # type: ignore[misc]
    def __init__(self, errno: int, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text, errno, None, sqlstate)
        self.retryable = errno in (1205, 1213)


def test_a_constructor_that_can_take_args_order_runs_and_the_fields_are_right() -> None:
    for cls, name, value in [(ErrnoFirst, "retryable", True), (PassesOn, "retry", 3)]:
        error = cls(1213, FULL, "40001")
        assert type(error) is cls
        assert getattr(error, name) == value
        assert (error.errno, error.msg, error.sqlstate) == (1213, "Deadlock found", "40001")
        assert error.args == (1213, FULL, "40001")
        assert str(error).startswith(FULL)
    assert Ordinary(-1, "a message that has no prefix", None).errno == 49_999


class Details(driver.Error):  # type: ignore[misc]
    def __init__(self, message: str, code: Any = None, details: Any = None) -> None:
        super().__init__(message)
        self.code, self.details = code, details


class DetailsOfText(Details):
    def __init__(self, message: str, code: Any = None, details: Any = None) -> None:
        super().__init__(f"{message}", code, details)


@pytest.mark.parametrize("cls", [Details, DetailsOfText])
def test_a_constructor_that_takes_the_errno_for_its_message(cls: Any) -> None:
    error = cls(*cls("m", 404).args)
    assert (error.msg, error.errno, error.args, str(error)) == ("m", -1, (-1, "m", None), "m")
    assert error.code == "m"


def test_a_constructor_that_is_no_function_gets_what_it_got() -> None:
    with mock.patch.object(Upper, "__init__", return_value=None) as constructor:
        Upper(1213, FULL, "40001")
    constructor.assert_called_once_with(1213, FULL, "40001")


class Counts(driver.Error):  # type: ignore[misc]
    def __init__(self, *, table: str) -> None:
        super().__init__(table, 1146)

    def __setattr__(self, name: str, value: object) -> None:
        ran.append(name)
        super().__setattr__(name, value)


class Row(driver.Error):  # type: ignore[misc]
    def __init__(self, row: Any, text: str, parent: Any = None) -> None:
        super().__init__(f"{row['id']}: {text}", 1213)


class Upper(driver.Error):  # type: ignore[misc]
    def __init__(self, text: Any, code: Any = None, parent: Any = None) -> None:
        super().__init__(text.upper(), 1213)


@pytest.mark.parametrize("cls", [Counts, Row, Upper])
def test_a_constructor_that_fails_on_args_order_does_not_matter(cls: Any) -> None:
    error = cls(1213, FULL, "40001")
    assert (type(error), error.errno, error.msg, error.sqlstate) == (cls, 1213, "Deadlock found", "40001")
    assert error.args == (1213, FULL, "40001")
    assert ran == [], "the fields are set right without an application's __setattr__"


class NamedAndMore(Named):
    def __init__(self, msg: Any, errno: Any, values: Any, sqlstate: Any, retry: bool = False) -> None:
        super().__init__(msg, errno, values, sqlstate)


@pytest.mark.parametrize("cls", [Named, NamedAndMore])
def test_a_constructor_with_the_drivers_parameters_is_called_in_constructor_order(cls: Any) -> None:
    error = cls(1213, FULL, "40001")
    assert ran == [("Deadlock found", 1213, None, "40001")]
    assert error.args == (1213, FULL, "40001")


class MadeBehind(Exception):
    def __new__(cls, *_: Any, **__: Any) -> Any:
        ran.append(cls)
        return super().__new__(cls)


class Ordinary(driver.Error, MadeBehind):  # type: ignore[misc]
    def __init__(self, code: int, text: str, parent: Any, retry: bool = False) -> None:
        super().__init__(" ".join(text.split()), 50_000 + code)


def test_an_ordinary_call_makes_no_class() -> None:
    Ordinary(404, "no such row", None), Ordinary(1213, FULL, "40001", retry=True)
    assert ran == [Ordinary, Ordinary]


def test_the_signature_of_an_error_that_can_be_called() -> None:
    cls = type("Answer", (driver.Error,), {"__call__": lambda self, environ: environ})
    assert str(inspect.signature(cls("x"))) == "(environ)"


def test_help_where_only_type_checkers_know_an_annotation() -> None:
    hint = "Order" if sys.version_info >= (3, 14) else "'Order'"  # before, it had to be a text
    source = f"class Hinted(Error):\n    def __init__(self, order: {hint}): ..."
    names: dict[str, Any] = {"Error": driver.Error}
    exec(compile(source, "shop.py", "exec", dont_inherit=True), names)
    assert "Hinted(order: " in pydoc.plain(pydoc.render_doc(names["Hinted"]))


def test_an_object_that_is_given_only_what_is_public() -> None:
    """As RPyC does: without the constructor, then args and public attributes."""
    for cls in driver.OperationalError, app_errors.KeywordOnly:
        error = cls.__new__(cls)
        error.args = (1213, FULL, "40001")
        error.errno, error.msg, error.sqlstate = 1213, "Deadlock found", "40001"
        assert str(error) == FULL


def what_it_has(cls: Any) -> dict[str, Any]:
    """Return what is in a class, but for what Python 3.14 keeps there once anybody has looked at its annotations."""
    return {name: value for name, value in vars(cls).items() if not name.startswith("__annot")}


@pytest.mark.parametrize("cls", app_errors.BUILDABLE, ids=lambda cls: cls.__qualname__)
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


def test_an_ordinary_error_is_made_without_the_drivers_slower_constructor() -> None:
    files: set[str] = set()
    sys.setprofile(lambda frame, event, arg: files.add(frame.f_code.co_filename))
    try:
        driver.Error(), driver.DataError(errno=1), driver.Error("x"), driver.DataError("x", 1, sqlstate="HY000")
        app_errors.Plain("x", 1)
    finally:
        sys.setprofile(None)
    assert driver.__file__ not in files


@pytest.mark.parametrize("slots", [(), ("note",)])
def test_a_class_can_be_collected(slots: tuple[str, ...]) -> None:
    def use() -> weakref.ref[Any]:
        class Dynamic(driver.Error):  # type: ignore[misc]
            __slots__ = slots

            def __init_subclass__(cls) -> None:
                ran.append(cls)

            def __init__(self, *, table: str) -> None: ...

        make: Any = Dynamic
        error = copy.copy(make(1213, FULL, "40001"))
        assert error.__reduce__()
        return weakref.ref(Dynamic)

    used = use()
    gc.collect()
    assert used() is None
    assert ran == []  # no subclass was announced to the application
