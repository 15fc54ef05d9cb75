"""The short form of the benchmark: the figures that do not depend on the machine's mood."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from benchmarks import instructions, results
from benchmarks.interpreters import ROOT, Interpreter
from benchmarks.report import summary
from benchmarks.subjects import KINDS
from benchmarks.worker import OPERATIONS

pytestmark = pytest.mark.needs_package

# `python -m benchmarks` measured 0.91 on CPython 3.11 with the driver 26.10.0; another build may count a little more.
INSTRUCTIONS = 0.95


@pytest.fixture(scope="module")
def ours() -> Iterator[Interpreter]:
    with Interpreter("ours") as interpreter:
        yield interpreter


@pytest.fixture(scope="module")
def stock() -> Iterator[Interpreter]:
    with Interpreter("stock") as interpreter:
        yield interpreter


def test_bytes(ours: Interpreter, stock: Interpreter) -> None:
    assert ours.ask("sizes", "typical", 0)[0] / stock.ask("sizes", "typical", 0)[0] <= 0.53


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_after_hops(ours: Interpreter, kind: str) -> None:
    none, *later = ours.ask("sizes", kind, 30)
    assert later == [none] * 30


@pytest.mark.skipif(
    not shutil.which("valgrind") and os.environ.get("CI") != "true",
    reason="instructions are counted by valgrind: apt-get install valgrind",
)
def test_instructions() -> None:
    ours, stock = (instructions.count(subject, "typical", "round trip") for subject in ("ours", "stock"))
    assert ours / stock <= INSTRUCTIONS


@pytest.mark.parametrize("kind", KINDS)
def test_everything_can_be_measured(ours: Interpreter, kind: str) -> None:
    for operation in OPERATIONS:
        assert ours.ask("seconds", kind, operation, 1) > 0


def test_readme_has_what_was_measured_last() -> None:
    assert summary(results.load()) in (ROOT / "README.md").read_text(encoding="utf-8")
