"""It makes no difference which end has the package: the sender, the receiver, or both.

The end without it is an interpreter that has the driver alone.
"""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysql_errors_compat.testing import errors
from tests.core.test_one_end import Ask
from tests.core.test_one_end import stock as stock
from tests.core.test_round_trip import attributes
from tests.shared import VALUES, app_errors
from tests.shared.stock_interpreter import look_closely

pytestmark = pytest.mark.needs_package

protocols = st.integers(0, pickle.HIGHEST_PROTOCOL)

# What needs the package at the sender, and why: docs/limits.md says it to users.
NEEDS_THE_SENDER = {
    "SlottedOwn": "the driver alone sends no slots",
    "WithOSErrorOwn": "nor what OSError keeps beside its args, here the filename",
    "OwnNew": "its __new__ wants arguments of its own",
    "OnlyOwnNew": "its __new__ wants arguments of its own",
    "OwnNewAndOSError": "its __new__ wants arguments of its own",
    "WithValueErrorOwn": "a builtin before the driver's class makes it",
    "WithOSErrorFirst": "a builtin before the driver's class makes it",
}


def see(error: Any) -> str:
    return repr(look_closely(error))


@pytest.mark.parametrize("cls", app_errors.BUILDABLE, ids=lambda cls: cls.__qualname__)
def test_it_arrives_as_it_left_whichever_end_has_the_package(stock: Ask, cls: Any) -> None:
    differs: list[str] = []

    @given(errors(cls), attributes, protocols)
    def arrives(error: Any, added: dict[str, Any], protocol: int) -> None:
        vars(error).update(added)
        vars(error).pop(VALUES, None)  # which the driver alone does not keep
        left, sent = see(error), pickle.dumps(error, protocol)
        assert see(pickle.loads(sent)) == left, "both"
        seen, sent_by_stock = stock((sent, protocol))
        assert seen == left, "the sender"
        try:
            received = see(pickle.loads(sent_by_stock))
        except TypeError as problem:
            received = str(problem)
        if received != left:
            differs.append(received)
            assert cls.__qualname__ in NEEDS_THE_SENDER, "the receiver"

    arrives()
    assert bool(differs) == (cls.__qualname__ in NEEDS_THE_SENDER)
