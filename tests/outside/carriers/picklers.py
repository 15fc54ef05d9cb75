"""Libraries that pickle an error. Each is imported only where it is used, since it may not be here."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from tests.shared import app_errors

from .ends import Carrier, Carry, as_receiver, as_sender, caught
from .standard import sent_as


def of(library: str, dumps: str = "dumps", loads: str = "loads") -> Carrier:
    """Return the carrier of a library that has functions like pickle's."""
    return sent_as(
        partial(call_with_error, library, dumps), lambda sent: getattr(importlib.import_module(library), loads)(sent)
    )


def call_with_error(library: str, dumps: str, case: str) -> Any:
    return getattr(importlib.import_module(library), dumps)(caught(case))


cloudpickle = of("cloudpickle")
dill = of("dill")
jsonpickle = of("jsonpickle", "encode", "decode")


def dump_by_value(case: str) -> Any:
    """Send an application's class along with the error, as cloudpickle does for one defined in a notebook."""
    importlib.import_module("cloudpickle").register_pickle_by_value(app_errors)
    return call_with_error("cloudpickle", "dumps", case)


cloudpickle_by_value = sent_as(dump_by_value, pickle.loads)


# tblib, at both ends. It takes care of the exceptions that exist when it is installed.


def install_tblib() -> None:
    importlib.import_module("tblib.pickling_support").install()


def with_tblib(first: Callable[[], None], dumps: Callable[[str], bytes]) -> Carrier:
    def carrier() -> AbstractContextManager[Carry]:
        first()
        install_tblib()
        return sent_as(dumps, pickle.loads)()

    return carrier


def dump_before(case: str) -> bytes:
    install_tblib()
    return pickle.dumps(caught(case))


def dump_after(case: str) -> bytes:
    as_sender()
    return dump_before(case)


def dump_before_the_driver(case: str) -> bytes:
    return subprocess.check_output([sys.executable, "-c", TBLIB_FIRST_OF_ALL, case])


TBLIB_FIRST_OF_ALL = """
from tblib import pickling_support

pickling_support.install()

import pickle, sys
from tests.outside.carriers import ends

sys.stdout.buffer.write(pickle.dumps(ends.caught(sys.argv[1])))
"""

tblib_before_the_package = with_tblib(lambda: None, dump_before)
tblib_after_the_package = with_tblib(as_receiver, dump_after)
tblib_before_the_driver = with_tblib(lambda: None, dump_before_the_driver)
