"""How many instructions an operation takes: what it costs, whatever mood the machine is in."""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .interpreters import run

LOOPS = 200

# The same everywhere: hashes, and with the size of the environment every address, change the count by a percent.
_ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def count(subject: str, kind: str, operation: str) -> float:
    """Return the instructions that `operation` takes each time, as callgrind counts them."""
    # Starting the interpreter takes far more, and is the same in both.
    with ThreadPoolExecutor() as both:
        few, many = both.map(partial(_collected, subject, kind, operation), (LOOPS, 6 * LOOPS))
    return (many - few) / (5 * LOOPS)


def _collected(subject: str, kind: str, operation: str, loops: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command += [sys.executable, "-m", "benchmarks.worker", subject]
    ended = run(*command, text=json.dumps(["repeat", kind, operation, loops]), environment=_ENVIRONMENT)
    found = re.search(r"Collected : (\d+)", ended.stderr)
    assert found, ended.stderr
    return int(found[1])
