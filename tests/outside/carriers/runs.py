"""Which carriers there are, and running one of them."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.shared import VALUES, processes

from .ends import ENDS, FOLDER, PORT, SERVER

ENDS_WITH_PACKAGE = ("neither", "sender", "receiver", "both")
DEADLINE = 90  # seconds for one interpreter; the slowest takes ten
QUIET_RAY = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # with a cluster, on any system, it listens for other machines
}
PATIENCE = 30  # seconds, from sending to "hangs"

REFUSED, DUPLICATE, OWN = "refused", "duplicate", "own constructor"
IDENTICAL, HANGS = "identical", "hangs"


class Carrier(NamedTuple):
    """A way through other people's software. What comes out of it is in the tables of docs/carriers.md."""

    row: str  # in the tables; several carriers share one
    name: str  # module:name
    needs: tuple[str, ...] = ()  # distributions
    program: str = ""
    values: bool = True  # arrive too
    traceback: bool = False  # arrives too


def carriers(row: str, names: str, *needs: str, **options: Any) -> Iterator[Carrier]:
    """Carriers of one module, which are expected to do the same; `names` is "module: name name ..."."""
    module, _, rest = names.partition(": ")
    for name in rest.split():
        yield Carrier(row, f"{module}:{name}", needs, **options)


REDIS = {"program": "redis-server"}
ARGS_ALONE = {"values": False}
CARRIERS = [
    *carriers("`Pool` under `spawn`, `fork` and `forkserver`", "standard: spawn fork forkserver"),
    *carriers("`Pool.map`, `imap_unordered`", "standard: map_ imap_unordered"),
    *carriers("`Process` with a `Queue` or `Pipe`", "standard: queue pipe"),
    *carriers("`Manager`", "standard: manager"),
    *carriers("`ProcessPoolExecutor`", "standard: executor"),
    *carriers("`ExceptionGroup`, pickled", "standard: group"),
    *carriers("joblib (loky)", "pools: joblib", "joblib"),
    *carriers("cloudpickle", "picklers: cloudpickle cloudpickle_by_value", "cloudpickle"),
    *carriers("dill", "picklers: dill", "dill"),
    *carriers("pathos, multiprocess", "pools: multiprocess pathos", "multiprocess", "pathos"),
    *carriers(
        "Celery: results in JSON, YAML, msgpack",
        "with_celery: json yaml msgpack json_after_retry",
        *("celery", "redis", "PyYAML", "msgpack"),
        **REDIS,
        **ARGS_ALONE,
    ),
    *carriers("Celery: results in pickle", "with_celery: pickle pickle_after_retry", "celery", "redis", **REDIS),
    *carriers("taskiq", "with_taskiq: results", "taskiq", "taskiq-redis", **REDIS, **ARGS_ALONE),
    *carriers("oslo.messaging", "wrappers: oslo_messaging", "oslo.messaging", **ARGS_ALONE),
    # Only the driver's constructor reads texts.
    *carriers("the texts of `args`, as nameko sends them", "standard: texts", **ARGS_ALONE),
    # They make the error at the receiver, from `args` and attributes.
    *carriers("Pyro5", "with_pyro: calls", "Pyro5"),
    *carriers("RPyC", "with_rpyc: calls", "rpyc", **ARGS_ALONE),
    # tblib, which Dask applies to what is raised, makes up for the stock driver where it knows the class.
    *carriers("Dask, raised", "pools: dask_raised", "distributed", "tblib", traceback=True),
    *carriers("Dask, returned", "pools: dask_returned", "distributed", "tblib"),
    *carriers("Ray, `.cause`", "pools: ray", "ray"),
    *carriers("SQLAlchemy, `.orig`", "wrappers: sqlalchemy_orig", "SQLAlchemy"),
    *carriers("Django, `.__cause__`", "wrappers: django_cause", "Django"),
    *carriers("jsonpickle", "picklers: jsonpickle", "jsonpickle"),
    *carriers("tblib", "picklers: tblib_before_the_package tblib_after_the_package", "tblib", traceback=True),
    *carriers("tblib, installed before the driver", "picklers: tblib_before_the_driver", "tblib"),
]


class Crossing(NamedTuple):
    """An error as its sender saw it, and what arrived, if anything did."""

    sent: dict[str, Any]
    arrived: dict[str, Any] | None

    def verdict(self) -> str:
        """Say in a few words what became of the error."""
        if self.arrived is None:
            return HANGS
        sent, arrived = _fields(self.sent), _fields(self.arrived)
        changed = [name for name in {**sent, **arrived} if sent.get(name) != arrived.get(name)]
        if self.sent["type"] != self.arrived["type"]:
            name = self.arrived["type"].rpartition(".")[2]
            return f"`{name}`, args changed" if "errno" in arrived and "args" in changed else f"`{name}`"
        if not changed:
            return IDENTICAL
        if changed == ["str"]:
            return "`str()` fails" if arrived["str"] is None else "str changed"
        if not any(name in arrived for name in changed):
            return f"without {', '.join(f'`{name}`' for name in changed)}"
        return f"{', '.join(name for name in changed if name != 'str')} changed"


def _fields(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a user sees: not the values, which do not travel everywhere, nor the driver's text for `str()`."""
    attributes = {
        name: value for name, value in sorted(facts["attributes"].items()) if name not in (VALUES, "_full_msg")
    }
    return {"args": facts["args"], **attributes, "str": facts["str"]}


def run(
    carrier: Carrier, which: str, patience: float = PATIENCE, server: dict[str, Any] | None = None
) -> dict[str, Crossing]:
    """Have `carrier` bring one error after the other, while `which` ends have the package."""
    cases = [REFUSED, *([DUPLICATE] if server else []), OWN]
    command = [sys.executable, "-m", "tests.outside.carriers", carrier.name, str(patience), *cases]
    with (
        tempfile.TemporaryDirectory(prefix="carrier-", ignore_cleanup_errors=True) as folder,
        socket.socket() as nobody_listens,
    ):
        nobody_listens.bind(("127.0.0.1", 0))
        told = {
            ENDS: which,
            FOLDER: folder,
            PORT: str(nobody_listens.getsockname()[1]),
            SERVER: json.dumps(server),
            **dict.fromkeys(["HOME", "TMPDIR"], folder),
            **QUIET_RAY,
        }
        processes.succeed(*command, timeout=DEADLINE, environment=os.environ | told)
        seen = json.loads(Path(folder, "answer.json").read_text())
    return {case: Crossing(*crossing) for case, crossing in seen.items()}
