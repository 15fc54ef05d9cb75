"""One interpreter of a measurement: `python -m benchmarks.worker SUBJECT`.

What is measured depends on what was imported, so each subject has an interpreter to itself. It reads
requests from standard input, a JSON list per line, and answers each with a line of JSON.
"""

from __future__ import annotations

import copy
import importlib
import json
import multiprocessing
import pickle
import sys
import time
import timeit
from collections.abc import Callable
from typing import Any

SAMPLE = 0.02  # seconds

OPERATIONS = {
    "dumps": "dumps(error)",
    "loads": "loads(pickled)",
    "round trip": "loads(dumps(error))",
    "copy": "copy(error)",
    "constructor": "make()",
}


class Worker:
    """A subject, and the requests as methods. `kind` is the kind of error."""

    def __init__(self, subject: str) -> None:
        if subject == "ours":
            import mysql_errors_compat  # noqa: F401
        name = subject.lower() if subject in ("PyMySQL", "psycopg") else "driver"
        self._module = importlib.import_module(f"benchmarks.subjects.{name}")
        if subject == "tblib":
            from tblib import pickling_support

            pickling_support.install()

    def loops(self, kind: str, operation: str) -> int | None:
        """Return how often to repeat `operation` for one sample, or None if the subject cannot do it."""
        if not self._has(kind):
            return None
        timer = self._timer(kind, operation)
        loops, seconds = 1, 0.0
        try:
            while seconds < SAMPLE / 10:
                loops *= 2
                seconds = timer.timeit(loops)
        except TypeError:  # of a constructor, when it gets args
            return None
        return round(loops * SAMPLE / seconds)

    def seconds(self, kind: str, operation: str, loops: int) -> float:
        """Return the processor time that `operation` takes, as the mean of `loops`."""
        timer = self._timer(kind, operation)
        timer.timeit(loops // 10 + 1)  # to warm up
        return timer.timeit(loops) / loops

    def repeat(self, kind: str, operation: str, loops: int) -> None:
        """Do `operation` and nothing else."""
        self._timer(kind, operation).timeit(loops)

    def sizes(self, kind: str, hops: int) -> list[int]:
        """Return the size of the error's pickle before the first hop, and after each."""
        if not self._has(kind):
            return []
        pickled = pickle.dumps(self._make(kind)())
        sizes = [len(pickled)]
        for _ in range(hops):
            pickled = pickle.dumps(pickle.loads(pickled))
            sizes.append(len(pickled))
        return sizes

    def pool(self, tasks: int) -> float:
        """Return the seconds per task in a Pool where each raises the typical error."""
        make = self._make("typical")
        with multiprocessing.get_context("fork").Pool(2) as pool:
            for number in (tasks // 10, tasks):  # the first to warm up
                start = time.perf_counter()
                results = [pool.apply_async(_raise, (make,)) for _ in range(number)]
                for result in results:
                    result.wait()
                seconds = time.perf_counter() - start
                assert not any(result.successful() for result in results)
        return seconds / tasks

    def _has(self, kind: str) -> bool:
        return hasattr(self._module, kind.replace(" ", "_"))

    def _make(self, kind: str) -> Callable[[], Exception]:
        return getattr(self._module, kind.replace(" ", "_"))  # type: ignore[no-any-return]

    def _timer(self, kind: str, operation: str) -> timeit.Timer:
        make = self._make(kind)
        error = make()
        names: dict[str, Any] = {"make": make, "error": error, "pickled": pickle.dumps(error)}
        names.update(dumps=pickle.dumps, loads=pickle.loads, copy=copy.copy)
        # Processor time: what others do on the machine meanwhile is not to be measured.
        return timeit.Timer(OPERATIONS[operation], timer=time.process_time, globals=names)


def _raise(make: Callable[[], Exception]) -> None:
    raise make()


def main() -> None:
    """Answer requests until there are no more."""
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        request, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, request)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
