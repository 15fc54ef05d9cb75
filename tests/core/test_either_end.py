"""Either end is enough: sender, receiver or both may have the package.

The end without it is an interpreter that has the driver alone.
"""

from __future__ import annotations

import multiprocessing
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
from tests.shared.stock_interpreter import look_closely

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


protocols = st.integers(0, pickle.HIGHEST_PROTOCOL)


def see(error: Any) -> str:
    return repr(look_closely(error))


def test_only_the_sender_has_the_package_and_args_were_changed(stock: Ask) -> None:
    @given(every_error, attributes, st.sampled_from([("changed",), (1, 2, 3, 4)]), protocols)
    def arrives(error: Any, added: dict[str, Any], args: Any, protocol: int) -> None:
        vars(error).update(added)
        vars(error).pop(VALUES, None)  # which the driver alone does not keep
        error.args = args
        assert stock((pickle.dumps(error, protocol), protocol))[0] == see(error)

    arrives()


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


@pytest.mark.parametrize("cls", [*CLASSES, *app_errors.BUILDABLE], ids=lambda cls: cls.__qualname__)
def test_it_arrives_as_it_left_whichever_end_has_the_package(stock: Ask, cls: Any) -> None:
    differs: list[str] = []

    @given(errors(cls), attributes, protocols)
    def arrives(error: Any, added: dict[str, Any], protocol: int) -> None:
        vars(error).update(added)
        vars(error).pop(VALUES, None)
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


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_pool_whose_workers_do_not_have_the_package(method: str) -> None:
    """Each error arrives whole, no constructor runs for it here, and the Pool lives on."""
    fresh.run(
        """
        import multiprocessing, sys
        from tests.shared import app_errors, stock_workers as workers
        from tests.shared.hierarchy import driver
        from tests.shared.stock_interpreter import look

        pool = multiprocessing.get_context(sys.argv[1]).Pool(1)
        assert pool.apply_async(workers.has_package).get(20) is False

        import mysql_errors_compat  # only now, so that a forked worker has not inherited it
        mysql_errors_compat.install(driver)

        for case in workers.CASES:
            sent = pool.apply_async(workers.seen, (case,)).get(20)
            try:
                pool.apply_async(workers.fail, (case,)).get(5)
            except Exception as error:
                assert look(error) == sent, f"{case}: {look(error)}, not {sent}"
            else:
                raise AssertionError(case)
        assert not app_errors.runs
        assert pool.apply_async(workers.has_package).get(20) is False
        pool.terminate()
        pool.join()
        """,
        method,
        timeout=100,
    )
