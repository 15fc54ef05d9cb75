"""The values that were given to the driver's constructor arrive, if they are a tuple of plain scalars."""

from __future__ import annotations

import copy
import pickle
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysql_errors_compat.testing import assert_survives
from tests.core.test_round_trip import scalars
from tests.shared import VALUES, app_errors
from tests.shared.hierarchy import driver as errors

pytestmark = pytest.mark.any_hierarchy


def hop(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.needs_package
@given(st.lists(scalars).map(tuple))
def test_a_tuple_of_plain_scalars_arrives(values: tuple[Any, ...]) -> None:
    plain: Any
    for plain in (
        errors.InterfaceError("x", 1, values),
        app_errors.Plain("x", 1, values),
        errors.Error(None, 2005, values),
    ):
        for arrived in (hop(plain), copy.copy(plain), copy.deepcopy(plain)):
            assert repr(arrived.__reduce__()[1][2]) == repr(values)
        plain.added = 1
        assert plain.__reduce__()[2] == {"added": 1}


@pytest.mark.needs_package
def test_they_arrive_from_a_class_with_a_constructor_of_its_own() -> None:
    class Renamed(errors.Error):  # type: ignore[misc]
        def __init__(self, text: str, table: str) -> None:
            super().__init__(text, 1146, (table, 1))

    assert errors.Error.__reduce__(copy.copy(Renamed("x", "orders")))[2] == vars(Renamed("x", "orders")) | {
        "args": (1146, "1146: x", None)
    }


@pytest.mark.needs_package
def test_values_that_are_no_scalars_are_not_sent() -> None:
    lock = threading.Lock()
    for values in ((lock,), [1], ("a", ["b"]), {"a": 1}, "text"):
        error = errors.InterfaceError("x", 1, values)
        assert error.__reduce__() == (errors.InterfaceError, ("x", 1, None, None))
        assert_survives(error)


@pytest.mark.parametrize("own", [None, [1], ("a", ["b"]), "text"])
def test_an_applications_own_attributes_of_that_name_stay(own: object) -> None:
    error: Any = errors.InterfaceError("x", 1, ("a",))
    error.values = error._values = own
    arrived = hop(error)
    assert (arrived.values, arrived._values, arrived.args) == (own, own, error.args)


@pytest.mark.needs_package
def test_values_do_not_take_an_applications_attribute() -> None:
    class Rows(errors.DataError):  # type: ignore[misc]
        values = property(lambda self: "mine")

    error = copy.copy(Rows("x", 1, ("a",)))
    assert (error.values, error.__reduce__()) == ("mine", (Rows, ("x", 1, ("a",), None)))


class SaysWhy(errors.DataError):  # type: ignore[misc]
    why = "no reason"

    def __getstate__(self) -> dict[str, str]:
        return {"why": self.why}


@pytest.mark.needs_package
def test_values_travel_with_what_an_own_getstate_says() -> None:
    error = SaysWhy("x", 1, ("a",))
    error.why = "full"
    arrived = hop(hop(error))
    assert (arrived.why, vars(arrived)[VALUES], arrived.args) == ("full", ("a",), error.args)
