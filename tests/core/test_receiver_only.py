"""Real workers that do not have the package, and a parent that has it."""

from __future__ import annotations

import multiprocessing

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package


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
