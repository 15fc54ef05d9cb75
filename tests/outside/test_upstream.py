"""The diffs in ``patches/`` do what a reviewer would want to see, on upstream's own source distributions."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

from tests.core import test_never_worse
from tests.outside import upstream
from tests.outside.upstream import Release
from tests.shared import fresh, generated
from tests.shared.processes import ROOT

PATCHES = ROOT / "patches"
CONNECTOR = PATCHES / "0001-BUG-00000000-Errors-do-not-survive-pickling-and-copying.patch"
MYSQLX = PATCHES / "0002-BUG-00000000-Errors-of-mysqlx-do-not-survive-pickling-and-copying.patch"
BACKPORT = PATCHES / "backports" / "0001-8.0.23-Errors-do-not-survive-pickling-and-copying.patch"


def both_drivers(version: str) -> list[Release]:
    return [
        Release("mysql-connector-python", version, CONNECTOR, 2),
        Release("mysqlx-connector-python", version, MYSQLX, 2, "mysqlx.errors", "tests.test_mysqlx_errors"),
    ]


# The newest release when the diffs were made; of the same layout, the oldest that pip takes, and one between.
NEWEST = both_drivers("26.10.0")
EARLIER = [*both_drivers("9.4.0"), *both_drivers("9.7.0")]
# The last releases, under the present name and under the former one, that run on Python 2.7.
OLD_PYTHON = [
    Release("mysql-connector-python", "8.0.23", BACKPORT, 1),
    Release("mysql-connector", "2.2.9", BACKPORT, 1),
]

# Upstream merges small contributions.
MOST_CODE, MOST_TESTS = 31, 75  # added lines that are not blank

# What patches/README.md says that is worse than with the driver as it is, as tests/shared/generated.py says it.
WORSE = r"fails at the receiver: TypeError: \w+\.__new__\(\w+\) is not safe"

pytestmark = pytest.mark.timeout(900)  # the first test of a release downloads it


def on(*releases: Release) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("release", releases, ids=str)


@pytest.fixture(scope="session")
def unpacked() -> dict[Release, Path]:
    return {}


@pytest.fixture
def stock(
    release: Release, unpacked: dict[Release, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the release as upstream published it."""
    if release not in unpacked:
        unpacked[release] = upstream.unpack(upstream.fetch(release), tmp_path_factory.mktemp(str(release)))
    return shutil.copytree(unpacked[release], tmp_path / "stock")


@pytest.fixture
def patched(release: Release, stock: Path, tmp_path: Path) -> Path:
    """Another copy, with the diff."""
    tree = shutil.copytree(stock, tmp_path / "patched")
    said = upstream.apply(release, tree)
    assert "offset" not in said or release.version == "2.2.9", said
    return tree


@on(*NEWEST, OLD_PYTHON[0])
def test_git_am_takes_it(release: Release, stock: Path, patched: Path, tmp_path: Path) -> None:
    def git(*arguments: str | Path) -> str:
        done = upstream.run(
            *["git", "-c", "user.name=reviewer", "-c", "user.email=reviewer@localhost", *arguments],
            cwd=repository,
            GIT_CONFIG_GLOBAL="/dev/null",
            GIT_CONFIG_NOSYSTEM="1",
        )
        assert done.code == 0, done.output
        return done.output

    repository = tmp_path / "repository"
    folder = repository / release.name if release.strip == 2 else repository
    shutil.copytree(stock, folder)
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "as published")
    git("am", release.patch)
    changed = git("show", "--format=", "--name-only").split()
    assert [repository / name for name in changed] == [folder / name for name in release.files]
    for name in release.files:
        assert (folder / name).read_bytes() == (patched / name).read_bytes()
    subject, blank, *body = git("show", "--no-patch", "--format=%B").strip().splitlines()
    if release in NEWEST:
        assert re.match(r"BUG#\d+: \w", subject)
    else:
        assert not subject.startswith("BUG#")  # it is not for submission
    assert blank == ""
    assert all(len(line) <= 72 for line in [subject, *body])
    assert "\n".join(body).rpartition("\n\n")[2].startswith("This patch fixes this issue by ")
    for name, most in zip(release.files, (MOST_CODE, MOST_TESTS), strict=True):
        added = re.findall(r"^\+(?!\+\+ ).*\S", git("show", "--format=", "--", folder / name), re.MULTILINE)
        assert 0 < len(added) <= most, added


@on(*NEWEST, *EARLIER, *(OLD_PYTHON if sys.version_info < (3, 12) else []))  # whose tests import imp
def test_upstream_tests_pass_and_would_not_without_it(release: Release, stock: Path, patched: Path) -> None:
    before = upstream.unittest(release, stock)
    after = upstream.unittest(release, patched)
    assert (before.code, after.code) == (0, 0), before.output + after.output
    assert _count(after.output) > _count(before.output)

    module, _ = release.files
    shutil.copy(stock / module, patched / module)
    tests_alone = upstream.unittest(release, patched, "--failfast")
    assert "\nFAILED (" in tests_alone.output, tests_alone.output


def _count(output: str) -> int:
    found = re.search(r"^Ran (\d+) tests ", output, re.MULTILINE)
    assert found, output
    return int(found[1])


@on(*NEWEST)
def test_upstream_checks_find_nothing_new(release: Release, stock: Path, patched: Path) -> None:
    assert upstream.complaints(release, patched) - upstream.complaints(release, stock) == set()


@on(*NEWEST, *EARLIER, *OLD_PYTHON)
def test_the_patched_driver_keeps_the_promises_alone(release: Release, stock: Path, patched: Path) -> None:
    control = upstream.properties(release, stock, "--exitfirst")
    assert " failed" in control.output, control.output
    done = upstream.properties(release, patched)
    assert done.code == 0, done.output


GENERATED = ("--seeds", "0:200")
FOUND = ("--plans", json.dumps(test_never_worse.FOUND))


@on(*NEWEST, *EARLIER, *OLD_PYTHON)
@pytest.mark.parametrize("package", [(), ("--with-package",)], ids=["alone", "with the package"])
@pytest.mark.parametrize("applications", [GENERATED, FOUND], ids=["generated", "found"])
def test_only_what_the_readme_lists_is_worse(
    release: Release, stock: Path, patched: Path, applications: tuple[str, ...], package: tuple[str, ...]
) -> None:
    before = upstream.survey(release, stock, *applications)
    after = upstream.survey(release, patched, *applications, *package)
    assert before != after
    worse = generated.worse(before, after)
    if applications == GENERATED and not package:
        assert worse == {}
    unlisted = {problem for found in worse.values() for problem in found if not re.match(WORSE, problem)}
    assert unlisted == set(), worse


@on(NEWEST[0])
@pytest.mark.parametrize("document", ["REPORT.md", "PULL_REQUEST.md"])
def test_the_programs_of_the_documents_end_as_they_say(
    release: Release, stock: Path, patched: Path, document: str, tmp_path: Path
) -> None:
    text = (PATCHES / document).read_text(encoding="utf-8")
    (program,) = re.findall(r"^    import .*\n(?:(?:    .*)?\n)+", text, re.MULTILINE)
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(program))
    for tree, end in ((stock, "multiprocessing.context.TimeoutError"), (patched, "TableError: 1146 ")):
        done = upstream.run(sys.executable, script, cwd=tmp_path, PYTHONPATH=str(tree / "lib"))
        assert f"\n{end}" in re.sub(r"^__mp_main__\.|^__main__\.", "", done.output, flags=re.MULTILINE), done.output


@on(NEWEST[0])
def test_the_pull_request_shows_what_is_seen(release: Release, stock: Path, patched: Path, tmp_path: Path) -> None:
    text = (PATCHES / "PULL_REQUEST.md").read_text(encoding="utf-8")
    for tree, title in ((stock, "Before"), (patched, "After")):
        (shown,) = re.findall(rf"^{title}:\n\n((?:    .*\n)+)", text, re.MULTILINE)
        script = tmp_path / f"{title}.txt"
        script.write_text("    >>> import copy, mysql.connector\n" + shown)
        done = upstream.run(sys.executable, "-m", "doctest", script, cwd=tmp_path, PYTHONPATH=str(tree / "lib"))
        assert done.code == 0, done.output


@on(*NEWEST, *EARLIER, OLD_PYTHON[0])
def test_the_package_steps_aside(release: Release, patched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(patched / "lib"))
    script = """
        import copyreg, importlib, sys
        module = importlib.import_module(sys.argv[1])
        assert module.__file__.startswith(sys.argv[2]), module.__file__
        reduces = module.Error.__reduce__
        import mysql_errors_compat
        mysql_errors_compat.install(module)
        for cls in module.Error, module.DataError:
            assert cls.__reduce__ is reduces
            assert cls.__reduce_ex__ is object.__reduce_ex__
            assert cls not in copyreg.dispatch_table
        error = module.DataError("x", 1, ("a",), "HY000")
        assert module.DataError(*error.args).args == error.args  # which it adds
    """
    fresh.run(script, release.module, str(patched))
