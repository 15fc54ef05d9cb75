"""Real errors of a real server, as they leave a worker and as they arrive."""

from __future__ import annotations

import ast
import json
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mysql.connector
import pytest

from tests.outside.servers.server import NO_SERVER, skip_without
from tests.outside.servers.server_address import Server
from tests.outside.servers.server_errors import CASES, FLAVOURS, cases
from tests.outside.servers.server_keeper import is_installed
from tests.outside.servers.server_program import WAYS, Facts
from tests.shared import fresh

pytestmark = pytest.mark.needs_package

Found = Callable[[str, str], dict[str, dict[str, tuple[Facts, Facts]]]]

EVERY_ERROR = [(flavour, case) for flavour in FLAVOURS for case in cases(flavour)]


@pytest.fixture(scope="module")
def found(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Return a function that tells what left and what arrived, by way and case; all the programs run at once."""
    path = tmp_path_factory.mktemp("server") / "address"
    path.write_bytes(pickle.dumps(server))
    script = "from tests.outside.servers import server_program; server_program.main()"
    with ThreadPoolExecutor() as executor:
        programs = {
            (flavour, how): executor.submit(fresh.run, script, str(path), flavour, how, timeout=100)
            for flavour in FLAVOURS
            for how in ("with", "without")
        }

        def found(flavour: str, how: str) -> Any:
            answer = json.loads(programs[flavour, how].result())
            if isinstance(answer, str):
                skip_without(answer)
            return answer

        yield found


def test_no_kind_of_connection_is_left_out_of_these_tests() -> None:
    if mysql.connector.__version_info__ < (9,):
        return  # without asyncio, and the oldest without an extension
    missing = [flavour for flavour in FLAVOURS if not cases(flavour)]
    if missing:
        skip_without(f"the driver has come without {missing}: its wheels have all, its source distribution has not")


@pytest.mark.parametrize(("flavour", "case"), EVERY_ERROR)
def test_an_error_arrives_as_the_worker_saw_it(found: Found, flavour: str, case: str) -> None:
    for way in WAYS:
        left, arrived = found(flavour, "with")[way][case]
        assert arrived == left, way
        assert int(left["errno"]) in CASES[case][0]
        assert ast.literal_eval(left["args"])[0] == int(left["errno"])


@pytest.mark.parametrize(("flavour", "case"), EVERY_ERROR)
def test_without_the_package_it_arrives_changed(found: Found, flavour: str, case: str) -> None:
    for way in WAYS:
        left, arrived = found(flavour, "without")[way][case]
        assert arrived["args"] != left["args"], way
        assert int(left["errno"]) in CASES[case][0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_server_does_not_outlive_a_run_that_is_ended(number: signal.Signals) -> None:
    if not is_installed():
        skip_without(NO_SERVER)
    script = """
import sys
from tests.outside.servers.server import started
with started() as server:
    print(server.port, server.unix_socket, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=fresh.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        try:
            assert run.stdout
            port, path = run.stdout.readline().split()
            assert Path(path).is_socket()
            run.send_signal(number)
            run.wait(30)
        finally:
            run.kill()
    deadline = time.monotonic() + 30
    while Path(path).parent.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=5)
