"""Errors that were stored without the package, as in a cache or a result backend, and are read with it.

A fresh interpreter stores them. Nothing here may import the package, since that interpreter imports this module.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.shared import app_errors, fresh
from tests.shared.hierarchy import CLASSES
from tests.shared.stock_interpreter import look
from tests.shared.stock_workers import CASES

pytestmark = pytest.mark.needs_package

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
FIELDS = [
    ("Deadlock found", 1213, None, "40001"),
    ("Größe: 注文, 100%", 1406),
    (None, 2003, ("localhost", 3306, 2)),
    ("no errno",),
]


class ByHand(app_errors.Plain):
    """An application's way round the fault, with its own order, which looks much like that of `args`."""

    def __init__(self, code: int, text: str, state: str | None = None) -> None:
        super().__init__(text, code, None, state)

    def __reduce__(self) -> Any:
        return type(self), (self.errno, self.msg, self.sqlstate)


BY_HAND = [(1213, "Deadlock found", "40001"), (1213, "1213 rows", None), (-1, "no errno", None)]

# These rely on what the driver alone sends, and each adds an attribute to it.
ADDING = {"sent": (app_errors.OwnReduceOfThree, app_errors.OwnReduceEx), "received": (app_errors.OwnSetstate,)}


STOCK_READS_THEM_TOO = {"the driver's constructor not called", "dataclass alone"}

Stored = tuple[Any, list[bytes]]  # what an error was like, and its pickle in each protocol


def seen(error: Any) -> tuple[Any, ...]:
    """Return all there is to see in an error. OSError has an errno that is no attribute."""
    return *look(error), *(getattr(error, name, None) for name in ("msg", "errno", "sqlstate")), str(error)


def store(path: str) -> None:
    """Store errors of each kind, as the driver alone does it."""

    def stored(error: Any, **added: Any) -> Stored:
        vars(error).update(added)
        return seen(error), [pickle.dumps(error, protocol) for protocol in PROTOCOLS]

    everything: dict[str, Any] = {
        "driver": [stored(cls(*fields), attempt=3) for cls in CLASSES for fields in FIELDS],
        "application": {case: stored(make(), added={"orders": [3]}) for case, make in CASES.items()},
        "by hand": [stored(ByHand(*arguments)) for arguments in BY_HAND],
        "builtin first": [stored(app_errors.WithValueErrorOwn(column="id"))],
        "adding": {name: [stored(cls("x", 1213, None, "40001")) for cls in ADDING[name]] for name in ADDING},
    }
    assert "mysql_errors_compat" not in sys.modules
    for case, (left, pickled) in everything["application"].items():
        assert {reads(left, each) for each in pickled} == {case in STOCK_READS_THEM_TOO}, f"the control: {case}"
    assert not any(reads(left, each) for left, pickled in everything["driver"] for each in pickled), "the control"
    Path(path).write_bytes(pickle.dumps(everything))


def reads(left: Any, pickled: bytes) -> bool:
    try:
        return bool(seen(pickle.loads(pickled)) == left)
    except (AttributeError, TypeError):
        return False


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("stored") / "errors"
    fresh.run("import sys; from tests.core import test_stored_pickles as stored; stored.store(sys.argv[1])", str(path))
    return pickle.loads(path.read_bytes())


@pytest.fixture
def constructed() -> Iterator[list[str]]:
    """Yield the names of the applications' classes whose constructors run, a dataclass's too."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        applications = frame.f_globals.get("__name__") in (__name__, app_errors.__name__)
        if event == "call" and applications and frame.f_code.co_name in ("__init__", "__post_init__"):
            found.append(type(frame.f_locals["self"]).__qualname__)

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_drivers_classes(protocol: int, stored: Any) -> None:
    assert len(stored["driver"]) == len(CLASSES) * len(FIELDS)
    for left, pickled in stored["driver"]:
        assert seen(pickle.loads(pickled[protocol])) == left


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case not in STOCK_READS_THEM_TOO],
)
def test_an_applications_class_whose_constructor_is_not_run(
    case: str, protocol: int, stored: Any, constructed: list[str]
) -> None:
    left, pickled = stored["application"][case]
    assert seen(pickle.loads(pickled[protocol])) == left
    assert constructed == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("case", sorted(STOCK_READS_THEM_TOO))
def test_a_class_that_never_needed_the_package(case: str, protocol: int, stored: Any) -> None:
    left, pickled = stored["application"][case]
    assert seen(pickle.loads(pickled[protocol])) == left


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("still", [True, False], ids=["still has its reduce", "has it no longer"])
def test_a_class_that_was_pickled_by_hand(
    still: bool, protocol: int, stored: Any, constructed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its constructor is called as ever, with what the application has put into the pickle."""
    if not still:
        monkeypatch.delattr(ByHand, "__reduce__")
    for left, pickled in stored["by hand"]:
        assert seen(pickle.loads(pickled[protocol])) == left
        assert constructed == ["ByHand"]
        constructed.clear()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ADDING)
def test_a_class_that_edits_what_the_driver_sends(name: str, protocol: int, stored: Any) -> None:
    for left, pickled in stored["adding"][name]:
        error = pickle.loads(pickled[protocol])
        assert vars(error).pop(name) == error.msg == "x"
        assert seen(error) == left


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_class_with_a_builtin_before_the_drivers_is_not_read(protocol: int, stored: Any) -> None:
    """Python makes it without asking the driver's class: docs/limits.md says so."""
    ((_, pickled),) = stored["builtin first"]
    with pytest.raises(TypeError, match="WithValueErrorOwn"):
        pickle.loads(pickled[protocol])
