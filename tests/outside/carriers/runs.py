"""Which carriers there are, what is known to come out of each, and running one of them."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.shared import VALUES
from tests.shared.fresh import ROOT

from . import sessions
from .ends import ENDS, FOLDER, PORT, SERVER

ENDS_WITH_PACKAGE = ("neither", "sender", "receiver", "both")
DEADLINE = 90  # seconds for one interpreter; the slowest takes ten
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
    row: str, *names: str, own: str, sender: str = "", receiver: str = WITHOUT_OWN, **options: Any
) -> Iterator[Carrier]:
    """Carriers that send nothing but `args`, so that it is for the receiver to understand them."""
    verdicts = (ONLY_ARGS, own), (ONLY_ARGS, sender or own), (IDENTICAL, receiver), (IDENTICAL, WITHOUT_OWN)
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
    *pickles("joblib (loky)", "with_joblib:loky", own="`BrokenProcessPool`", needs=("joblib",)),
    *pickles("cloudpickle", "with_cloudpickle:by_reference", "with_cloudpickle:by_value", needs=("cloudpickle",)),
    *pickles("dill", "with_dill:alone", needs=("dill", "multiprocess", "pathos")),
    *pickles(
        "pathos, multiprocess",
        "with_dill:multiprocess_pool",
        "with_dill:pathos_pool",
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
        "with_oslo_messaging:replies",
        own="`RemoteError`",
        needs=("oslo.messaging",),
    ),
    *args("the texts of `args`, as nameko sends them", "standard:texts", own="`TypeError`"),
    # They make the error at the receiver, from `args` and attributes.
    Carrier("Pyro5", "with_pyro:calls", PYRO, PYRO, needs=("Pyro5",)),
    Carrier("RPyC", "with_rpyc:calls", NO_STR, NO_STR, values=False, needs=("rpyc",)),
    # tblib, which Dask applies to what is raised, makes up for the stock driver where it knows the class.
    Carrier("Dask, raised", "with_dask:raised", WHOLE, traceback=True, needs=("distributed", "tblib")),
    *pickles("Dask, returned", "with_dask:returned", needs=("distributed", "tblib")),
    *pickles("Ray, `.cause`", "with_ray:tasks", own="`UnserializableException`", needs=("ray",)),
    *pickles("SQLAlchemy, `.orig`", "with_sqlalchemy:orig", needs=("SQLAlchemy",)),
    *pickles("Django, `.__cause__`", "with_django:cause", needs=("Django",)),
    *pickles("jsonpickle", "with_jsonpickle:jsonpickled", needs=("jsonpickle",)),
    *(
        Carrier("tblib", f"with_tblib:{name}", WHOLE, traceback=True, needs=("tblib",))
        for name in ("before_the_package", "after_the_package")
    ),
    *pickles("tblib, installed before the driver", "with_tblib:before_the_driver", needs=("tblib",)),
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


def missing(carrier: Carrier) -> str | None:
    """Return how to get what this machine lacks for `carrier`."""
    for name in carrier.needs:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return f"`pip install {name}` brings what this needs, where there is a build for this Python"
    if carrier.program and not shutil.which(carrier.program):
        return f"`apt-get install {carrier.program}` brings what this needs"
    return None


def run(carrier: Carrier, which: str, server: dict[str, Any] | None) -> dict[str, Crossing]:
    """Have `carrier` bring one error after the other, while `which` ends have the package."""
    cases = [REFUSED, *([DUPLICATE] if server else []), OWN]
    path = Path(tempfile.mkdtemp(prefix="carrier-"))
    try:
        with socket.socket() as nobody_listens:
            nobody_listens.bind(("127.0.0.1", 0))
            told = {
                ENDS: which,
                FOLDER: str(path),
                PORT: str(nobody_listens.getsockname()[1]),
                SERVER: json.dumps(server),
            }
            patience = SHORT if HANGS in getattr(carrier, which) else PATIENCE
            command = [sys.executable, "-m", "tests.outside.carriers", carrier.name, str(patience), *cases]
            _run(command, _environment(path) | told, path / "log")
            seen = json.loads((path / "answer.json").read_text())
            return {case: Crossing(*crossing) for case, crossing in seen.items()}
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _environment(path: Path) -> dict[str, str]:
    """Return an environment that keeps whatever is written in `path`, and whoever listens on loopback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MYSQL_ERRORS_COMPAT_")}
    return kept | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "HOME": str(path),
        "TMPDIR": str(path),
        "RAY_AUTH_MODE": "disabled",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # with a cluster, on any system, it listens for other machines
    }


def _run(command: list[str], environment: dict[str, str], log: Path) -> None:
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        process.wait(timeout=DEADLINE)
    finally:
        process.kill()
        sessions.end(process.pid)
        process.wait()
    assert process.returncode == 0, log.read_text(errors="replace")[-10_000:]


def keep(folder: Path, carrier: Carrier, which: str, crossings: dict[str, Crossing]) -> None:
    """Keep what was seen, and with which versions, for the table."""
    versions = {name: importlib.metadata.version(name) for name in ("mysql-connector-python", *carrier.needs)}
    seen = {
        "verdicts": {case: crossing.verdict() for case, crossing in crossings.items()},
        "versions": {"Python": platform.python_version(), **versions},
    }
    (folder / kept_name(carrier, which)).write_text(json.dumps(seen))


def kept_name(carrier: Carrier, which: str) -> str:
    return f"{carrier.name.replace(':', ' ')} {which}.json"
