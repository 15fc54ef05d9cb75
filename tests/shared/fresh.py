"""Running a script in an interpreter of its own, in which nothing is installed that it does not install."""

from __future__ import annotations

import os
import sys
import textwrap

from tests.shared.processes import ROOT as ROOT
from tests.shared.processes import succeed

# A warning is an error; but to fork a process that has threads, as a Pool's has, is what applications do.
WARNINGS = ["-W", "error", "-W", "ignore:This process:DeprecationWarning"]


def run(script: str, *arguments: str, timeout: float = 60) -> str:
    """Run `script`, which must succeed in time, return what it printed, and leave no process behind."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, *WARNINGS, "-c", textwrap.dedent(script), *arguments]
    return succeed(*command, timeout=timeout, PYTHONPATH=path)
