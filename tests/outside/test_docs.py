"""README and docs: every block runs, says what is true, and every link leads somewhere.

A block finds the example of the home page in its folder; README's find a copy of the repository.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.outside.markdown_blocks import STOCK_OUTPUT, BadBlock, blocks, files, parse, run, run_without_package
from tests.shared.processes import ROOT

pytestmark = pytest.mark.needs_package

README = ROOT / "README.md"
EXAMPLE = ROOT / "docs" / "index.md"
OLD_DRIVERS = ROOT / "docs" / "old-drivers.md"
DOCUMENTS = [README, *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"))]
DOCUMENTS += sorted(ROOT.glob("docs/**/*.md"))

# What a document's programs import, beside the package and what every test has.
NEEDS = {
    "celery.md": "celery",
    "dask.md": "distributed",
    "django.md": "Django",
    "joblib.md": "joblib",
    "ray.md": "ray",
    "sqlalchemy.md": "SQLAlchemy",
}

# make itself takes the folder docs/ for a target that is up to date.
MAKE = """#!/bin/sh
for target; do grep -q "^$target:" "{root}/Makefile" || exit 2; done
exec "{make}" -n -C "{root}" "$@"
"""

Environment = dict[str, str]

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what it takes to build the package's wheel; the wheel itself is in its folder ``dist``."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir"]
    for wanted in ([str(folder / "dist"), "--no-deps", str(ROOT)], [str(folder), *_build_requirements()]):
        subprocess.run([*command, *wanted], check=True, timeout=110, stdin=subprocess.DEVNULL)
    return folder


def _build_requirements() -> list[str]:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (requires,) = re.findall(r"^requires = \[(.+)\]$", project, re.MULTILINE)
    return re.findall(r'"([^"]+)"', requires)


@pytest.fixture(scope="module")
def make_environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Environment]:
    """Return a function that makes a virtual environment with all that this one has, but for the package.

    There, as on a user's machine, pip can build the package from a clone but finds it nowhere else, and make only
    tells what it would do.
    """
    shared = tmp_path_factory.mktemp("libraries")
    for folder in [Path(name) for name in sys.path if Path(name).name == "site-packages"]:
        for path in folder.iterdir():
            link = shared / path.name
            if "mysql_errors_compat" not in path.name and not link.is_symlink():  # as an editable package's files are
                link.symlink_to(path)

    def make_environment() -> Environment:
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder, symlinks=True)
        programs = folder / "bin"
        (own,) = folder.glob("lib/python*/site-packages")
        (own / "libraries.pth").write_text(f"{shared}\n")
        for entry in importlib.metadata.entry_points(group="console_scripts"):
            if not entry.module.startswith("mysql_errors_compat"):
                text = f"import sys, {entry.module}\nsys.exit({entry.module}.{entry.attr}())\n"
                _write_program(programs / entry.name, f"#!{programs}/python\n{text}")
        _write_program(programs / "make", MAKE.format(root=ROOT, make=shutil.which("make")))
        return _environment(programs) | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_INDEX": "1",
        }

    return make_environment


@pytest.fixture(scope="module")
def with_old_driver(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment that has an old driver and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True, with_pip=True)
    constraints = folder / "constraints.txt"
    constraints.write_text("setuptools<80\n")  # with which it is built
    environment = _environment(folder / "bin")
    environment |= {"PIP_CONSTRAINT": str(constraints), "PIP_FIND_LINKS": str(wheels)}
    command = ["pip", "install", "--quiet", "mysql-connector==2.2.9"]
    subprocess.run(command, env=environment, check=True, timeout=110, stdin=subprocess.DEVNULL)
    return environment


def _environment(programs: Path) -> Environment:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTEST_", "PYTHON"))}
    return kept | {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "RAY_AUTH_MODE": "disabled",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # or it listens for other machines
        "RAY_USAGE_STATS_ENABLED": "0",
    }


@pytest.fixture(scope="module")
def bare(make_environment: Callable[[], Environment]) -> Environment:
    """Return an environment without the package."""
    return make_environment()


@pytest.fixture(scope="module")
def equipped(make_environment: Callable[[], Environment], wheels: Path) -> Environment:
    """Return an environment with the package."""
    environment = make_environment()
    _install_package(environment, wheels)
    return environment


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder in which, for the sake of Ray's sockets, there is room for long names."""
    with tempfile.TemporaryDirectory(prefix="docs-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _install_package(environment: Environment, wheels: Path) -> None:
    command = ["pip", "install", "--quiet", *map(str, (wheels / "dist").glob("*.whl"))]
    subprocess.run(command, env=environment, check=True, timeout=60, stdin=subprocess.DEVNULL)


def _write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _at_home(folder: Path, environment: Environment, document: Path = EXAMPLE) -> tuple[Path, Environment]:
    """Return a working folder, and an environment in which all else that is written goes beside it."""
    home, work = folder / "home", folder / "work"
    home.mkdir()
    if document == README or _installs_package(document):
        copy_repository(work)
    else:
        work.mkdir()
    for block in files(EXAMPLE):
        (work / block.title).write_text(block.text, encoding="utf-8")
    return work, environment | dict.fromkeys(["HOME", "TMPDIR", "RAY_TMPDIR"], str(home))


def _installs_package(document: Path) -> bool:
    """Tell whether a document has the reader install the package, which takes a clone."""
    commands = "".join(block.text for block in blocks(document) if block.language == "sh")
    return bool(re.search(r"^pip install( --\S+)* ('\.\[testing\]'|\.)$", commands, re.MULTILINE))


def _need_libraries(document: Path) -> None:
    name = NEEDS.get(document.name)
    try:
        if name:
            importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        reason = f"`pip install {name}` brings what this needs, where there is a build for this Python"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@every_document
@pytest.mark.timeout(300)
def test_every_block_runs_and_prints_what_the_document_says(
    document: Path,
    folder: Path,
    equipped: Environment,
    make_environment: Callable[[], Environment],
    wheels: Path,
    request: pytest.FixtureRequest,
) -> None:
    _need_libraries(document)
    commands = [block.text for block in blocks(document) if block.language == "sh"]
    environment = equipped
    if document == OLD_DRIVERS:
        environment = request.getfixturevalue("with_old_driver")
    elif any("pip " in text for text in commands):  # so it needs one for itself
        environment = make_environment()
        if not _installs_package(document):
            _install_package(environment, wheels)
    run(document, *_at_home(folder, environment, document))


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if f'"{STOCK_OUTPUT}"' in path.read_text(encoding="utf-8")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
@pytest.mark.timeout(300)
def test_without_the_package_it_is_as_the_document_says(document: Path, folder: Path, bare: Environment) -> None:
    _need_libraries(document)
    run_without_package(document, *_at_home(folder, bare, document))


@every_document
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    tokens = parse(document)
    targets = [token.attrGet("href") or token.attrGet("src") for token in tokens]
    for token in [token for token in tokens if token.type == "html_block"]:  # a picture for light pages, one for dark
        targets += re.findall(r'(?:src|srcset|href)="([^"]+)"', token.content)
    for target in map(str, filter(None, targets)):
        path, _, _ = target.partition("#")
        if path and ":" not in path:
            assert (document.parent / unquote(path)).exists(), target


@every_document
def test_every_make_target_exists(document: Path, bare: Environment) -> None:
    commands = [token.content.split() for token in parse(document) if token.type == "code_inline"]
    for command in [command for command in commands if command[0] == "make"]:
        subprocess.run(command, env=bare, check=True, timeout=60, capture_output=True)


def copy_repository(folder: Path) -> None:
    """Copy what is in the repository to a new folder."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "build", "dist", "__pycache__"))


PYTHON_BLOCKS = [
    pytest.param(block.text, id=f"{document.relative_to(ROOT)}:{block.line}")
    for document in DOCUMENTS
    for block in blocks(document)
    if block.language == "python" and "import mysql_errors_compat" in block.text
]


@pytest.mark.parametrize("text", PYTHON_BLOCKS)
def test_a_linter_leaves_the_import(text: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--fix", "--quiet", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert "import mysql_errors_compat" in done.stdout, done.stderr


def test_readme_is_one_page_and_starts_with_the_cure() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 110
    assert {"pip install .", "import mysql_errors_compat  # noqa: F401"} <= set(lines[:25])


def test_no_document_installs_the_package_from_an_index(make_environment: Callable[[], Environment]) -> None:
    command = ["pip", "install", "--quiet", "mysql_errors_compat"]
    done = subprocess.run(command, env=make_environment(), capture_output=True, text=True, timeout=60, check=False)
    assert "No matching distribution found" in done.stderr  # so a document that does it fails


ORDERS = """
import mysql.connector, threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool

class OrderFailed(mysql.connector.Error):
    def __init__(self, *, order_id):
        super().__init__("order failed", 1213, sqlstate="40001")

def ship(order_id):
    raise OrderFailed(order_id=order_id)

def deadlock():
    return mysql.connector.OperationalError("Deadlock found", 1213, sqlstate="40001")
"""

# What readers of README do when they see its blocks, in the order of these.
SYMPTOMS = [
    """
with Pool(1) as pool:
    result = pool.apply_async(ship, [7])
    for thread in threading.enumerate():
        if "_handle_results" in thread.name:
            thread.join(30)
""",
    """
with ProcessPoolExecutor(1) as executor:
    executor.submit(ship, 7).result(timeout=30)
""",
    """
with ProcessPoolExecutor(1) as executor:
    print(deadlock().args, executor.submit(deadlock).result(timeout=30).args, sep="\\n")
""",
]


def test_readmes_symptoms_are_what_people_see(folder: Path, bare: Environment) -> None:
    work, environment = _at_home(folder, bare)
    symptoms = [block.text for block in blocks(README) if block.language == "text"]
    for symptom, program in zip(symptoms, SYMPTOMS, strict=True):
        (work / "symptom.py").write_text(f"{ORDERS}\nif __name__ == '__main__':\n{textwrap.indent(program, '    ')}")
        command = ["python", "symptom.py"]
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, timeout=110, check=False
        )
        printed = (done.stdout + done.stderr).replace("result_handler", "result_hander").splitlines()
        assert [line for line in symptom.splitlines() if line not in printed] == []


BAD = {
    "without a language": """
        ```
        true
        ```
        """,
    "in a language that nobody runs": """
        ```console
        $ true
        ```
        """,
    "indented": """
        Like this:

            true
        """,
    "a file that nothing uses": """
        ```python title="orders.py"
        ```
        """,
    "a failing command": """
        ```sh
        false
        true
        ```
        """,
    "a failing script": """
        ```python
        import no_such_module
        ```
        """,
    "a failing session": """
        ```pycon
        >>> 1 + 1
        3
        ```
        """,
    "another output": """
        ```sh
        echo 1
        ```
        ```text title="output"
        2
        ```
        """,
    "output of nothing": """
        ```text title="output"
        ```
        """,
    "a target that does not exist": """
        ```sh
        make no-such-target
        ```
        """,
    "a folder for a target": """
        ```sh
        make tests
        ```
        """,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_block_is_found(text: str, folder: Path, bare: Environment) -> None:
    document = folder / "bad.md"
    document.write_text(textwrap.dedent(text))
    with pytest.raises(BadBlock, match=r"bad\.md:\d"):
        run(document, *_at_home(folder, bare))


def test_nothing_of_a_block_keeps_running(folder: Path, bare: Environment) -> None:
    document = folder / "good.md"
    document.write_text("```sh\nsleep 600 & echo $! > pids\nsetsid sleep 600 & echo $! >> pids\n```\n")
    work, environment = _at_home(folder, bare)
    run(document, work, environment)
    for pid in (work / "pids").read_text().split():
        status = Path("/proc", pid, "status")
        assert not status.exists() or "zombie" in status.read_text()  # whose parent is not us
