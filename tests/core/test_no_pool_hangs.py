"""Errors that really leave a process, through each of the standard library's ways."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import mysql.connector
import pytest

from tests.shared import fresh, workers
from tests.shared.comparing import difference
from tests.shared.hierarchy import driver
from tests.shared.servers import free_port

TIMEOUT = 30
METHODS = multiprocessing.get_all_start_methods()

pytestmark = [pytest.mark.any_hierarchy, pytest.mark.needs_package]


def assert_arrived(error: BaseException, case: str) -> None:
    assert difference(workers.make(case), error) is None


@pytest.fixture(params=METHODS)
def context(request: pytest.FixtureRequest) -> Any:
    return multiprocessing.get_context(request.param)


def test_pool(context: Any) -> None:
    with context.Pool(1) as pool:
        for case in workers.CASES:
            with pytest.raises(driver.Error) as caught:
                pool.apply_async(workers.fail, (case,)).get(TIMEOUT)
            assert_arrived(caught.value, case)
            assert pool.apply_async(workers.succeed, (1,)).get(TIMEOUT) == 1, "the Pool goes on"
        with pytest.raises(driver.Error) as caught:
            pool.map_async(workers.fail, ["own constructor"] * 3).get(TIMEOUT)
        assert_arrived(caught.value, "own constructor")
        results = pool.imap_unordered(workers.fail, ["own constructor"] * 3)
        for _ in range(3):
            with pytest.raises(driver.Error) as caught:
                results.next(TIMEOUT)
            assert_arrived(caught.value, "own constructor")


def test_connection_refused_in_a_pool(context: Any) -> None:
    port = free_port()
    with context.Pool(1) as pool, pytest.raises(mysql.connector.Error) as caught:
        pool.apply_async(workers.fail_really, (port,)).get(TIMEOUT)
    error = caught.value
    assert error.args == (2003, str(error), error.sqlstate)
    assert error.errno == 2003
    assert str(error).startswith("2003")
    assert f"127.0.0.1:{port}" in str(error)


def assert_it_goes_on(executor: concurrent.futures.Executor) -> None:
    for case in workers.CASES:
        error = executor.submit(workers.fail, case).exception(TIMEOUT)
        assert error is not None
        assert_arrived(error, case)
    assert executor.submit(workers.succeed, 1).result(TIMEOUT) == 1


def test_process_pool_executor(context: Any) -> None:
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        assert_it_goes_on(executor)


InterpreterPoolExecutor: Any = getattr(concurrent.futures, "InterpreterPoolExecutor", None)

if InterpreterPoolExecutor:  # since Python 3.14

    def test_interpreter_pool_executor() -> None:
        with InterpreterPoolExecutor(1) as executor:
            assert_it_goes_on(executor)


def test_queue_and_pipe(context: Any) -> None:
    queue, (ours, theirs) = context.Queue(), context.Pipe(duplex=False)
    for case in ("Error", "own constructor"):
        process = context.Process(target=workers.put_and_send, args=(queue, theirs, case))
        process.start()
        try:
            assert_arrived(queue.get(timeout=TIMEOUT), case)
            assert ours.poll(TIMEOUT)
            assert_arrived(ours.recv(), case)
        finally:
            process.join(TIMEOUT)
            process.kill()


def test_without_the_package_a_pool_hangs() -> None:
    """The control: the same error, and neither it nor the next result ever comes."""
    fresh.run(
        """
        import multiprocessing, os, sys
        from tests.shared import app_errors

        def fail():
            raise app_errors.KeywordOnly(table="orders", attempt=3)

        pool = multiprocessing.get_context("fork").Pool(1)
        assert pool.apply_async(int, ("1",)).get(20) == 1
        for task in (fail, int):
            try:
                pool.apply_async(task).get(2)
            except multiprocessing.TimeoutError:
                continue
            raise AssertionError(task)
        assert "mysql_errors_compat" not in sys.modules
        for worker in multiprocessing.active_children():
            worker.kill()
            worker.join()
        os._exit(0)  # the Pool would wait for its dead thread
        """
    )
