"""What the table in docs/guides/queues.md says of task queues that carry an error as texts."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.outside.needs import skip_without
from tests.shared.fresh import run

pytestmark = pytest.mark.needs_package

# Imported by the tasks' worker too, which is the same process here: what is carried is what matters.
ORDERS = """
import mysql.connector
import mysql_errors_compat

class OrderFailed(mysql.connector.Error):
    def __init__(self, *, order_id):
        super().__init__("order failed", 1213, sqlstate="40001")
        self.order_id = order_id

def ship(order_id):
    raise OrderFailed(order_id=order_id)

def returned(order_id):
    return OrderFailed(order_id=order_id)
"""

START = """
import logging, sys, warnings
logging.disable()
warnings.simplefilter("ignore")  # of others' libraries
sys.path.insert(0, sys.argv[1])
import orders

def tell(error):
    print(type(error).__name__, vars(error).get("order_id"), error.args)
"""

DRAMATIQ = """
import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.results import ResultFailure, Results
from dramatiq.results.backends import StubBackend

broker = StubBroker()
broker.add_middleware(Results(backend=StubBackend()))
dramatiq.set_broker(broker)
ship = dramatiq.actor(orders.ship, broker=broker, store_results=True, max_retries=0)
worker = dramatiq.Worker(broker, worker_timeout=100)
worker.start()
try:
    ship.send(7).get_result(block=True, timeout=30_000)
except ResultFailure as failure:
    print(failure.orig_exc_type, failure.orig_exc_msg)
worker.stop()
"""

HUEY = """
from huey import MemoryHuey
from huey.exceptions import TaskException

huey = MemoryHuey(immediate=True)
try:
    huey.task()(orders.ship)(7).get()
except TaskException as error:
    print(error.metadata["error"])
tell(huey.task()(orders.returned)(7).get())
"""

RQ = """
import subprocess, time
from pathlib import Path
from redis import Redis
from rq import Queue, SimpleWorker

socket = Path(sys.argv[1], "redis")
server = subprocess.Popen(
    ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", sys.argv[1], "--save", ""],
    stdout=subprocess.DEVNULL,
)
try:
    while not socket.exists():
        time.sleep(0.02)
    queue = Queue(connection=Redis(unix_socket_path=str(socket)))
    raised, returned = queue.enqueue(orders.ship, 7), queue.enqueue(orders.returned, 7)
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    print(raised.latest_result().exc_string.splitlines()[-1])
    tell(returned.return_value(refresh=True))
finally:
    server.kill()
    server.wait()
"""

WHOLE = "OrderFailed 7 (1213, '1213 (40001): order failed', '40001')"


@pytest.mark.parametrize(
    ("library", "script", "said"),
    [
        ("dramatiq", DRAMATIQ, ["OrderFailed 1213 (40001): order failed"]),
        ("huey", HUEY, ["OrderFailed(1213, '1213 (40001): order failed', '40001')", WHOLE]),
        ("rq", RQ, ["orders.OrderFailed: 1213 (40001): order failed", WHOLE]),
    ],
    ids=["Dramatiq", "Huey", "RQ"],
)
def test_what_the_caller_gets(library: str, script: str, said: list[str], tmp_path: Path) -> None:
    if not importlib.util.find_spec(library):
        skip_without(f"`pip install {library}` brings what this needs, where there is a build for this Python")
    if library == "rq" and not shutil.which("redis-server"):
        skip_without("`apt-get install redis-server` brings what this needs")
    (tmp_path / "orders.py").write_text(ORDERS)
    assert run(START + script, str(tmp_path)).splitlines() == said
