"""Errors in other people's software: real libraries, real processes, and the stock driver as a control.

`python -m tests.outside.transports` writes the table of docs/carriers.md from what these tests last saw.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.outside import transports
from tests.outside.carriers import runs
from tests.outside.carriers.runs import (
    CARRIERS,
    DUPLICATE,
    ENDS_WITH_PACKAGE,
    IDENTICAL,
    OWN,
    REFUSED,
    Carrier,
    Crossing,
)
from tests.outside.servers.server import skip_without
from tests.outside.servers.server_address import Server
from tests.shared import VALUES

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
    """Return a function that runs a carrier, once for all tests, and keeps the result for the table."""
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


@pytest.mark.parametrize("which", ENDS_WITH_PACKAGE)
@every_carrier
def test_what_arrives_by_which_ends_have_the_package(carrier: Carrier, which: str, cross: Cross) -> None:
    crossings = cross(carrier, which)
    assert (crossings[REFUSED].verdict(), crossings[OWN].verdict()) == getattr(carrier, which)
    for sent, arrived in crossings.values():
        assert sent["has_package"] == (which in ("sender", "both"))
        if arrived:
            assert arrived["has_package"] == (which in ("receiver", "both"))


@every_carrier
def test_values_arrive_with_the_package_at_both_ends(carrier: Carrier, cross: Cross) -> None:
    sent, arrived = cross(carrier, "both")[REFUSED]
    assert arrived
    assert sent["attributes"][VALUES]
    assert arrived["attributes"].get(VALUES) == (sent["attributes"][VALUES] if carrier.values else None)


@every_carrier
def test_an_error_of_a_real_server(carrier: Carrier, cross: Cross, server: Server) -> None:
    for which in ENDS_WITH_PACKAGE:
        crossing = cross(carrier, which)[DUPLICATE]
        # This one has a sqlstate to lose.
        assert crossing.verdict() == getattr(carrier, which)[0].replace("msg changed", "msg, sqlstate changed")
        assert crossing.sent["type"] == "mysql.connector.errors.IntegrityError"
        assert crossing.sent["attributes"]["sqlstate"] == "'23000'"


@pytest.mark.parametrize("which", ENDS_WITH_PACKAGE)
@pytest.mark.parametrize(
    "carrier", [carrier for carrier in CARRIERS if carrier.traceback], ids=lambda carrier: carrier.name
)
def test_a_traceback_travels_with_the_error(carrier: Carrier, which: str, cross: Cross) -> None:
    for sent, arrived in cross(carrier, which).values():
        assert arrived
        functions = sent["functions"]
        assert functions[0] == "fail"
        assert arrived["functions"][-len(functions) :] == functions


def test_the_tables_are_made_of_what_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def keep(own: str) -> None:
        for carrier in CARRIERS:
            for which in ENDS_WITH_PACKAGE:
                verdicts = getattr(carrier, which) if which != "both" else (IDENTICAL, own)
                seen = {"verdicts": dict(zip((REFUSED, OWN), verdicts, strict=True)), "versions": {"Python": own}}
                (tmp_path / transports.SEEN / runs.kept_name(carrier, which)).write_text(json.dumps(seen))

    def table(*arguments: str) -> int:
        return transports.main(arguments, tmp_path)

    page = tmp_path / transports.PAGE
    page.parent.mkdir()
    page.write_text("before\nafter\n")
    (tmp_path / transports.SEEN).mkdir(parents=True)
    assert table() == 2
    assert "was not tested" in capsys.readouterr().err
    keep(IDENTICAL)
    assert table() == 2
    assert "carriers.md has no place for the table" in capsys.readouterr().err
    page.write_text(f"before\n{transports.BEGIN}{transports.END}after\n")
    assert table("--check") == 1
    assert table() == 0
    assert table("--check") == 0
    before, _, rest = page.read_text().partition(transports.BEGIN)
    written, _, after = rest.partition(transports.END)
    assert (before, after) == ("before\n", "after\n")
    assert "| `Manager` | args changed | identical | identical |\n" in written, "the driver's class"
    assert "| `Manager` | `TypeError` | identical | identical |\n" in written, "own constructor"
    assert "| RPyC | `str()` fails | `str()` fails |\n" in written, "only the sender"
    assert "| `Manager` | identical | identical |\n" not in written, "the same as with both"
    assert written.endswith("\n\nSeen with Python identical.\n")
    page.write_text(page.read_text().replace("Python identical", "another Python"))
    assert table("--check") == 0
    keep("`TypeError`")
    capsys.readouterr()
    assert table("--check") == 1
    assert "| `TypeError` | identical | `TypeError` |\n" in capsys.readouterr().out


def test_the_page_has_the_tables_of_what_was_seen(cross: Cross, capsys: pytest.CaptureFixture[str]) -> None:
    for carrier in CARRIERS:
        for which in ENDS_WITH_PACKAGE:
            cross(carrier, which)
    assert transports.main(["--check"]) == 0, capsys.readouterr().out
