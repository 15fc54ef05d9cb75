"""Many errors, and large ones: nothing is lost, and nothing waits for ever."""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import pickle
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

import mysql_errors_compat
from tests.shared import app_errors
from tests.shared.comparing import difference
from tests.shared.hierarchy import CLASSES, driver

mysql_errors_compat.install(driver)

pytestmark = pytest.mark.needs_package

TIMEOUT = 30
MEGABYTE = 1 << 20
CONTEXT = multiprocessing.get_context("spawn")


@pytest.fixture
def pool() -> Iterator[multiprocessing.pool.Pool]:
    with CONTEXT.Pool(2) as pool:
        yield pool


def numbered(number: int) -> Any:
    """Return an error that differs with `number`, the same in every process."""
    if number % 10 == 0:
        return app_errors.KeywordOnly(table=f"orders_{number}", attempt=number)
    text = f"error {number} " + "x" * (number % 200)
    error: Any = CLASSES[number % len(CLASSES)](text, 1000 + number, None, f"{number:05}" if number % 3 else None)
    error.number = number
    return error


def raise_numbered(number: int) -> None:
    raise numbered(number)


def chunk(numbers: range) -> list[Any]:
    return [numbered(number) for number in numbers]


def assert_is_numbered(error: Any, number: int) -> None:
    assert difference(numbered(number), error) is None


def number_of(error: Any) -> int:
    return int(error.attempt if isinstance(error, app_errors.KeywordOnly) else error.number)


def test_a_hundred_thousand_errors_through_one_pool(pool: multiprocessing.pool.Pool) -> None:
    memory = []
    for start in range(0, 100_000, 5_000):
        chunks = [range(first, first + 100) for first in range(start, start + 3_000, 100)]
        raised = range(start + 3_000, start + 5_000)
        arrived = []
        results: Any = pool.imap_unordered(chunk, chunks)
        for _ in chunks:
            arrived += results.next(TIMEOUT)
        results = pool.imap_unordered(raise_numbered, raised)
        for _ in raised:
            with pytest.raises(driver.Error) as caught:
                results.next(TIMEOUT)
            arrived.append(caught.value)
        arrived.sort(key=number_of)
        for number, error in enumerate(arrived, start):
            assert_is_numbered(error, number)
        assert len(arrived) == 5_000
        memory.append(psutil.Process().memory_info().rss)
    assert memory[-1] - memory[len(memory) // 2] < 20 * MEGABYTE, memory


MESSAGE = "ä" * (8 * MEGABYTE)  # 16 MB in UTF-8


def raise_large() -> None:
    raise driver.DataError(MESSAGE, 1406, None, "22001")


def test_a_message_of_16_megabytes(pool: multiprocessing.pool.Pool) -> None:
    with pytest.raises(driver.DataError) as caught:
        pool.apply_async(raise_large).get(TIMEOUT)
    error = caught.value
    same = error.args == (1406, f"1406 (22001): {MESSAGE}", "22001") and error.msg == MESSAGE
    assert same  # nothing of it is shown, should it differ
    assert len(pickle.dumps(error)) < 17 * MEGABYTE
