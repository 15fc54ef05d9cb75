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
from pathlib import Path
from typing import Any, NamedTuple

from tests.fresh import ROOT

from . import sessions
from .ends import ENDS, FOLDER, PORT, SERVER

ENDS_WITH_PACKAGE = ("none", "sender", "receiver", "both")
DEADLINE = 90  # seconds for one interpreter; the slowest takes ten
PATIENCE, SHORT = 30, 5  # seconds, from sending to "hangs"; short where that is what is known to happen

REFUSED, DUPLICATE, OWN = "refused", "duplicate", "own constructor"

IDENTICAL, HANGS, ARGS = "identical", "hangs", "args changed"
PICKLED = ARGS, "`TypeError`"
POOL = ARGS, HANGS
ONLY_ARGS = "args, errno, msg changed"


class Carrier(NamedTuple):
    """A way through other people's software, and what comes out of it."""

    row: str  # in README's table; several carriers share one
    name: str  # module:name
    stock: tuple[str, str]  # what arrives without the package: of a driver's class, and of an own constructor
    own: str = IDENTICAL  # what arrives of an own constructor when the sender has the package
    only_args: bool = False  # all that is sent of an error, so that it is for the receiver to understand them
    traceback: bool = False  # arrives too
    needs: tuple[str, ...] = ()  # distributions
    program: str = ""


CARRIERS = [
    Carrier("`Pool`: `apply_async`, `map`, `imap_unordered`", "standard:apply_async", POOL),
    Carrier("`Pool`: `apply_async`, `map`, `imap_unordered`", "standard:map_", POOL),
    Carrier("`Pool`: `apply_async`, `map`, `imap_unordered`", "standard:imap_unordered", POOL),
    Carrier("`Process` with a `Queue` or `Pipe`", "standard:queue", PICKLED),
    Carrier("`Process` with a `Queue` or `Pipe`", "standard:pipe", PICKLED),
    Carrier("`Manager`", "standard:manager", PICKLED),
    Carrier("`ProcessPoolExecutor`", "standard:executor", (ARGS, "`BrokenProcessPool`")),
    Carrier("`ExceptionGroup`, pickled", "standard:group", PICKLED),
    Carrier("joblib (loky)", "with_joblib:loky", (ARGS, "`BrokenProcessPool`"), needs=("joblib",)),
    Carrier("cloudpickle", "with_cloudpickle:by_reference", PICKLED, needs=("cloudpickle",)),
    Carrier("cloudpickle", "with_cloudpickle:by_value", PICKLED, needs=("cloudpickle",)),
    Carrier("dill", "with_dill:alone", PICKLED, needs=("dill", "multiprocess", "pathos")),
    Carrier("pathos, multiprocess", "with_dill:multiprocess_pool", POOL, needs=("multiprocess", "pathos")),
    Carrier("pathos, multiprocess", "with_dill:pathos_pool", POOL, needs=("multiprocess", "pathos")),
    *(
        Carrier(
            "Celery: results in JSON, YAML, msgpack",
            f"with_celery:{name}",
            (ONLY_ARGS, "`OperationalError`, args changed"),
            own="`Exception`",
            only_args=True,
            needs=("celery", "redis", "PyYAML", "msgpack"),
            program="redis-server",
        )
        for name in ("json", "yaml", "msgpack", "json_after_retry")
    ),
    *(
        Carrier(
            "Celery: results in pickle",
            f"with_celery:{name}",
            (ARGS, "`OperationalError`, args changed"),
            needs=("celery", "redis"),
            program="redis-server",
        )
        for name in ("pickle", "pickle_after_retry")
    ),
    Carrier(
        "taskiq",
        "with_taskiq:results",
        (ONLY_ARGS, "`Exception`"),
        own="`Exception`",
        only_args=True,
        needs=("taskiq", "taskiq-redis"),
        program="redis-server",
    ),
    # tblib, which Dask applies to what is raised, makes up for the stock driver where it knows the class.
    Carrier("Dask, raised", "with_dask:raised", (IDENTICAL, IDENTICAL), traceback=True, needs=("distributed", "tblib")),
    Carrier("Dask, returned", "with_dask:returned", PICKLED, needs=("distributed", "tblib")),
    Carrier("Ray, `.cause`", "with_ray:tasks", (ARGS, "`UnserializableException`"), needs=("ray",)),
    Carrier("SQLAlchemy, `.orig`", "with_sqlalchemy:orig", PICKLED, needs=("SQLAlchemy",)),
    Carrier("Django, `.__cause__`", "with_django:cause", PICKLED, needs=("Django",)),
    Carrier("jsonpickle", "with_jsonpickle:jsonpickled", PICKLED, needs=("jsonpickle",)),
    *(
        Carrier("tblib", f"with_tblib:{name}", (IDENTICAL, IDENTICAL), traceback=True, needs=("tblib",))
        for name in ("before_the_package", "after_the_package")
    ),
    Carrier("tblib, installed before the driver", "with_tblib:before_the_driver", PICKLED, needs=("tblib",)),
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
        return f"{', '.join([name for name in changed if name not in ('str', '_full_msg')] or changed)} changed"


def _fields(facts: dict[str, Any]) -> dict[str, str]:
    attributes = {name: value for name, value in sorted(facts["attributes"].items()) if name != "_values"}
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
    cases = [REFUSED, *([DUPLICATE] if server else []), *([OWN] if which != "receiver" else [])]
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
            patience = SHORT if which == "none" and HANGS in carrier.stock else PATIENCE
            command = [sys.executable, "-m", "tests.carriers", carrier.name, str(patience), *cases]
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
    """Keep what was seen, and with which versions, for README's table."""
    versions = {name: importlib.metadata.version(name) for name in ("mysql-connector-python", *carrier.needs)}
    seen = {
        "verdicts": {case: crossing.verdict() for case, crossing in crossings.items()},
        "versions": {"Python": platform.python_version(), **versions},
    }
    (folder / kept_name(carrier, which)).write_text(json.dumps(seen))


def kept_name(carrier: Carrier, which: str) -> str:
    return f"{carrier.name.replace(':', ' ')} {which}.json"
