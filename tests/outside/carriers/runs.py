"""Which carriers there are, what is known to come out of each, and running one of them."""

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
PATIENCE, SHORT = 30, 5  # seconds, from sending to "hangs"; short where that is what is known to happen

REFUSED, DUPLICATE, OWN = "refused", "duplicate", "own constructor"

Verdicts = tuple[str, str]  # of an error of the driver's, and of a class with a constructor of its own

IDENTICAL, HANGS, ARGS = "identical", "hangs", "args changed"
ONLY_ARGS = "args, errno, msg changed"
WITHOUT_OWN = "without `attempt`, `table`"
WHOLE = IDENTICAL, IDENTICAL
PYRO = ARGS, "`TypeError`"
# The worker tries whether an error can be pickled, and sends a base class of it if not.
CELERY = "`OperationalError`, args changed"
NO_STR = "`str()` fails", "`str()` fails"


class Carrier(NamedTuple):
    """A way through other people's software, and what comes out of it, by which ends have the package."""

    row: str  # in the table; several carriers share one
    name: str  # module:name
    neither: Verdicts
    sender: Verdicts = WHOLE
    receiver: Verdicts = WHOLE
    both: Verdicts = WHOLE
    values: bool = True  # arrive too
    traceback: bool = False  # arrives too
    needs: tuple[str, ...] = ()  # distributions
    program: str = ""


def pickles(row: str, *names: str, own: str = "`TypeError`", **options: Any) -> Iterator[Carrier]:
    """Carriers that rebuild an error with `cls(*args)` and then set its attributes; the stock driver fails at `own`."""
    for name in names:
        yield Carrier(row, name, (ARGS, own), **options)


def args(
    row: str,
    *names: str,
    own: str,
    sender: str = "",
    receiver: str = WITHOUT_OWN,
    both: str = WITHOUT_OWN,
    **options: Any,
) -> Iterator[Carrier]:
    """Carriers that send nothing but `args`, so that it is for the receiver to understand them."""
    verdicts = (ONLY_ARGS, own), (ONLY_ARGS, sender or own), (IDENTICAL, receiver), (IDENTICAL, both)
    for name in names:
        yield Carrier(row, name, *verdicts, values=False, **options)


CARRIERS = [
    *pickles(
        "`Pool` under `spawn`, `fork` and `forkserver`",
        *(f"standard:{method}" for method in ("spawn", "fork", "forkserver")),
        own=HANGS,
    ),
    *pickles("`Pool.map`, `imap_unordered`", "standard:map_", "standard:imap_unordered", own=HANGS),
    *pickles("`Process` with a `Queue` or `Pipe`", "standard:queue", "standard:pipe"),
    *pickles("`Manager`", "standard:manager"),
    *pickles("`ProcessPoolExecutor`", "standard:executor", own="`BrokenProcessPool`"),
    *pickles("`ExceptionGroup`, pickled", "standard:group"),
    *pickles("joblib (loky)", "pools:joblib", own="`BrokenProcessPool`", needs=("joblib",)),
    *pickles("cloudpickle", "picklers:cloudpickle", "picklers:cloudpickle_by_value", needs=("cloudpickle",)),
    *pickles("dill", "picklers:dill", needs=("dill",)),
    *pickles(
        "pathos, multiprocess",
        "pools:multiprocess",
        "pools:pathos",
        own=HANGS,
        needs=("multiprocess", "pathos"),
    ),
    *args(
        "Celery: results in JSON, YAML, msgpack",
        *(f"with_celery:{name}" for name in ("json", "yaml", "msgpack", "json_after_retry")),
        own=CELERY,
        sender="`Exception`",
        receiver=CELERY,
        needs=("celery", "redis", "PyYAML", "msgpack"),
        program="redis-server",
    ),
    *pickles(
        "Celery: results in pickle",
        "with_celery:pickle",
        "with_celery:pickle_after_retry",
        own=CELERY,
        receiver=(IDENTICAL, CELERY),
        needs=("celery", "redis"),
        program="redis-server",
    ),
    *args(
        "taskiq",
        "with_taskiq:results",
        own="`Exception`",
        needs=("taskiq", "taskiq-redis"),
        program="redis-server",
    ),
    *args(
        "oslo.messaging",
        "wrappers:oslo_messaging",
        own="`RemoteError`",
        needs=("oslo.messaging",),
    ),
    # Only the driver's constructor reads texts.
    *args(
        "the texts of `args`, as nameko sends them",
        "standard:texts",
        own="`TypeError`",
        receiver="`TypeError`",
        both="`TypeError`",
    ),
    # They make the error at the receiver, from `args` and attributes.
    Carrier("Pyro5", "with_pyro:calls", PYRO, PYRO, needs=("Pyro5",)),
    Carrier("RPyC", "with_rpyc:calls", NO_STR, NO_STR, values=False, needs=("rpyc",)),
    # tblib, which Dask applies to what is raised, makes up for the stock driver where it knows the class.
    Carrier("Dask, raised", "pools:dask_raised", WHOLE, traceback=True, needs=("distributed", "tblib")),
    *pickles("Dask, returned", "pools:dask_returned", needs=("distributed", "tblib")),
    *pickles("Ray, `.cause`", "pools:ray", own="`UnserializableException`", needs=("ray",)),
    *pickles("SQLAlchemy, `.orig`", "wrappers:sqlalchemy_orig", needs=("SQLAlchemy",)),
    *pickles("Django, `.__cause__`", "wrappers:django_cause", needs=("Django",)),
    *pickles("jsonpickle", "picklers:jsonpickle", needs=("jsonpickle",)),
    *(
        Carrier("tblib", f"picklers:{name}", WHOLE, traceback=True, needs=("tblib",))
        for name in ("tblib_before_the_package", "tblib_after_the_package")
    ),
    *pickles("tblib, installed before the driver", "picklers:tblib_before_the_driver", needs=("tblib",)),
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


def run(carrier: Carrier, which: str, server: dict[str, Any] | None = None) -> dict[str, Crossing]:
    """Have `carrier` bring one error after the other, while `which` ends have the package."""
    cases = [REFUSED, *([DUPLICATE] if server else []), OWN]
    patience = SHORT if HANGS in getattr(carrier, which) else PATIENCE
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
