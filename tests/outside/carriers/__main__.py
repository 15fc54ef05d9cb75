"""The receiving end: has a carrier bring errors, one after the other, and notes what was sent and what arrived.

`python -m tests.outside.carriers MODULE:NAME PATIENCE CASE...`, in the environment that ends.py describes.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, NoReturn

from .ends import Carrier, Carry, answer_file, as_receiver, facts, sent_file


def main(carrier: str, patience: float, cases: list[str]) -> None:
    module, _, name = carrier.partition(":")
    start: Carrier = getattr(importlib.import_module(f"tests.outside.carriers.{module}"), name)
    seen = {}
    with start() as carry:
        as_receiver()
        for case in cases:
            arrived = receive(carry, case, patience)
            if arrived and not sent_file(case).exists():
                raise arrived  # by the carrier itself
            seen[case] = json.loads(sent_file(case).read_text()), arrived and facts(arrived)
            if arrived is None:
                finish(seen)  # to leave the carrier in order would hang too
    finish(seen)


def receive(carry: Carry, case: str, patience: float) -> BaseException | None:
    """Return what arrives, or None if nothing does for `patience` seconds after it was sent."""
    future = ThreadPoolExecutor(1).submit(carry, case)
    while not future.done() and not sent_file(case).exists():
        time.sleep(0.02)
    wait([future], patience)
    if not future.done():
        return None
    return future.exception() or future.result()


def finish(seen: dict[str, Any]) -> NoReturn:
    """Leave the answer, and whatever still runs to whoever waits for it: a Pool replaces each worker that is ended."""
    answer_file().write_text(json.dumps(seen))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
