"""taskiq with a worker, which imports this module too, its messages and its results in Redis."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from taskiq.kicker import AsyncKicker
from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend

from tests.shared import servers

from .ends import Carry, as_worker, fail, folder

REDIS = folder() / "redis"
URL = f"unix://{REDIS}"

broker = ListQueueBroker(URL).with_result_backend(RedisAsyncResultBackend(URL))
as_worker()
broker.register_task(fail, "fail")


@contextmanager
def results() -> Iterator[Carry]:
    worker = [sys.executable, "-m", "taskiq", "worker", f"{__name__}:broker", "--workers", "1"]
    with servers.redis(REDIS), servers.started(*worker):
        yield lambda case: asyncio.run(carry(case))


async def carry(case: str) -> Any:
    await broker.startup()
    try:
        task = await AsyncKicker("fail", broker, {}).kiq(case)  # type: ignore[call-overload]
        return (await task.wait_result(check_interval=0.02)).error
    finally:
        await broker.shutdown()
