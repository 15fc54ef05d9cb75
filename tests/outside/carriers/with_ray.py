from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import ray
from ray.exceptions import RayTaskError

from .ends import Carry, fail, folder


@contextmanager
def tasks() -> Iterator[Carry]:
    """Carry the error that was raised: what Ray raises is both of that error's class and a RayTaskError."""
    task = ray.remote(max_retries=0)(fail)

    def carry(case: str) -> Any:
        with pytest.raises(RayTaskError) as caught:
            ray.get(task.remote(case))
        error = caught.value
        assert isinstance(error, type(error.cause))
        return error.cause

    ray.init(
        address="local",
        num_cpus=1,
        object_store_memory=100 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        _node_ip_address="127.0.0.1",
        _temp_dir=str(folder()),
    )
    try:
        yield carry
    finally:
        ray.shutdown()
