"""The short form of the benchmark: what does not depend on the machine's mood, and what README and docs say of it."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import instructions, measure, report, worker
from benchmarks.errors import KINDS
from tests.shared.needs import need
from tests.shared.processes import ROOT, succeed

pytestmark = pytest.mark.needs_package

# What `instructions.count` may give at most, divided by the driver alone: up to 8 % more than it gave, on CPython 3.11
# with the driver 26.10.0.
INSTRUCTIONS = {
    ("typical", "constructor"): 0.77,
    ("typical", "dumps"): 1.21,
    ("typical", "loads"): 0.65,
    ("typical", "round trip"): 0.83,
    ("added attribute", "round trip"): 0.93,
    ("own constructor", "constructor"): 1.0,
}


def test_every_kind_can_be_measured_beside_the_driver_alone() -> None:
    printed = succeed(sys.executable, "-m", "benchmarks", "--kinds", "--rounds=1")
    _, _, *rows = [line.strip("| ").split(" | ") for line in printed.splitlines() if line.startswith("|")]
    assert [kind for kind, *_ in rows] == [*KINDS]
    assert float(rows[0][-1]) <= 0.53, "the bytes of the typical error"


def test_how_an_error_grows_without_the_package() -> None:
    with measure.interpreter("stock") as stock:
        sizes = stock(worker.sizes, "typical", 30)
    assert sizes == measure.load().figures["stock", "typical", "bytes by hop"]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"from {sizes[0]} bytes to {sizes[-1] / 1e6:.0f} MB after 30" in readme


def test_instructions() -> None:
    need(program="valgrind")
    with ThreadPoolExecutor() as side_by_side:
        ours, stock = side_by_side.map(
            lambda subject: instructions.count(subject, list(INSTRUCTIONS)), ["ours", "stock"]
        )
    ratios = {what: round(one / other, 3) for what, one, other in zip(INSTRUCTIONS, ours, stock, strict=True)}
    assert not {what: ratio for what, ratio in ratios.items() if ratio > INSTRUCTIONS[what]}, ratios


def test_readme_docs_and_pictures_say_what_was_measured_last() -> None:
    results = measure.load()
    files = report.files(results)
    assert [path.name for path, text in files.items() if path.read_text(encoding="utf-8") != text] == []
    marked = {path: set(re.findall("<!-- (.*): begin -->", files[path])) for path in report.PAGES}
    assert marked == {
        ROOT / "README.md": {"cost"},
        ROOT / "docs" / "costs.md": {"cost", "kinds", "subjects", "versions"},
        ROOT / "benchmarks" / "README.md": {"goals", "times"},
    }
    assert set().union(*marked.values()) == set(report.parts(results))


def test_what_takes_longer_is_said() -> None:
    measured = measure.load()
    figures = dict(measured.figures)
    for subject, kind, what in measured.figures:
        if subject == "ours" and what in worker.OPERATIONS:
            figures[subject, kind, what] = figures["stock", kind, what]
    as_quick = measured._replace(figures=figures)
    assert "No kind of error takes longer than with the driver alone." in report.parts(as_quick)["cost"]
    figures["ours", "values", "copy"] = [3 * value for value in figures["stock", "values", "copy"]]
    assert "at worst: to copy, 3.0 times as long (values)." in report.parts(as_quick)["cost"]
    assert "**3.00**" in report.parts(as_quick)["kinds"]
