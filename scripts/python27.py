"""The reported program on Python 2.7: it hangs with the driver as it is, and does not with the backported diff.

Then upstream's tests of the module, with those that the diff adds.

`make python27`, or `python -m scripts.python27 [FOLDER]`, makes a Debian 11 in FOLDER for that, or uses the one that
is there; `--clean` removes it. With PYTHON27, the path of a python2.7 with setuptools, no Debian is needed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.outside.upstream import Release, apply, run, unpack
from tests.shared.processes import ROOT

from . import debian
from .common import exit_on_signals, fetch

PROGRAM = Path(__file__).with_name("reported_program.py")
PATIENCE = 2 * 60  # seconds; the program itself gives up before

# The last release for Python 2.7, and the last one of the distribution that came before it.
RELEASES = {"mysql-connector-python": "8.0.23", "mysql-connector": "2.2.9"}

AS_IT_IS = ["a number arrives", "the error hangs", "it again hangs", "a number hangs"]
WITH_DIFF = ["a number arrives", "the error arrives", "it again arrives", "a number arrives"]


def main() -> int:
    """Run the program with each release, print what arrives, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", default=ROOT / "build" / "debian-bullseye")
    parser.add_argument("--clean", action="store_true", help="remove FOLDER, and do nothing else")
    options = parser.parse_args()
    exit_on_signals()
    folder: Path = options.folder.resolve()
    if options.clean:
        debian.remove(folder)
        return 0
    if "PYTHON27" not in os.environ:
        debian.make("bullseye", folder, ["python2.7", "python-setuptools"])  # upstream's tests import it
    (diff,) = ROOT.glob("patches/backports/0001-8.0.23-*.patch")
    with tempfile.TemporaryDirectory() as scratch:
        as_it_should = []
        for name, version in RELEASES.items():
            release = Release(name, version, diff, strip=1)
            tree = unpack(fetch(release), Path(scratch, name))
            as_it_should.append(prints(f"{release} as it is", folder, tree, AS_IT_IS))
            apply(release, tree)
            as_it_should.append(prints(f"{release} with the diff", folder, tree, WITH_DIFF))
            as_it_should.append(tests_pass(release, folder, tree))
    print("all as it should be" if all(as_it_should) else "NOT as it should be")
    return int(not all(as_it_should))


def prints(title: str, folder: Path, tree: Path, wanted: list[str]) -> bool:
    """Run the program with the driver in `tree`; tell whether it prints what is wanted."""
    shutil.copy(PROGRAM, tree)
    output = python(folder, tree, PROGRAM.name)
    version, *found = re.findall(r"^(?:Python|a number|the error|it again) .*", output, re.MULTILINE) or ["nothing"]
    reasons = re.findall(r"^AttributeError: .*", output, re.MULTILINE)
    print(f"{title}: {version}", *found, *reasons[:1], sep="\n  ", flush=True)
    if found == wanted and version.startswith("Python 2.7."):
        return True
    print(f"  NOT as it should be, which is: {', '.join(wanted)}. All that was printed:", output, sep="\n")
    return False


def tests_pass(release: Release, folder: Path, tree: Path) -> bool:
    """Run upstream's tests of the module in `tree`; tell whether they pass."""
    output = python(folder, tree, "-m", "unittest", release.tests)
    count = re.search(r"^Ran (\d+) tests? in .*\n\nOK$", output, re.MULTILINE)
    print(f"  {count[1]} tests pass" if count else f"  NOT as it should be: the tests fail:\n{output}", flush=True)
    return bool(count)


def python(folder: Path, tree: Path, *arguments: str) -> str:
    """Run python2.7 in `tree`, with the driver there, and return all that it printed."""
    command = ["python2.7", *arguments]
    lib = str(tree / "lib")
    if path := os.environ.get("PYTHON27"):
        command[0] = path
    else:
        command = debian.inside(folder, *command, environment={"PYTHONPATH": lib}, paths=[tree], cwd=tree)
    try:
        return run(*command, cwd=tree, timeout=PATIENCE, PYTHONPATH=lib).output
    except subprocess.TimeoutExpired:
        return f"it did not end within {PATIENCE} seconds"
    except OSError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
