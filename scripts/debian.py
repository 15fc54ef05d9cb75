"""A Debian release in a folder, made by debootstrap, and commands that run in it. Both are for root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.outside.upstream import run

PATIENCE = 30 * 60  # seconds to make a folder
MARK = ".made-by-mysql_errors_compat"  # in each folder, with the name of the release once it is complete

# What runs in namespaces of its own ends, and is unmounted, with its first process; which ends with us.
NAMESPACES = ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"]

# The folder itself has no devices: a copy of it, or of the checkout around it, would never end.
MAKE = """
mkdir "$0/dev"
mount -t tmpfs tmpfs "$0/dev"
exec debootstrap "$@"
"""

# Its arguments: the folder, what else is to be seen in there, --, and a command.
ENTER = """
folder=$0
mount -t proc proc "$folder/proc"
mount -t tmpfs tmpfs "$folder/tmp"
mount -t tmpfs tmpfs "$folder/dev"
mkdir "$folder/dev/pts" "$folder/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$folder/dev/pts"
ln -s /proc/self/fd pts/ptmx "$folder/dev"
see() {
  if [ -d "$1" ]; then
    mkdir -p "$folder$1"
  else
    mkdir -p "$folder${1%/*}"
    touch "$folder$1"
  fi
  mount --bind "$1" "$folder$1"
}
for device in full null random tty urandom zero; do
  see /dev/$device
done
while [ "$1" != -- ]; do
  see "$1"
  shift
done
shift
exec chroot "$folder" "$@"
"""

ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
}


def make(suite: str, folder: Path, packages: Iterable[str]) -> None:
    """Make `folder` if it is not there or not complete; exit if that cannot be done."""
    if os.geteuid() != 0:
        sys.exit(f"only root can use a Debian in {folder}")
    mark = folder / MARK
    if mark.exists() and mark.read_text() == suite:
        return
    if not shutil.which("debootstrap"):
        sys.exit("no debootstrap: `apt-get install debootstrap` brings it")
    source = mirror()
    remove(folder)
    folder.mkdir(parents=True)
    mark.touch()
    print(f"making a Debian {suite} in {folder}, from {source}", flush=True)
    options = ["--variant=minbase", f"--include={','.join(packages)}"]
    command = [*NAMESPACES, "sh", "-euc", MAKE, str(folder), *options, suite, str(folder), source]
    try:
        done = run(*command, cwd=folder, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        sys.exit(f"that took more than {PATIENCE // 60} minutes")
    if done.code != 0:
        sys.exit(f"that cannot be had:\n{done.output[-3000:]}")
    mark.write_text(suite)


def remove(folder: Path) -> None:
    """Remove `folder`, where nothing ever stays mounted, if it is one of ours."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / MARK).exists():
        sys.exit(f"{folder} stays as it is: it was not made here")
    shutil.rmtree(folder)


def mirror() -> str:
    """Return where to get Debian: what MIRROR says, or else where apt gets it."""
    if source := os.environ.get("MIRROR"):
        return source
    command = ["apt-get", "indextargets", "--format=$(SITE)", "Created-By: Packages", "Origin: Debian", "Label: Debian"]
    try:
        return subprocess.check_output(command, text=True, timeout=60).split()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        sys.exit("apt knows no mirror of Debian: it may need `apt-get update`, or set MIRROR to one")


def inside(folder: Path, *command: str, environment: Mapping[str, str], paths: Iterable[Path], cwd: Path) -> list[str]:
    """Return `command` as one that runs in `folder`, where `paths` are the same as outside."""
    variables = [f"{name}={value}" for name, value in {**ENVIRONMENT, **environment}.items()]
    enter = ["sh", "-euc", ENTER, str(folder), *map(str, paths), "--"]
    return [*NAMESPACES, *enter, "env", "--ignore-environment", f"--chdir={cwd}", *variables, *command]
