"""An error does not grow, however often it is handed on."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_round_trip import attributes, every_error

pytestmark = pytest.mark.any_hierarchy


@given(every_error, attributes, st.integers(2, 20), st.sampled_from([*range(pickle.HIGHEST_PROTOCOL + 1), copy.copy]))
def test_any_number_of_hops_changes_neither_the_error_nor_its_size(
    error: Any, added: dict[str, Any], hops: int, way: Any
) -> None:
    vars(error).update(added)
    args, text = error.args, repr(error)
    error = pickle.loads(pickle.dumps(error))  # what were one and the same string may be two from here on
    size = len(pickle.dumps(error))
    for _ in range(hops):
        error = way(error) if callable(way) else pickle.loads(pickle.dumps(error, way))
    assert (error.args, repr(error)) == (args, text)
    assert len(pickle.dumps(error)) == size


@given(every_error)
def test_the_size_of_an_untouched_error_never_changes(error: Any) -> None:
    size = len(pickle.dumps(error))
    for _ in range(5):
        error = pickle.loads(pickle.dumps(error))
        assert len(pickle.dumps(error)) == size
