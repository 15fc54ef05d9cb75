"""What the table in docs/guides/queues.md says of task queues that carry an error as texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared.fresh import run
from tests.shared.needs import need

pytestmark = pytest.mark.needs_package

# The tasks' worker is the same process here: what is carried is what matters.
START = """
import logging, sys, warnings
from pathlib import Path
logging.disable()
warnings.simplefilter("ignore")  # of others' libraries
import mysql_errors_compat
from tests.shared import servers
from tests.shared.app_errors import KeywordOnly

def ship(table):
    raise KeywordOnly(table=table, attempt=7)

def returned(table):
    return KeywordOnly(table=table, attempt=7)

def tell(error):
    print(type(error).__name__, vars(error).get("attempt"), error.args)
"""

DRAMATIQ = """
import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.results import ResultFailure, Results
from dramatiq.results.backends import StubBackend

broker = StubBroker()
broker.add_middleware(Results(backend=StubBackend()))
dramatiq.set_broker(broker)
ship = dramatiq.actor(ship, broker=broker, store_results=True, max_retries=0)
worker = dramatiq.Worker(broker, worker_timeout=100)
worker.start()
try:
    ship.send("orders").get_result(block=True, timeout=30_000)
except ResultFailure as failure:
    print(failure.orig_exc_type, failure.orig_exc_msg)
worker.stop()
"""

HUEY = """
from huey import MemoryHuey
from huey.exceptions import TaskException

huey = MemoryHuey(immediate=True)
try:
    huey.task()(ship)("orders").get()
except TaskException as error:
    print(error.metadata["error"])
tell(huey.task()(returned)("orders").get())
"""

# A job's function is found by the name of its module.
RQ = """
import types
from redis import Redis
from rq import Queue, SimpleWorker

jobs = sys.modules["jobs"] = types.ModuleType("jobs")
jobs.ship, jobs.returned = ship, returned
path = Path(sys.argv[1], "redis")
with servers.redis(path):
    queue = Queue(connection=Redis(unix_socket_path=str(path)))
    raised, given = queue.enqueue("jobs.ship", "orders"), queue.enqueue("jobs.returned", "orders")
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    print(raised.latest_result().exc_string.splitlines()[-1])
    tell(given.return_value(refresh=True))
"""

TEXT = "1213 (40001): orders failed"
WHOLE = f"KeywordOnly 7 (1213, '{TEXT}', '40001')"


@pytest.mark.parametrize(
    ("library", "script", "said"),
    [
        ("dramatiq", DRAMATIQ, [f"KeywordOnly {TEXT}"]),
        ("huey", HUEY, [f"KeywordOnly(1213, '{TEXT}', '40001')", WHOLE]),
        ("rq", RQ, [f"tests.shared.app_errors.KeywordOnly: {TEXT}", WHOLE]),
    ],
)
def test_what_the_caller_gets(library: str, script: str, said: list[str], tmp_path: Path) -> None:
    need(library, program="redis-server" if library == "rq" else "")
    assert run(START + script, str(tmp_path)).splitlines() == said
