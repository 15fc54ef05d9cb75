"""What the scripts share."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.outside import upstream


def fetch(release: upstream.Release) -> Path:
    """Return the source distribution of a release, or exit."""
    try:
        return upstream.fetch(release)
    except (pytest.skip.Exception, pytest.fail.Exception) as problem:
        sys.exit(f"{release}: {problem}")


def exit_on_signals() -> None:
    """Let Ctrl-C and SIGTERM exit in order, so that everything that was started is ended and removed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
