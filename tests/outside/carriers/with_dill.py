"""dill, and multiprocess and pathos, which are built on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dill
import multiprocess
import pathos.multiprocessing

from .ends import Carry, caught, fail
from .standard import sent_as


@contextmanager
def alone() -> Iterator[Carry]:
    with sent_as(dumps, dill.loads) as carry:
        yield carry


@contextmanager
def multiprocess_pool() -> Iterator[Carry]:
    with multiprocess.get_context("spawn").Pool(1) as pool:
        yield lambda case: pool.apply_async(fail, (case,)).get()


@contextmanager
def pathos_pool() -> Iterator[Carry]:
    multiprocess.set_start_method("spawn")
    with pathos.multiprocessing.ProcessPool(1) as pool:
        yield lambda case: pool.apipe(fail, case).get()
    pool.close()
    pool.join()
    pool.clear()


def dumps(case: str) -> bytes:
    return bytes(dill.dumps(caught(case)))
