"""The core's tests on every Python that is here, and on the newest, which Debian sid has.

`make pythons`, or `python -m scripts.pythons [FOLDER]`, makes a Debian sid in FOLDER for that, or uses the one that
is there; `--clean` removes it. That is for root, and for whoever has no better way to get these Pythons. What was found
is printed and, if no Python was left out, written into docs/drivers.md.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.outside.upstream import run
from tests.shared.processes import ROOT, Done

from . import debian
from .common import exit_on_signals

HERE = "/usr/bin/python3", "python3.10", "python3.11", "python3.12", "python3.13"
IN_SID = "python3.14", "python3.15", "pypy3"
PACKAGES = "ca-certificates", "make"
PATIENCE = 30 * 60  # seconds, for each step
LAST_LINES = 30
IN_CI = {"CI": "true"}  # where no test may be skipped

PAGE = ROOT / "docs" / "drivers.md"
BEGIN, END = "<!-- what make pythons found -->\n", "<!-- end of what make pythons found -->\n"

# Environment variables by which a machine tells how to reach the network.
NETWORK = re.compile(r"(?i)\w+_proxy|PIP_\w+|REQUESTS_CA_BUNDLE|SSL_CERT_FILE")


class Found(NamedTuple):
    """What the tests found with one Python."""

    python: str  # as it was called
    exact: str  # its name and patch release, or nothing if it is not there
    summary: str  # what pytest said last
    passed: bool
    minutes: float = 0


def main() -> int:
    """Run the tests with each Python, print how they end, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", default=ROOT / "build" / "debian-sid")
    parser.add_argument("--here", action="append", metavar="PYTHON", help=f"for {', '.join(HERE)}")
    parser.add_argument("--in-sid", action="append", metavar="PYTHON", help=f"for {', '.join(IN_SID)}")
    parser.add_argument("--clean", action="store_true", help="remove FOLDER, and do nothing else")
    options = parser.parse_args()
    exit_on_signals()
    folder: Path = options.folder.resolve()
    if options.clean:
        debian.remove(folder)
        return 0
    everything = not (options.here or options.in_sid)
    here = options.here or (HERE if everything else ())
    in_sid = options.in_sid or (IN_SID if everything else ())
    if in_sid:
        debian.make("sid", folder, PACKAGES)
    found = [run_here(python) for python in here] + [run_in_sid(folder, python) for python in in_sid]
    left_out = [each.python for each in found if not each.exact]
    if everything and not left_out:
        write(found)
    good = any(each.passed for each in found) and all(each.passed for each in found if each.exact)
    print("all passed" if good else "NOT all passed", *(f"but {python} was not run" for python in left_out), sep=", ")
    return int(not good)


def run_here(python: str) -> Found:
    """Run the tests with a Python of this machine."""
    if not shutil.which(python) or ended(python, "--version", cwd=ROOT).code:
        return said(Found(python, "", "it is not on this machine", False))
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch, ROOT.name)
        copy_repository(tree)
        return said(tested(python, ["make", "test", f"PYTHON={python}"], tree))


def run_in_sid(folder: Path, python: str) -> Found:
    """Run the tests with a Python of the Debian sid in `folder`, which installs it."""
    with tempfile.TemporaryDirectory() as scratch:
        variables, paths = network(Path(scratch))
        variables |= IN_CI
        tree = Path(scratch, ROOT.name)
        copy_repository(tree)

        def inside(command: str) -> list[str]:
            shell = "sh", "-c", command
            return debian.inside(folder, *shell, environment=variables, paths=[tree, *paths], cwd=tree)

        # Another package may have brought the Python itself, without what makes a virtual environment.
        install = f"apt-get -q update && apt-get -q -y install {python}-venv"
        installed = ended(*inside(f"{python} -m ensurepip --version || ({install})"), cwd=tree)
        if installed.code:
            return said(Found(python, "", f"Debian sid does not have it: {installed.output[-300:]}", False))
        return said(tested(python, inside(f"make test PYTHON={python}"), tree))


def tested(python: str, command: list[str], tree: Path) -> Found:
    """Run `command`, which runs the tests, in `tree`."""
    start = time.monotonic()
    done = ended(*command, cwd=tree, **IN_CI)
    minutes = (time.monotonic() - start) / 60
    # As in "platform linux -- Python 3.11.2, pytest-8", or "Python 3.11.17[pypy-8.0.1-final], pytest-8".
    exact = re.findall(r"-- Python (\S+), pytest", done.output)
    last = done.output.splitlines()[-LAST_LINES:] or ["it said nothing"]
    if done.code:
        print(*last, sep="\n")
    return Found(python, exact[-1] if exact else "unknown", last[-1].strip("= "), done.code == 0, minutes)


def ended(*command: str, cwd: Path, **variables: str) -> Done:
    """Run `command`, which is ended if it takes too long, with all that it started."""
    try:
        return run(*command, cwd=cwd, timeout=PATIENCE, **variables)
    except subprocess.TimeoutExpired:
        return Done(1, f"it did not end within {PATIENCE // 60} minutes")


def said(found: Found) -> Found:
    """Print what was found."""
    took = f", in all {found.minutes:.1f} minutes" if found.minutes else ""
    print(f"{found.python} ({found.exact or 'not there'}): {found.summary}{took}", flush=True)
    return found


def write(found: list[Found]) -> None:
    """Put what was found into the documentation."""
    lines = ["| Python | tests of the core |", "| --- | --- |"]
    for each in found:
        name, _, pypy = each.exact.partition("[pypy-")
        name = f"PyPy {pypy.partition('-')[0]}, Python {name}" if pypy else f"CPython {name}"
        lines.append(f"| {name} | {each.summary.partition(' in ')[0] if each.passed else '**failed**'} |")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{rest.partition(END)[2]}"
    PAGE.write_text(text, encoding="utf-8")


def copy_repository(tree: Path) -> None:
    """Copy the repository as it is in the working tree, without what git ignores."""
    names = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True, timeout=60
    )
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():  # it may have been deleted since
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def network(scratch: Path) -> tuple[dict[str, str], set[Path]]:
    """Return how apt and pip reach their servers from here: environment variables, and the files these name."""
    apt = scratch / "apt.conf"
    apt.write_text(run("apt-config", "dump", "Acquire", cwd=scratch).output)
    variables = {"APT_CONFIG": str(apt)}
    variables |= {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
    pip = run(sys.executable, "-m", "pip", "config", "list", cwd=scratch).output
    for name, value in re.findall(r"^(?:global|install)\.([\w-]+)=('.*')$", pip, re.MULTILINE):
        variables.setdefault(f"PIP_{name.upper().replace('-', '_')}", ast.literal_eval(value).replace("\n", " "))
    words = " ".join(["/etc/resolv.conf", *variables.values()]).split()
    # An index in files refers to packages beside it.
    paths = {Path(word.removeprefix("file://").removesuffix("/simple")) for word in words}
    return variables, {path for path in paths if path.is_absolute() and path.exists()}


if __name__ == "__main__":
    sys.exit(main())
