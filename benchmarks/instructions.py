"""How many instructions an operation takes: what it costs, whatever mood the machine is in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent

# The same everywhere: hashes, and with the size of the environment every address, change the count by a percent.
_ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def count(subject: str, wanted: list[tuple[str, str]], loops: int = 200) -> list[float]:
    """Return the instructions that each of the operations takes, as callgrind counts them."""
    script = f"from benchmarks import worker; worker.mark_for_callgrind({subject!r}, {wanted}, {loops})"
    with tempfile.TemporaryDirectory() as folder:
        # The function of the C library makes callgrind write down what it counted since the last call.
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/part", "--dump-before=getppid"]
        command += [sys.executable, "-c", script]
        subprocess.run(command, cwd=ROOT, env=_ENVIRONMENT, capture_output=True, check=True, timeout=100)
        parts = [Path(folder, f"part.{2 * number}").read_text() for number in range(1, len(wanted) + 1)]
    return [int(re.findall(r"^totals: (\d+)", part, re.MULTILINE)[0]) / loops for part in parts]
