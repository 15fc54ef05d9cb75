"""The standard library: multiprocessing, concurrent.futures and ExceptionGroup."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.managers import BaseManager
from typing import Any

from .ends import CLASSES, Carrier, Carry, caught, fail

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

SPAWN = multiprocessing.get_context("spawn")  # so that a worker has only what it imports itself


def pool(method: str) -> Carrier:
    @contextmanager
    def carrier() -> Iterator[Carry]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            yield lambda case: pool.apply_async(fail, (case,)).get()

    return carrier


spawn, fork, forkserver = pool("spawn"), pool("fork"), pool("forkserver")


@contextmanager
def map_() -> Iterator[Carry]:
    with SPAWN.Pool(1) as pool:
        yield lambda case: pool.map(fail, [case])


@contextmanager
def imap_unordered() -> Iterator[Carry]:
    with SPAWN.Pool(1) as pool:
        yield lambda case: next(pool.imap_unordered(fail, [case]))


@contextmanager
def executor() -> Iterator[Carry]:
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        yield lambda case: pool.submit(fail, case).result()


@contextmanager
def queue() -> Iterator[Carry]:
    def carry(case: str) -> Any:
        queue = SPAWN.Queue()
        with running(put, queue, case):
            return queue.get()

    yield carry


@contextmanager
def pipe() -> Iterator[Carry]:
    def carry(case: str) -> Any:
        ours, theirs = SPAWN.Pipe(duplex=False)
        with ours, theirs, running(send, theirs, case):
            return ours.recv()

    yield carry


@contextmanager
def manager() -> Iterator[Carry]:
    with Manager(ctx=SPAWN) as manager:
        yield lambda case: manager.Failing().fail(case)


@contextmanager
def group() -> Iterator[Carry]:
    with sent_as(pickled_group, pickle.loads) as carry:
        yield lambda case: carry(case).exceptions[1]


@contextmanager
def texts() -> Iterator[Carry]:
    """Send what nameko does, which cannot be here itself: it brings pytest a plugin that warns at the start."""
    classes = {cls.__name__: cls for cls in CLASSES}

    def loads(sent: str) -> Any:
        name, args = json.loads(sent)
        return classes[name](*args)

    with sent_as(dumped_texts, loads) as carry:
        yield carry


@contextmanager
def sent_as(dumps: Callable[[str], Any], loads: Callable[[Any], Any]) -> Iterator[Carry]:
    """Serialize with `dumps` in another process, where it takes the case, and with `loads` in this one."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as sender:
        yield lambda case: loads(sender.submit(dumps, case).result())


@contextmanager
def running(target: Callable[..., None], *args: Any) -> Iterator[None]:
    process = SPAWN.Process(target=target, args=args)
    process.start()
    try:
        yield
    finally:
        process.join()


def put(queue: Any, case: str) -> None:
    queue.put(caught(case))


def send(connection: Any, case: str) -> None:
    connection.send(caught(case))


def pickled_group(case: str) -> bytes:
    return pickle.dumps(ExceptionGroup("two went wrong", [ValueError("first"), caught(case)]))


def dumped_texts(case: str) -> str:
    error = caught(case)
    return json.dumps([type(error).__name__, [str(arg) for arg in error.args]])


class Failing:
    def fail(self, case: str) -> None:
        fail(case)


class Manager(BaseManager):
    Failing: Callable[[], Failing]


Manager.register("Failing", Failing)
