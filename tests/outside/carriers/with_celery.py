"""Celery with a prefork worker, its messages and its results in Redis, these in each of the serializers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery

from . import servers
from .ends import Carrier, Carry

SERIALIZER = "CARRIER_CELERY_SERIALIZER"
URL = f"redis+socket://{servers.REDIS}"
WORKER = "worker --pool prefork --concurrency 1 --loglevel error --without-gossip --without-mingle --without-heartbeat"

app = Celery(
    broker=URL,
    backend=URL,
    result_serializer=os.environ.get(SERIALIZER),
    result_accept_content=["json", "pickle", "yaml", "msgpack"],
    result_extended=True,
)


def results_in(serializer: str, task: str = "fail") -> Carrier:
    @contextmanager
    def carrier() -> Iterator[Carry]:
        app.conf.result_serializer = os.environ[SERIALIZER] = serializer
        worker = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "--app",
            "tests.outside.carriers.celery_tasks",
            *WORKER.split(),
        ]
        with servers.redis(), servers.started(worker):
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
