"""For an application's own test suite: errors with hard values, and the assertion that they survive.

Needs Hypothesis, which the extra ``testing`` brings: ``pip install hypothesis`` does too.
"""

from typing import Any, TypeVar, overload

import mysql.connector.errors

try:
    from hypothesis import strategies as st
except ImportError as _problem:
    raise ImportError("mysql_errors_compat.testing needs Hypothesis: pip install hypothesis") from _problem

from ._tools.examples import errors_of
from ._tools.survival import every_way, find_fault

__all__ = ["assert_survives", "errors"]

E = TypeVar("E", bound=BaseException)


@overload
def errors() -> st.SearchStrategy[mysql.connector.errors.Error]: ...


@overload
def errors(*classes: type[E]) -> st.SearchStrategy[E]: ...


def errors(*classes: type[BaseException]) -> st.SearchStrategy[Any]:
    """Return a Hypothesis strategy of errors of the given classes, by default of all the driver's.

    A class that has the driver's constructor gets hard fields: no message or one in bytes, lone
    surrogates, ``%`` signs, a message that looks like a full message, errno 0 or -1, an empty sqlstate.
    Any other class is built from its constructor's type hints, as `hypothesis.strategies.builds` does,
    half of them with the optional parameters too. What a parameter without a hint wants is guessed from
    its default and its name, and the next guess taken where the constructor raises. It raises at the
    first example if none is accepted, or a required parameter's hint cannot be resolved. Connections and
    cursors of the driver cannot be pickled, as if they were open; a ``Callable`` gets a function of a
    module. Values for which the constructor raises ValueError are left out.

    Raises TypeError for what is no class of errors.

    >>> from hypothesis import given
    >>> from mysql.connector import errors as driver
    >>> @given(errors(driver.IntegrityError, driver.OperationalError))
    ... def test_the_errno_is_a_number(error):
    ...     assert isinstance(error.errno, int)
    >>> test_the_errno_is_a_number()
    """
    for cls in classes:
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            raise TypeError(f"errors() takes classes of errors, not {cls!r}")
    # Hypothesis makes a table for its first text, which takes seconds and would count as a slow example.
    st.text().validate()
    found = [cls for cls in vars(mysql.connector.errors).values() if isinstance(cls, type)]
    drivers = [cls for cls in found if issubclass(cls, mysql.connector.errors.Error)]
    return st.sampled_from(classes or drivers).flatmap(errors_of)


def assert_survives(error: BaseException) -> None:
    """Send `error` through every pickle protocol, both picklers, `copy.copy` and `copy.deepcopy`.

    Raises AssertionError at the first difference. It names the way, the attribute, what left and what
    arrived; or, where an attribute cannot be pickled at all, that attribute and its type. Raises TypeError
    for what is no error. No process is started.

    >>> import mysql.connector, threading
    >>> error = mysql.connector.IntegrityError("Duplicate entry", 1062, sqlstate="23000")
    >>> assert_survives(error)
    >>> error.lock = threading.Lock()
    >>> assert_survives(error)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: pickle protocol 0, C pickler: attribute 'lock' of type _thread.lock cannot be pickled: ...
    """
    if not isinstance(error, BaseException):
        raise TypeError(f"assert_survives() takes an error, not {error!r}")
    fault = find_fault(error, every_way())
    if fault:
        raise AssertionError(f"{fault.way}: {fault.text}") from fault.cause
