"""The standard library: multiprocessing, concurrent.futures and ExceptionGroup."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing.managers import BaseManager
from typing import Any

from .ends import CLASSES, Carrier, Carry, caught, fail

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

SPAWN = multiprocessing.get_context("spawn")  # so that a worker has only what it imports itself

start_pool = partial(SPAWN.Pool, 1)
start_executor = partial(ProcessPoolExecutor, 1, mp_context=SPAWN)


def over(start: Callable[[], AbstractContextManager[Any]], ask: Callable[[Any, str], Any]) -> Carrier:
    """Return a carrier over something that is open as long as it is used; `ask` has it bring an error."""

    @contextmanager
    def carrier() -> Iterator[Carry]:
        with start() as opened:
            yield partial(ask, opened)

    return carrier


def sent_as(dumps: Callable[[str], Any], loads: Callable[[Any], Any]) -> Carrier:
    """Serialize with `dumps` in another process, where it takes the case, and with `loads` in this one."""
    return over(start_executor, lambda sender, case: loads(sender.submit(dumps, case).result()))


def pool(context: Any) -> Carrier:
    return over(partial(context.Pool, 1), lambda pool, case: pool.apply_async(fail, (case,)).get())


spawn, fork, forkserver = map(pool, map(multiprocessing.get_context, ("spawn", "fork", "forkserver")))
map_ = over(start_pool, lambda pool, case: pool.map(fail, [case]))
imap_unordered = over(start_pool, lambda pool, case: next(pool.imap_unordered(fail, [case])))
executor = over(start_executor, lambda executor, case: executor.submit(fail, case).result())


@contextmanager
def queue() -> Iterator[Carry]:
    queue = SPAWN.Queue()
    yield partial(through_a_process, queue.put, queue.get)


@contextmanager
def pipe() -> Iterator[Carry]:
    ours, theirs = SPAWN.Pipe(duplex=False)
    yield partial(through_a_process, theirs.send, ours.recv)


def through_a_process(send: Callable[[Any], None], receive: Callable[[], Any], case: str) -> Any:
    SPAWN.Process(target=send_caught, args=(send, case)).start()
    return receive()


def send_caught(send: Callable[[Any], None], case: str) -> None:
    send(caught(case))


class Failing:
    def fail(self, case: str) -> None:
        fail(case)


class Manager(BaseManager):
    Failing: Callable[[], Failing]


Manager.register("Failing", Failing)


manager = over(partial(Manager, ctx=SPAWN), lambda manager, case: manager.Failing().fail(case))


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
