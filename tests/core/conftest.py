"""What of the core's tests is left out on PyPy, and why. All others run there too."""

from __future__ import annotations

import sys

import pytest

LEFT_OUT = {
    "without the package, PyPy's BaseException restores only what is in __dict__, so not the args": (
        "test_only_the_sender_has_the_package",
        "test_it_arrives_as_it_left_whichever_end_has_the_package",
        "test_one_end_is_never_worse_than_none[sender]",
        "test_the_comparison_finds_what_is_worse[error.__reduce__ = lambda self: (type(self), (), {'args': 1})]",
    ),
    "without the package, PyPy's OSError sends the filename as one more argument": (
        "test_one_end_is_never_worse_than_none[receiver]",
        "test_a_pool_whose_workers_do_not_have_the_package",
        "test_it_is_as_the_page_says[slots (`__slots__`) of your own, or what a builtin",
    ),
    "PyPy's LookupError and ValueError have no __new__: what these say cannot be read is read": (
        "test_it_is_as_the_page_says[a class with a builtin *before* the driver's class",
    ),
    "cloudpickle itself does not work on PyPy": ("test_a_slot_that_only_cloudpickle_can_send_arrives",),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if sys.implementation.name != "pypy":
        return
    names = tuple(name for each in LEFT_OUT.values() for name in each)
    left_out = [item for item in items if item.name.startswith(names)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
