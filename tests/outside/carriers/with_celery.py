"""Celery with a prefork worker, its messages and its results in Redis, these in each of the serializers.

The worker imports this module too, as one with tasks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery

from tests.shared import servers

from .ends import Carrier, Carry, as_worker, caught, fail, folder

SERIALIZER = "CARRIER_CELERY_SERIALIZER"
REDIS = folder() / "redis"
URL = f"redis+socket://{REDIS}"
WORKER = "worker --pool prefork --concurrency 1 --loglevel error --without-gossip --without-mingle --without-heartbeat"

app = Celery(
    broker=URL,
    backend=URL,
    result_serializer=os.environ.get(SERIALIZER),
    result_accept_content=["json", "pickle", "yaml", "msgpack"],
    result_extended=True,
)


def retry(task: Any, case: str) -> None:
    raise task.retry(exc=caught(case), countdown=0)


as_worker()
app.task(fail, name="fail")
app.task(retry, name="retry", bind=True, max_retries=1)


def results_in(serializer: str, task: str = "fail") -> Carrier:
    @contextmanager
    def carrier() -> Iterator[Carry]:
        app.conf.result_serializer = os.environ[SERIALIZER] = serializer
        worker = [sys.executable, "-m", "celery", "--quiet", "--app", __name__, *WORKER.split()]
        with servers.redis(REDIS), servers.started(*worker):
            yield carry

    def carry(case: str) -> Any:
        result = app.send_task(task, [case])
        error = result.get(propagate=False)
        assert result.retries == (task == "retry")
        return error

    return carrier


json = results_in("json")
yaml = results_in("yaml")
msgpack = results_in("msgpack")
pickle = results_in("pickle")
json_after_retry = results_in("json", "retry")
pickle_after_retry = results_in("pickle", "retry")
