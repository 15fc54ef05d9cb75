"""What the stock driver alone brings over of applications' odd classes still arrives, and mostly all the rest too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import fresh, odd_classes
from .test_subclasses import ways

pytestmark = pytest.mark.needs_package

# What does not arrive, as it does not without the package: its own methods leave it out, or cannot be told of it.
LEFT_BEHIND = {
    "own reduce that drops the state": {"msg", "args", "str", "_full_msg"},
    "reduce of a base behind": {"lock"},
    "reduce ex of a base behind": {"lock"},
    "own setstate that takes nothing else": {"table"},
    "own setstate that updates": {"table"},
    "own setattr that needs the constructor": {"changes"},
    "own setattr that refuses a slot": {"table"},
    "slot that can be pickled and not loaded": {"previous"},
}

Survey = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def stock() -> Survey:
    script = """
        import json, sys
        from tests import odd_classes
        print(json.dumps(odd_classes.survey()))
        assert "mysql_errors_compat" not in sys.modules
    """
    return dict(json.loads(fresh.run(script)))


@pytest.fixture(scope="module")
def ours() -> Survey:
    return odd_classes.survey()


def test_nothing_is_worse(stock: Survey, ours: Survey) -> None:
    assert stock.keys() == ours.keys()
    assert odd_classes.worse(stock, ours) == []


@pytest.mark.parametrize("name", odd_classes.errors)
def test_everything_arrives_that_can(ours: Survey, name: str) -> None:
    for way in odd_classes.ways():
        result = ours[f"{name}: {way}"]
        assert "failure" not in result
        changed = {fact for fact, arrived in result["facts"].items() if not arrived}
        assert changed == LEFT_BEHIND.get(name, set())
        assert result["runs"] == 0


def test_what_lacked_an_attribute_is_not_sent() -> None:
    error = odd_classes.NoField("no amount", 1054)
    error.obj, error.name = "a whole row", "amount"
    for arrived in ways(error):
        assert (arrived.name, arrived.obj) == ("amount", None)


def test_a_slot_is_tried_once_however_many_hold_it() -> None:
    class Counted:
        def __reduce__(self) -> Any:
            odd_classes.runs["Counted"] += 1
            return int, ("1",)

    error: Any = odd_classes.slotted(Counted())
    for _ in range(5):
        error = odd_classes.slotted(error)
    odd_classes.runs.clear()
    ways(error)
    assert odd_classes.runs["Counted"] <= len(ways(error)) * 7, "not twice as often for each of them"


def test_the_control_finds_what_is_worse(stock: Survey) -> None:
    name = f"own reduce that exchanges args: {next(iter(odd_classes.ways()))}"
    facts = stock[name]["facts"]
    assert odd_classes.worse(stock, stock | {name: {"failure": "TypeError: no", "runs": 0}}) == [
        f"{name}: TypeError: no"
    ]
    assert odd_classes.worse(stock, stock | {name: {"facts": facts | {"msg": False}, "runs": 1}}) == [
        f"{name}: ['msg'] changed",
        f"{name}: the application's code ran 1 times, not 0",
    ]
