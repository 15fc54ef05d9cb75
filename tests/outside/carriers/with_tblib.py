"""tblib, at both ends. It takes care of the exceptions that exist when it is installed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tblib import pickling_support

from .ends import Carry, as_receiver, as_sender, caught
from .standard import sent_as


@contextmanager
def before_the_package() -> Iterator[Carry]:
    pickling_support.install()
    with sent_as(dumps_before, pickle.loads) as carry:
        yield carry


@contextmanager
def after_the_package() -> Iterator[Carry]:
    as_receiver()
    pickling_support.install()
    with sent_as(dumps_after, pickle.loads) as carry:
        yield carry


@contextmanager
def before_the_driver() -> Iterator[Carry]:
    pickling_support.install()
    yield lambda case: pickle.loads(subprocess.check_output([sys.executable, "-c", FIRST_OF_ALL, case]))


def dumps_before(case: str) -> bytes:
    pickling_support.install()
    return pickle.dumps(caught(case))


def dumps_after(case: str) -> bytes:
    as_sender()
    pickling_support.install()
    return pickle.dumps(caught(case))


FIRST_OF_ALL = """
from tblib import pickling_support

pickling_support.install()

import pickle, sys
from tests.outside.carriers import ends

sys.stdout.buffer.write(pickle.dumps(ends.caught(sys.argv[1])))
"""
