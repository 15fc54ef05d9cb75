"""Dask with a worker process. It applies tblib to what a task raises, and not to what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client, LocalCluster

from .ends import Carry, caught, fail


@contextmanager
def raised() -> Iterator[Carry]:
    with running(fail) as carry:
        yield carry


@contextmanager
def returned() -> Iterator[Carry]:
    with running(caught) as carry:
        yield carry


@contextmanager
def running(task: Callable[[str], Any]) -> Iterator[Carry]:
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield lambda case: client.submit(task, case).result()
