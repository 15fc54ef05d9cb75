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


def sent_as(dumps: Callable[[str], Any], loads: Callable[[Any], Any]) -> Carrier:
    """Serialize with `dumps` in another process, where it takes the case, and with `loads` in this one."""

    @contextmanager
    def carrier() -> Iterator[Carry]:
        with ProcessPoolExecutor(1, mp_context=SPAWN) as sender:
            yield lambda case: loads(sender.submit(dumps, case).result())

    return carrier


def pool(context: Any) -> Carrier:
    @contextmanager
    def carrier() -> Iterator[Carry]:
        with context.Pool(1) as pool:
            yield lambda case: pool.apply_async(fail, (case,)).get()

    return carrier


spawn, fork, forkserver = map(pool, map(multiprocessing.get_context, ("spawn", "fork", "forkserver")))


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
        SPAWN.Process(target=put, args=(queue, case)).start()
        return queue.get()

    yield carry


def put(queue: Any, case: str) -> None:
    queue.put(caught(case))


@contextmanager
def pipe() -> Iterator[Carry]:
    def carry(case: str) -> Any:
        ours, theirs = SPAWN.Pipe(duplex=False)
        SPAWN.Process(target=send, args=(theirs, case)).start()
        return ours.recv()

    yield carry


def send(connection: Any, case: str) -> None:
    connection.send(caught(case))


class Failing:
    def fail(self, case: str) -> None:
        fail(case)


class Manager(BaseManager):
    Failing: Callable[[], Failing]


Manager.register("Failing", Failing)


@contextmanager
def manager() -> Iterator[Carry]:
    with Manager(ctx=SPAWN) as manager:
        yield lambda case: manager.Failing().fail(case)


def dump_group(case: str) -> bytes:
    return pickle.dumps(ExceptionGroup("two went wrong", [ValueError("first"), caught(case)]))


group = sent_as(dump_group, lambda pickled: pickle.loads(pickled).exceptions[1])


def dump_texts(case: str) -> str:
    """Send what nameko does, which cannot be here itself: it brings pytest a plugin that warns at the start."""
    error = caught(case)
    return json.dumps([type(error).__name__, [str(arg) for arg in error.args]])


def load_texts(sent: str) -> Any:
    name, args = json.loads(sent)
    (cls,) = (cls for cls in CLASSES if cls.__name__ == name)
    return cls(*args)


texts = sent_as(dump_texts, load_texts)
