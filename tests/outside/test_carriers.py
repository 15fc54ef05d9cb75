"""Errors in other people's software: real libraries, real processes, and the stock driver as a control.

docs/carriers.md says in tables what comes out, and transports.py reads them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from tests.outside import transports
from tests.outside.carriers import runs
from tests.outside.carriers.runs import CARRIERS, DUPLICATE, ENDS_WITH_PACKAGE, HANGS, OWN, REFUSED, Carrier, Crossing
from tests.outside.servers.server import Server
from tests.shared import VALUES
from tests.shared.needs import need

pytestmark = [pytest.mark.needs_package, pytest.mark.timeout(300)]

SAID = transports.read()
SHORT = 2  # seconds of patience, where the page says that it hangs

Cross = Callable[[Carrier, str], dict[str, Crossing]]

every_carrier = pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.name)


@pytest.fixture(scope="module")
def cross(request: pytest.FixtureRequest) -> Cross:
    """Return a function that runs a carrier, once for all tests."""
    try:
        server = request.getfixturevalue("server").arguments()
    except pytest.skip.Exception:
        server = None  # what needs none is tested all the same

    @functools.cache
    def cross(carrier: Carrier, which: str) -> dict[str, Crossing]:
        need(*carrier.needs, program=carrier.program)
        hangs = HANGS in (SAID[carrier.row][which, REFUSED], SAID[carrier.row][which, OWN])
        return runs.run(carrier, which, SHORT if hangs else runs.PATIENCE, server)

    return cross


@pytest.mark.parametrize("which", ENDS_WITH_PACKAGE)
@every_carrier
def test_what_arrives_by_which_ends_have_the_package(carrier: Carrier, which: str, cross: Cross) -> None:
    crossings = cross(carrier, which)
    for case in REFUSED, OWN:
        assert crossings[case].verdict() == SAID[carrier.row][which, case]
    for sent, arrived in crossings.values():
        assert sent["has_package"] == (which in ("sender", "both"))
        if arrived:
            assert arrived["has_package"] == (which in ("receiver", "both"))
        if carrier.traceback:
            assert arrived
            assert sent["functions"][0] == "fail"
            assert arrived["functions"][-len(sent["functions"]) :] == sent["functions"]


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
        assert crossing.verdict() == SAID[carrier.row][which, REFUSED].replace("msg changed", "msg, sqlstate changed")
        assert crossing.sent["type"] == "mysql.connector.errors.IntegrityError"
        assert crossing.sent["attributes"]["sqlstate"] == "'23000'"


def test_the_page_is_about_these_carriers_and_no_others() -> None:
    assert list(SAID) == list(dict.fromkeys(carrier.row for carrier in CARRIERS))
    _, written, _ = transports.split()
    assert written.rpartition(transports.SEEN_WITH)[0] == transports.tables(SAID)
