"""Libraries that start workers of their own. Each is imported only where it is used, since it may not be here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from .ends import Carry, caught, fail, folder
from .standard import over, pool


def multiprocess() -> AbstractContextManager[Carry]:
    return pool(importlib.import_module("multiprocess").get_context("spawn"))()


@contextmanager
def pathos() -> Iterator[Carry]:
    importlib.import_module("multiprocess").set_start_method("spawn")
    with importlib.import_module("pathos.multiprocessing").ProcessPool(1) as pool:
        yield lambda case: pool.apipe(fail, case).get()


@contextmanager
def joblib() -> Iterator[Carry]:
    library = importlib.import_module("joblib")
    # With one job it would run here.
    yield lambda case: library.Parallel(n_jobs=2, backend="loky")([library.delayed(fail)(case)])


@contextmanager
def dask() -> Iterator[Any]:
    library = importlib.import_module("distributed")
    options = {"host": "127.0.0.1", "dashboard_address": None, "worker_dashboard_address": None}
    with (
        library.LocalCluster(n_workers=1, threads_per_worker=1, **options) as cluster,
        library.Client(cluster) as client,
    ):
        yield client


# It applies tblib to what a task raises, and not to what it returns.
dask_raised = over(dask, lambda client, case: client.submit(fail, case).result())
dask_returned = over(dask, lambda client, case: client.submit(caught, case).result())


@contextmanager
def ray() -> Iterator[Carry]:
    """Carry the error that was raised: what Ray raises is both of that error's class and a RayTaskError."""
    library = importlib.import_module("ray")
    task = library.remote(max_retries=0)(fail)

    def carry(case: str) -> Any:
        with pytest.raises(library.exceptions.RayTaskError) as caught:
            library.get(task.remote(case))
        error = caught.value
        assert isinstance(error, type(error.cause))
        return error.cause

    library.init(
        address="local",
        num_cpus=1,
        object_store_memory=100 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        _node_ip_address="127.0.0.1",
        _temp_dir=str(folder()),
    )
    yield carry
    library.shutdown()
