"""What a machine may lack: the test is skipped with the reason, or fails in CI, where everything has to be there."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from typing import NoReturn

import pytest


def skip_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def need(*distributions: str, program: str = "") -> None:
    """Skip the test if a distribution is not here, or a program, which the Debian package of that name brings."""
    for name in distributions:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            skip_without(f"`pip install {name}` brings what this needs, where there is a build for this Python")
    if program and not shutil.which(program):
        skip_without(f"`apt-get install {program}` brings what this needs")
