"""What users do with the errors they get from a worker."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import mysql.connector
import pytest

from tests.outside.servers.server_address import Server
from tests.outside.servers.server_errors import PURE, Scene
from tests.outside.servers.server_program import WAYS
from tests.outside.servers.server_retries import LOOPS
from tests.shared import fresh

TIMEOUT = 30

pytestmark = pytest.mark.needs_package


def run_program(server: Server, tmp_path: Path, how: str) -> Any:
    address = tmp_path / "address"
    address.write_bytes(pickle.dumps(server))
    script = "from tests.outside.servers import server_retries; server_retries.main()"
    return json.loads(fresh.run(script, str(address), PURE, how))


def test_every_loop_retries_after_a_deadlock(server: Server, tmp_path: Path) -> None:
    ended = run_program(server, tmp_path, "with")
    assert ended == {way: dict.fromkeys(LOOPS, "done at attempt 2") for way in WAYS}


def test_without_the_package_the_loop_that_reads_args_gives_up(server: Server, tmp_path: Path) -> None:
    ended = run_program(server, tmp_path, "without")
    for way in WAYS:
        assert ended[way].pop("args").startswith("gave up: 1213 (40001): Deadlock found"), way
        assert ended[way] == dict.fromkeys(LOOPS.keys() - {"args"}, "done at attempt 2"), way


def signal_from(server: Server, number: int) -> None:
    """Have the server raise an error that differs with `number` in everything."""
    client_error = 2000 + number if number % 4 == 0 else 5000 + number
    statement = f"SIGNAL SQLSTATE '{20 + number % 26}{number:03}' SET MYSQL_ERRNO = {client_error}"
    with Scene(server, PURE) as scene:
        scene.connect().run(f"{statement}, MESSAGE_TEXT = 'error №{number}'")


def processes() -> set[int | None]:
    return {process.pid for process in multiprocessing.active_children()}


def test_a_pool_goes_on_after_a_hundred_different_errors(server: Server) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        workers = processes()
        results = [pool.apply_async(signal_from, (server, number)) for number in range(100)]
        arrived = []
        for number, result in enumerate(results):
            with pytest.raises(mysql.connector.Error, match=f"error №{number}$") as caught:
                result.get(TIMEOUT)
            arrived.append(caught.value)
        assert len({error.args for error in arrived}) == len({error.errno for error in arrived}) == 100
        assert len({type(error) for error in arrived}) >= 5
        for error in arrived:
            assert error.args == (error.errno, f"{error.errno} ({error.sqlstate}): {error.msg}", error.sqlstate)
        assert pool.map_async(abs, [-1, -2, -3]).get(TIMEOUT) == [1, 2, 3]
        assert processes() == workers, "none has been replaced"
