"""Releases of the driver as upstream publishes them: fetched, unpacked, patched, and checked as upstream does."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import processes
from tests.shared.needs import skip_without
from tests.shared.processes import ROOT, Done

VENV = ROOT / ".venv"
CACHE = VENV / "upstream" if VENV.is_dir() else Path(tempfile.gettempdir(), "mysql_errors_compat-upstream")

# What upstream's repository checks. No source distribution contains it: it stands in a pyproject.toml
# above the folders of the two drivers.
SETTINGS = """
[tool.black]
line-length = 88
target-version = ["py39"]

[tool.isort]
profile = "black"
combine_as_imports = true
known_first_party = ["mysql.connector", "mysqlx"]
line_length = 88
lines_between_types = 1

[tool.pylint.master]
load-plugins = ["pylint.extensions.overlapping_exceptions"]

[tool.pylint.messages_control]
disable = [
    "duplicate-code", "import-outside-toplevel", "protected-access", "too-few-public-methods",
    "too-many-ancestors", "too-many-arguments", "too-many-branches", "too-many-instance-attributes",
    "too-many-lines", "too-many-locals", "too-many-nested-blocks", "too-many-positional-arguments",
    "too-many-public-methods", "too-many-return-statements", "too-many-statements",
    "wrong-import-order", "wrong-import-position",
]

[tool.mypy]
disallow_untyped_defs = true
warn_unused_ignores = true
allow_redefinition = true
strict_optional = false
implicit_optional = false
ignore_missing_imports = true
follow_imports = "silent"
"""


@dataclass(frozen=True)
class Release:
    """A release of a driver, and the diff for it."""

    name: str
    version: str
    patch: Path
    strip: int  # how many folders the diff's paths have above those of the source distribution
    module: str = "mysql.connector.errors"
    tests: str = "tests.test_errors"

    def __str__(self) -> str:
        return f"{self.name}-{self.version}"

    @property
    def files(self) -> tuple[Path, Path]:
        """The module and its tests, which are what the diff changes."""
        return Path("lib", f"{self.module.replace('.', '/')}.py"), Path(f"{self.tests.replace('.', '/')}.py")


def run(*command: str | Path, cwd: Path, timeout: float = 120, **variables: str) -> Done:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return processes.run(*command, cwd=cwd, timeout=timeout, environment=environment)


def fetch(release: Release) -> Path:
    """Return the source distribution of `release`, which pip downloads once.

    If it cannot be had, the test is skipped; but in CI it fails.
    """
    folder = CACHE / str(release)
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        download = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", release.name]
        download += [f"{release.name}=={release.version}", "--dest"]
        with tempfile.TemporaryDirectory(dir=CACHE, ignore_cleanup_errors=True) as partial:
            done = run(*download, partial, cwd=Path(partial), timeout=300, PIP_DISABLE_PIP_VERSION_CHECK="1")
            if done.code:
                said = f"try `{' '.join([*download, str(folder)])}`; it said: {done.output}"
                skip_without(f"no source distribution: {said}")
            with contextlib.suppress(OSError):  # another run of the tests was faster
                Path(partial).rename(folder)
    (archive,) = folder.iterdir()
    return archive


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a source distribution into an empty folder and return its top folder."""
    folder.mkdir(parents=True, exist_ok=True)
    processes.succeed("tar", "--extract", "--no-same-owner", "--file", archive, cwd=folder)
    (top,) = folder.iterdir()
    return top


def apply(release: Release, tree: Path) -> str:
    """Apply the diff to `tree` without any guessing and return what `patch` said."""
    done = run("patch", f"-p{release.strip}", "--fuzz=0", "--batch", "--forward", "-i", release.patch, cwd=tree)
    assert done.code == 0, done.output
    return done.output


def unittest(release: Release, tree: Path, *options: str) -> Done:
    """Run upstream's tests of the module."""
    return run(sys.executable, "-m", "unittest", *options, release.tests, cwd=tree, PYTHONPATH="lib")


def properties(release: Release, tree: Path, *options: str) -> Done:
    """Run this project's property tests against the driver in `tree`, without the package."""
    quiet = ["-W", "ignore::SyntaxWarning"]  # an old driver compares strings with `is`
    return run(
        *[sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--hypothesis-profile=quick", *quiet, *options],
        *["tests/core/test_round_trip.py", "tests/core/test_nothing_is_lost.py", "tests/core/test_subclasses.py"],
        cwd=ROOT,
        timeout=300,
        PYTHONPATH=str(tree / "lib"),
        MYSQL_ERRORS_COMPAT_DRIVER_ALONE="1",
        MYSQL_ERRORS_COMPAT_TEST_MODULE=release.module,
    )


def survey(release: Release, tree: Path, *applications: str) -> dict[str, dict[str, Any]]:
    """Return what arrives of the errors of `applications` with the driver in `tree`."""
    done = run(
        *[sys.executable, "-m", "tests.shared.generated", "--module", release.module, *applications],
        cwd=ROOT,
        PYTHONPATH=str(tree / "lib"),
    )
    assert done.code == 0, done.output
    return dict(json.loads(done.output.splitlines()[-1]))


def complaints(release: Release, tree: Path) -> set[str]:
    """Return what upstream's own checks say of the module and its tests, without line numbers."""
    settings = tree / "settings.toml"
    settings.write_text(SETTINGS)
    module, _ = both = release.files

    def check(tool: str, *arguments: str | Path) -> Done:
        return run(sys.executable, "-m", tool, *arguments, cwd=tree, PYTHONPATH="lib", MYPYPATH="lib")

    black = check("black", "--config", settings, "--quiet", "--diff", *both)
    isort = check("isort", "--settings-file", settings, "--diff", *both)
    assert (black.code, isort.code) == (0, 0), black.output + isort.output
    pylint = check("pylint", "--rcfile", settings, "--score=n", "--msg-template={path}: {msg_id} {msg} {obj}", module)
    no_cache = ["--cache-dir", os.devnull, "--no-error-summary", "--explicit-package-bases"]
    mypy = check("mypy", "--config-file", settings, *no_cache, module)
    diffs = re.findall(r"^[+-](?![+-]{2} ).*", black.output + isort.output, re.MULTILINE)
    messages = re.findall(r"^\S+\.py:.*", pylint.output + mypy.output, re.MULTILINE)
    return {*diffs, *(re.sub(r":\d+(:\d+)?:", ":", message) for message in messages)}
