"""Every error class found in the hierarchy, with every field hard, survives every way there is."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mysql_errors_compat.testing import assert_survives, errors
from tests.shared.hierarchy import CLASSES, REPLACING, driver

pytestmark = pytest.mark.any_hierarchy

FIELDS = ("msg", "errno", "sqlstate", "_full_msg")

every_error: st.SearchStrategy[Any] = errors(*CLASSES)
# PyPy cannot read its own protocol 0 of NaN and of what is infinite.
IS_CPYTHON = sys.implementation.name == "cpython"
floats = st.floats(allow_nan=IS_CPYTHON, allow_infinity=IS_CPYTHON)
scalars = st.none() | st.booleans() | st.integers() | floats | st.text() | st.binary()
contents = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
attributes = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), contents, max_size=3)


def test_the_hierarchy_was_found() -> None:
    found = {
        name for name, value in vars(driver).items() if isinstance(value, type) and issubclass(value, driver.Error)
    }
    assert {cls.__name__ for cls in CLASSES} == found
    assert len(found) >= 10
    assert "Warning" not in found


@given(every_error)
def test_every_error_survives(error: Any) -> None:
    assert_survives(error)


@given(every_error, attributes, st.lists(st.text(), max_size=2))
def test_attributes_and_notes_that_were_added_survive(error: Any, added: dict[str, Any], notes: list[str]) -> None:
    vars(error).update(added)
    if notes:
        error.__notes__ = notes
    assert_survives(error)


@given(every_error, st.dictionaries(st.sampled_from(FIELDS), contents), st.none() | st.lists(contents).map(tuple))
def test_fields_and_args_that_were_changed_survive(error: Any, fields: dict[str, Any], args: Any) -> None:
    vars(error).update(fields)
    if args is not None:
        error.args = args
    assert_survives(error)


@pytest.mark.needs_package
@given(every_error, st.sets(st.sampled_from(FIELDS), min_size=1), attributes)
def test_an_error_with_deleted_attributes_survives(error: Any, deleted: set[str], added: dict[str, Any]) -> None:
    vars(error).update(added)
    for name in deleted:
        vars(error).pop(name, None)
    assert_survives(error)
    assert_survives(driver.Error.__new__(driver.Error))  # it never had one


@pytest.mark.needs_package
@given(
    st.sampled_from([cls for cls in CLASSES if cls not in REPLACING]),
    st.text(min_size=1),
    st.integers(1, 5000),
    st.none() | st.lists(st.integers() | st.text()).map(tuple),
    st.none() | st.text(),
)
@example(driver.Error, "x", 1, ("a",), "HY000")
def test_reduce_returns_constructor_order(cls: Any, msg: str, errno: int, values: Any, sqlstate: str | None) -> None:
    assert cls(msg, errno, values, sqlstate).__reduce__() == (cls, (msg, errno, values, sqlstate))


@pytest.mark.needs_package
@given(every_error)
def test_reduce_sends_a_state_only_for_what_the_constructor_cannot_rebuild(error: Any) -> None:
    cls, call, *state = error.__reduce__()
    if type(error.msg) in (str, bytes):
        assert cls is type(error)
        assert bool(state) == (cls in REPLACING)
    rebuilt = cls(*call)
    for each in state:
        rebuilt.__setstate__(each)
    assert (rebuilt.args, vars(rebuilt)) == (error.args, vars(error))


@given(every_error)
@pytest.mark.needs_package
def test_args_order_is_understood(error: Any) -> None:
    again = type(error)(*error.args)
    assert again.args == error.args
    assert type(again) is type(error)
    for name in ("errno", "sqlstate", "_full_msg"):
        assert getattr(again, name) == getattr(error, name)
    if isinstance(error.msg, str) or error.errno == -1:  # else the text is all that args order has of it
        assert again.msg == error.msg


@given(every_error, attributes)
@pytest.mark.needs_package
def test_what_a_stock_driver_sent_is_understood(error: Any, added: dict[str, Any]) -> None:
    vars(error).update(added)
    cls, args, state = cast(Any, BaseException.__reduce__(error))
    again = cls(*args)
    again.__setstate__(state)
    assert (again.args, vars(again)) == (error.args, vars(error))
