"""Real errors of a real server, as they leave a worker and as they arrive."""

from __future__ import annotations

import ast
import json
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mysql.connector
import pytest

from tests.outside.servers.server import Server
from tests.outside.servers.server_errors import CASES, FLAVOURS, cases
from tests.shared import fresh
from tests.shared.needs import skip_without

pytestmark = pytest.mark.needs_package

Found = Callable[[str, str, str], tuple[dict[str, Any], dict[str, Any]]]

EVERY_ERROR = [(flavour, case) for flavour in FLAVOURS for case in cases(flavour)]


@pytest.fixture(scope="module")
def found(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Return a function that tells what left and what arrived; all the programs run at once."""
    path = tmp_path_factory.mktemp("server") / "address"
    path.write_bytes(pickle.dumps(server))
    script = "from tests.outside.servers import server_errors; server_errors.main()"
    with ThreadPoolExecutor() as executor:
        programs = {
            (flavour, how): executor.submit(fresh.run, script, str(path), flavour, how, timeout=100)
            for flavour in FLAVOURS
            for how in ("with", "without")
        }

        def found(flavour: str, how: str, case: str) -> Any:
            answer = json.loads(programs[flavour, how].result())
            if isinstance(answer, str):
                skip_without(answer)
            left, arrived = answer[case]
            assert left["has_package"] == arrived["has_package"] == (how == "with")
            return left, arrived

        yield found


def test_no_kind_of_connection_is_left_out_of_these_tests() -> None:
    if mysql.connector.__version_info__ < (9,):
        return  # without asyncio, and the oldest without an extension
    missing = [flavour for flavour in FLAVOURS if not cases(flavour)]
    if missing:
        skip_without(f"the driver has come without {missing}: its wheels have all, its source distribution has not")


@pytest.mark.parametrize(("flavour", "case"), EVERY_ERROR)
def test_an_error_arrives_as_the_worker_saw_it(found: Found, flavour: str, case: str) -> None:
    left, arrived = found(flavour, "with", case)
    assert arrived | {"functions": left["functions"]} == left
    assert int(left["attributes"]["errno"]) in CASES[case][0]
    assert ast.literal_eval(left["args"])[0] == int(left["attributes"]["errno"])


@pytest.mark.parametrize(("flavour", "case"), EVERY_ERROR)
def test_without_the_package_it_arrives_changed(found: Found, flavour: str, case: str) -> None:
    left, arrived = found(flavour, "without", case)
    assert arrived["args"] != left["args"]
    assert int(left["attributes"]["errno"]) in CASES[case][0]
