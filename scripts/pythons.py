"""The tests on the newest Pythons, which Debian sid has.

`make pythons`, or `python -m scripts.pythons [FOLDER]`, makes a Debian sid in FOLDER for that, or uses the one that
is there; `--clean` removes it. It is for root, and for whoever has no better way to get these Pythons.
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
from pathlib import Path

from tests.outside.upstream import run
from tests.shared.processes import ROOT, Done

from . import debian
from .common import exit_on_signals

PYTHONS = "3.13", "3.14"
PACKAGES = "ca-certificates", "git", "make", "mariadb-client-core", "mariadb-server-core", "patch"
PATIENCE = 30 * 60  # seconds, for each step
LAST_LINES = 30

# Environment variables by which a machine tells how to reach the network.
NETWORK = re.compile(r"(?i)\w+_proxy|PIP_\w+|REQUESTS_CA_BUNDLE|SSL_CERT_FILE")


def main() -> int:
    """Run the tests with each Python, print how they end, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", default=ROOT / "build" / "debian-sid")
    parser.add_argument("--python", action="append", metavar="VERSION", help=f"one for {' and '.join(PYTHONS)}")
    parser.add_argument("--clean", action="store_true", help="remove FOLDER, and do nothing else")
    options = parser.parse_args()
    exit_on_signals()
    folder: Path = options.folder.resolve()
    if options.clean:
        debian.remove(folder)
        return 0
    debian.make("sid", folder, PACKAGES)
    results = [run_tests(folder, python) for python in options.python or PYTHONS]
    good = any(results) and False not in results
    print("all passed" if good else "NOT all passed")
    return int(not good)


def run_tests(folder: Path, version: str) -> bool | None:
    """Run the tests with one Python; tell whether they passed, or None if Debian sid does not have it."""
    python = f"python{version}"
    with tempfile.TemporaryDirectory() as scratch:
        variables, paths = network(Path(scratch))
        tree = Path(scratch, ROOT.name)
        copy_repository(tree)
        for command in (
            f"test -e /usr/bin/{python} || (apt-get -q update && apt-get -q -y install {python}-venv)",
            f"make test PYTHON={python}",
        ):
            inside = debian.inside(folder, "sh", "-c", command, environment=variables, paths=[tree, *paths], cwd=tree)
            try:
                done = run(*inside, cwd=tree, timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                done = Done(1, f"it did not end within {PATIENCE // 60} minutes")
            if f"Unable to locate package {python}-venv" in done.output:
                print(f"{python}: Debian sid does not have it", flush=True)
                return None
            log = folder.with_name(f"{python}.log")
            log.write_text(done.output)
            if done.code != 0:
                last = [line for line in done.output.splitlines() if not line.startswith("SKIPPED")][-LAST_LINES:]
                print(f"{python}: `{command}` failed, see {log}, which ends with", *last, sep="\n  ", flush=True)
                return False
    exact = re.findall(r"Python ([\w.+]+),", done.output)[-1]
    print(f"Python {exact}: {done.output.splitlines()[-1].strip('= ')}", flush=True)
    return True


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
