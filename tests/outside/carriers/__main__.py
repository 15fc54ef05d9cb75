"""The receiving end: has a carrier bring errors, one after the other, and notes what was sent and what arrived.

`python -m tests.outside.carriers MODULE:NAME PATIENCE CASE...`, in the environment that ends.py describes.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import sys
import threading
import time
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
    arrived: queue.SimpleQueue[BaseException] = queue.SimpleQueue()

    def wait() -> None:
        try:
            arrived.put(carry(case))
        except BaseException as error:
            arrived.put(error)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    while thread.is_alive() and not sent_file(case).exists():
        time.sleep(0.02)
    with contextlib.suppress(queue.Empty):
        return arrived.get(timeout=patience)
    return None


def finish(seen: dict[str, Any]) -> NoReturn:
    """Leave the answer, and whatever still runs to whoever waits for it: a Pool replaces each worker that is ended."""
    answer_file().write_text(json.dumps(seen))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
