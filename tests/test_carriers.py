"""Errors in other people's software: real libraries, real processes, and the stock driver as a control.

`python -m tests.transports` writes README's table from what these tests last saw.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import transports
from .carriers import runs
from .carriers.runs import CARRIERS, DUPLICATE, IDENTICAL, OWN, REFUSED, Carrier, Crossing
from .server import skip_without
from .server_address import Server

Cross = Callable[[Carrier, str], dict[str, Crossing]]

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(300)]

every_carrier = pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.name)


@pytest.fixture(scope="module")
def server_or_none(request: pytest.FixtureRequest) -> dict[str, Any] | None:
    try:
        server: Server = request.getfixturevalue("server")
    except pytest.skip.Exception:
        return None  # what needs none is tested all the same
    return server.arguments()


@pytest.fixture(scope="module")
def cross(request: pytest.FixtureRequest, server_or_none: dict[str, Any] | None) -> Cross:
    """Return a function that runs a carrier, once for all tests, and keeps the result for README's table."""
    cache = getattr(request.config, "cache", None)  # -p no:cacheprovider
    seen = cache.mkdir("carriers") if cache else None

    @functools.cache
    def cross(carrier: Carrier, which: str) -> dict[str, Crossing]:
        if reason := runs.missing(carrier):
            skip_without(reason)
        crossings = runs.run(carrier, which, server_or_none)
        if seen:
            runs.keep(seen, carrier, which, crossings)
        return crossings

    return cross


@every_carrier
def test_the_stock_driver_alone_is_the_control(carrier: Carrier, cross: Cross) -> None:
    crossings = cross(carrier, "none")
    assert (crossings[REFUSED].verdict(), crossings[OWN].verdict()) == carrier.stock
    for sent, arrived in crossings.values():
        assert not sent["has_package"]
        assert not (arrived and arrived["has_package"])


@every_carrier
def test_both_ends_have_the_package(carrier: Carrier, cross: Cross) -> None:
    crossings = cross(carrier, "both")
    assert crossings[REFUSED].verdict() == IDENTICAL
    assert crossings[OWN].verdict() == carrier.own
    for sent, arrived in crossings.values():
        assert sent["has_package"]
        assert arrived
        assert arrived["has_package"]
        if not carrier.only_args:
            assert arrived["attributes"].get("_values") == sent["attributes"].get("_values")
    assert "_values" in crossings[REFUSED].sent["attributes"]


@every_carrier
def test_only_the_sender_has_the_package(carrier: Carrier, cross: Cross) -> None:
    crossings = cross(carrier, "sender")
    assert crossings[REFUSED].verdict() == (carrier.stock[0] if carrier.only_args else IDENTICAL)
    assert crossings[OWN].verdict() == carrier.own
    for sent, arrived in crossings.values():
        assert sent["has_package"]
        assert arrived
        assert not arrived["has_package"]


@every_carrier
def test_only_the_receiver_has_the_package(carrier: Carrier, cross: Cross) -> None:
    crossings = cross(carrier, "receiver")
    assert crossings[REFUSED].verdict() == IDENTICAL
    for sent, arrived in crossings.values():
        assert not sent["has_package"]
        assert arrived
        assert arrived["has_package"]


@every_carrier
def test_an_error_of_a_real_server(carrier: Carrier, cross: Cross, server: Server) -> None:
    stock, cured = (cross(carrier, which)[DUPLICATE] for which in ("none", "both"))
    assert (stock.verdict() == IDENTICAL) == (carrier.stock[0] == IDENTICAL)
    assert cured.verdict() == IDENTICAL
    assert cured.sent["type"] == "mysql.connector.errors.IntegrityError"
    assert cured.sent["attributes"]["sqlstate"] == "'23000'"


@pytest.mark.parametrize("which", runs.ENDS_WITH_PACKAGE)
@pytest.mark.parametrize(
    "carrier", [carrier for carrier in CARRIERS if carrier.traceback], ids=lambda carrier: carrier.name
)
def test_a_traceback_travels_with_the_error(carrier: Carrier, which: str, cross: Cross) -> None:
    for sent, arrived in cross(carrier, which).values():
        assert arrived
        functions = sent["functions"]
        assert functions[0] == "fail"
        assert arrived["functions"][-len(functions) :] == functions


def test_readmes_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def keep(own: str) -> None:
        for carrier in CARRIERS:
            for which, verdicts in ("none", carrier.stock), ("both", (IDENTICAL, own)):
                seen = {"verdicts": dict(zip((REFUSED, OWN), verdicts, strict=True)), "versions": {"Python": own}}
                (tmp_path / transports.SEEN / runs.kept_name(carrier, which)).write_text(json.dumps(seen))

    def table(*arguments: str) -> int:
        return transports.main(arguments, tmp_path)

    readme = tmp_path / "README.md"
    readme.write_text("before\nafter\n")
    (tmp_path / transports.SEEN).mkdir(parents=True)
    assert table() == 2
    assert "was not tested" in capsys.readouterr().err
    keep(IDENTICAL)
    assert table() == 2
    assert "README.md has no place for the table" in capsys.readouterr().err
    readme.write_text(f"before\n{transports.BEGIN}{transports.END}after\n")
    assert table("--check") == 1
    assert table() == 0
    assert table("--check") == 0
    before, _, rest = readme.read_text().partition(transports.BEGIN)
    written, _, after = rest.partition(transports.END)
    assert (before, after) == ("before\n", "after\n")
    assert "| `Manager` | args changed | identical | `TypeError` | identical |\n" in written
    assert written.endswith("\n\nSeen with Python identical.\n")
    readme.write_text(readme.read_text().replace("Python identical", "another Python"))
    assert table("--check") == 0
    keep("`TypeError`")
    capsys.readouterr()
    assert table("--check") == 1
    assert "+| `Manager` | args changed | identical | `TypeError` | `TypeError` |\n" in capsys.readouterr().out


def test_readme_has_the_table_of_what_was_seen(cross: Cross, capsys: pytest.CaptureFixture[str]) -> None:
    for carrier in CARRIERS:
        for which in ("none", "both"):
            cross(carrier, which)
    assert transports.main(["--check"]) == 0, capsys.readouterr().out
