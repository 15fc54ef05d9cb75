"""README and docs: every block runs, says what is true, and every link leads somewhere.

A block finds the example of the home page in its folder; where it installs the package, a copy of the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.outside.carriers.runs import QUIET_RAY
from tests.outside.markdown_blocks import PARSER, BadBlock, blocks, run
from tests.shared import processes
from tests.shared.needs import need
from tests.shared.processes import ROOT

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(300)]

README = ROOT / "README.md"
EXAMPLE = [block for block in blocks(ROOT / "docs" / "index.md") if block.is_file]
DOCUMENTS = [README, *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"))]
DOCUMENTS += sorted(ROOT.glob("docs/**/*.md"))

# Documents that install something, or remove it, and what there is before.
INSTALLING = {
    "README.md": [],
    "index.md": [],
    "moving-off.md": [".[testing]"],
    "old-drivers.md": ["mysql-connector==2.2.9"],
}

# What a document's programs import, beside the package and what every test has.
NEEDS = {
    "celery.md": "celery",
    "dask.md": "distributed",
    "django.md": "Django",
    "joblib.md": "joblib",
    "ray.md": "ray",
    "sqlalchemy.md": "SQLAlchemy",
}

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder in which, for the sake of Ray's sockets, there is room for long names."""
    with tempfile.TemporaryDirectory(prefix="docs-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def prepare(document: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """Return a working folder, and an environment in which all else that is written goes beside it."""
    if document.name in NEEDS:
        need(NEEDS[document.name])
    home, work = folder / "home", folder / "work"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTEST_", "PYTHON"))}
    environment = kept | QUIET_RAY | dict.fromkeys(["HOME", "TMPDIR", "RAY_TMPDIR"], str(home))
    programs = Path(sys.executable).parent
    if document.name in INSTALLING:
        copy_repository(work)
        venv.create(home / "venv", symlinks=True, with_pip=True)
        programs = home / "venv" / "bin"
        (home / "constraints").write_text("setuptools<80\n")  # with which an old driver is built
        environment |= {"PIP_CONSTRAINT": str(home / "constraints"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        for wanted in INSTALLING[document.name]:
            processes.succeed(programs / "pip", "install", wanted, cwd=work, timeout=110, environment=environment)
    else:
        assert not [block.place for block in blocks(document) if block.language == "sh" and "pip " in block.text]
        work.mkdir()
    return work, environment | {"PATH": os.pathsep.join([str(programs), os.environ["PATH"]])}


def copy_repository(folder: Path) -> None:
    """Copy what is in the repository to a new folder."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "build", "dist", "__pycache__"))


@every_document
def test_every_block_runs_and_prints_what_the_document_says(document: Path, folder: Path) -> None:
    run(document, *prepare(document, folder), beside=EXAMPLE)


@every_document
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    html = PARSER.render(document.read_text(encoding="utf-8"))
    for target in re.findall(r'(?:src|srcset|href)="([^"#]+)', html):
        assert ":" in target or (document.parent / unquote(target)).exists(), target


@every_document
def test_every_make_target_exists(document: Path) -> None:
    targets = re.findall(r"`make ([a-z0-9-]+)`", document.read_text(encoding="utf-8"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@every_document
def test_a_linter_leaves_the_import(document: Path) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--fix", "--quiet", "-"]
    for block in blocks(document):
        if block.language == "python" and "import mysql_errors_compat" in block.text:
            done = subprocess.run(command, input=block.text, capture_output=True, text=True, timeout=60, check=False)
            assert "import mysql_errors_compat" in done.stdout, block.place


def test_readme_is_one_page_and_starts_with_the_cure() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 110
    assert {"pip install .", "import mysql_errors_compat  # noqa: F401"} <= set(lines[:25])


WITH_WORKERS = """
import mysql.connector, threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool
from orders import ship

def deadlock():
    return mysql.connector.OperationalError("Deadlock found", 1213, sqlstate="40001")

if __name__ == '__main__':
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


def test_readmes_symptoms_are_what_people_see(tmp_path: Path) -> None:
    for block in EXAMPLE:
        (tmp_path / block.title).write_text(block.text)
    symptoms = [block.text for block in blocks(README) if block.language == "text"]
    for symptom, program in zip(symptoms, SYMPTOMS, strict=True):
        (tmp_path / "symptom.py").write_text(WITH_WORKERS + textwrap.indent(program, "    "))
        done = processes.run(sys.executable, "symptom.py", cwd=tmp_path, timeout=110)
        printed = done.output.replace("result_handler", "result_hander").splitlines()
        assert [line for line in symptom.splitlines() if line not in printed] == []


@pytest.mark.parametrize(
    "text",
    [
        "```\ntrue\n```",
        "Indented:\n\n    true",
        "```sh\nfalse\ntrue\n```",
        '```sh\ntrue\n```\n```text title="output"\n1\n```',
    ],
    ids=["without a language", "indented", "a failing command", "another output"],
)
def test_a_bad_block_is_found(text: str, folder: Path) -> None:
    document = folder / "bad.md"
    document.write_text(text)
    with pytest.raises(BadBlock, match=r"bad\.md:\d"):
        run(document, *prepare(document, folder))
