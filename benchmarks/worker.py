"""What runs in the interpreter of a subject, which is its alone: what is measured depends on what was imported."""

from __future__ import annotations

import copy
import os
import pickle
import timeit
from time import process_time

from . import errors

SAMPLE = 0.02  # seconds

OPERATIONS = {
    "constructor": "",  # the expression that makes the error
    "dumps": "dumps(error)",
    "loads": "loads(pickled)",
    "round trip": "loads(dumps(error))",
    "copy": "copy(error)",
}
IN_WORDS = {
    "constructor": "make",
    "dumps": "pickle",
    "loads": "unpickle",
    "round trip": "send and receive",
    "copy": "copy",
    "bytes": "bytes",
}


def _timer(subject: str, kind: str, operation: str) -> timeit.Timer:
    error, names = errors.make(subject, kind)
    names.update(error=error, pickled=pickle.dumps(error), dumps=pickle.dumps, loads=pickle.loads, copy=copy.copy)
    # Processor time: what others do on the machine meanwhile is not to be measured.
    return timeit.Timer(OPERATIONS[operation] or errors.EXPRESSIONS[subject][kind], timer=process_time, globals=names)


def nanoseconds(subject: str, kind: str, operation: str) -> float:
    """Return the processor time of an operation."""
    timer = _timer(subject, kind, operation)
    loops, seconds = 1, 0.0
    while seconds < SAMPLE / 10:  # which is the warming up too
        loops *= 2
        seconds = timer.timeit(loops)
    loops = round(loops * SAMPLE / seconds)
    return round(timer.timeit(loops) / loops * 1e9, 1)


def sizes(subject: str, kind: str, hops: int) -> list[int]:
    """Return the size of an error's pickle before the first hop, and after each."""
    pickled = pickle.dumps(errors.make(subject, kind)[0])
    found = [len(pickled)]
    for _ in range(hops):
        pickled = pickle.dumps(pickle.loads(pickled))
        found.append(len(pickled))
    return found


def mark_for_callgrind(subject: str, wanted: list[tuple[str, str]], loops: int) -> None:
    """Do each of the operations `loops` times to warm up, and `loops` times to count; getppid marks where each ends."""
    for kind, operation in wanted:
        timer = _timer(subject, kind, operation)
        for _ in range(2):
            timer.timeit(loops)
            os.getppid()
