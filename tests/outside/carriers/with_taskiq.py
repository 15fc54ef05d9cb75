"""taskiq with a worker, its messages and its results in Redis."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from taskiq.kicker import AsyncKicker
from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend

from . import servers
from .ends import Carry

URL = f"unix://{servers.REDIS}"

broker = ListQueueBroker(URL).with_result_backend(RedisAsyncResultBackend(URL))


@contextmanager
def results() -> Iterator[Carry]:
    worker = [sys.executable, "-m", "taskiq", "worker", "tests.outside.carriers.taskiq_tasks:broker", "--workers", "1"]
    with servers.redis(), servers.started(worker):
        yield lambda case: asyncio.run(carry(case))


async def carry(case: str) -> Any:
    await broker.startup()
    try:
        task = await AsyncKicker("fail", broker, {}).kiq(case)  # type: ignore[call-overload]
        return (await task.wait_result(check_interval=0.02)).error
    finally:
        await broker.shutdown()
