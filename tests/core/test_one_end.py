"""One end is enough: the other one is an interpreter that has the driver and not the package."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysql_errors_compat.testing import errors
from tests.core.test_round_trip import attributes, every_error
from tests.shared import VALUES, app_errors, fresh
from tests.shared.hierarchy import CLASSES
from tests.shared.stock_interpreter import look

pytestmark = [pytest.mark.any_hierarchy, pytest.mark.needs_package]

Ask = Callable[[Any], Any]


@pytest.fixture(scope="module")
def stock() -> Iterator[Ask]:
    """Return a function that sends a request to a stock interpreter; pytest's timeout ends the wait."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.shared.stock_interpreter"],
        cwd=fresh.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other_end:
        assert other_end.stdin
        assert other_end.stdout
        to, back = other_end.stdin, other_end.stdout

        def ask(request: Any) -> Any:
            pickle.dump(request, to)
            to.flush()
            seen, pickled, has_package = pickle.load(back)
            assert not has_package
            return seen, pickled

        try:
            yield ask
        finally:
            other_end.kill()


def without_values(seen: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a driver without the package can know of an error: it drops the values."""
    *others, attributes = seen
    return (*others, {name: value for name, value in attributes.items() if name != VALUES})


def test_only_the_sender_has_the_package(stock: Ask) -> None:
    @given(every_error, attributes, st.sampled_from([(), ("changed",), (1, 2, 3, 4)]))
    def arrives(error: Any, added: dict[str, Any], args: Any) -> None:
        vars(error).update(added)
        if args:
            error.args = args
        seen, _ = stock(pickle.dumps(error))
        assert repr(seen) == repr(without_values(look(error)))

    arrives()


@pytest.mark.parametrize("cls", app_errors.BUILDABLE, ids=lambda cls: cls.__qualname__)
def test_only_the_sender_has_the_package_and_the_class_is_the_applications(stock: Ask, cls: Any) -> None:
    @given(errors(cls))
    def arrives(error: Any) -> None:
        seen, _ = stock(pickle.dumps(error))
        left, arrived = look(error), seen
        if error.__reduce__()[0] is cls:
            left = without_values(left)
        assert repr(arrived) == repr(left)

    arrives()


def test_only_the_receiver_has_the_package(stock: Ask) -> None:
    @given(
        st.sampled_from([cls.__name__ for cls in CLASSES]),
        st.tuples(
            st.none() | st.text(),
            st.none() | st.integers(-1, 1999),
            st.none(),
            st.none() | st.sampled_from(["", "HY000"]),
        ),
        attributes,
    )
    def arrives(cls: str, fields: Any, added: dict[str, Any]) -> None:
        left, pickled = stock((cls, fields, added))
        assert repr(look(pickle.loads(pickled))) == repr(left)

    arrives()


def test_back_and_forth_between_an_end_with_and_an_end_without(stock: Ask) -> None:
    """What a stock end sends is understood here, so nothing adds up."""

    @given(every_error)
    def arrives(error: Any) -> None:
        left = without_values(look(error))
        for _ in range(4):
            seen, pickled = stock(pickle.dumps(error))
            error = pickle.loads(pickled)
            assert repr(seen) == repr(look(error)) == repr(left)

    arrives()
