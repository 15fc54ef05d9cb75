"""The driver alone against the package, with classes that are written from numbers.

`python -m tests.shared.generated --seeds 0:100` prints in JSON what arrives of each application's error, each way it is
sent, with the driver as it is: nothing here imports the package, but with `--with-package`. `--source` prints what they
are instead. `both` has both, each from an interpreter of its own, and `worse` compares them.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import copy
import functools
import json
import math
import os
import pickle
import resource
import signal
import sys
import types
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.shared import VALUES, applications, fresh
from tests.shared.facts import members

Survey = dict[str, dict[str, Any]]

_SCALARS = (str, bytes, int, float, bool, type(None))
_NAME = "tests.generated_application"

# What is worse by design, and why. There is nothing else.
ALLOWED = {
    "slot": "a slot that cannot be pickled, or copied deeply, is said; the driver alone sends none, and says nothing",
    "getstate": "what an own __getstate__ leaves out stays behind; the driver alone does not ask it",
    "stock sender": "a slot that the constructor sets: it does not run again, and the driver alone sends no slots",
    "stock receiver": "it sees where the values are kept that the driver drops, and MemoryError.__new__ refuses",
}


def application(plan: applications.Plan) -> Any:
    """Return the module of the application, imported under a name that is the same in every interpreter."""
    module = types.ModuleType(_NAME)
    sys.modules[_NAME] = module
    exec(compile(applications.source(plan), _NAME, "exec"), vars(module))
    return module


def look(error: BaseException, seen: tuple[Any, ...] = ()) -> dict[str, str]:
    """Return what there is to see in an error, its attributes in __dict__ and elsewhere, as texts."""
    try:
        text = str(error)
    except Exception as problem:
        text = f"raises {type(problem).__name__}"
    found = {"type": type(error).__qualname__, "args": show(_args(error), seen), "str()": text}
    for name in ("msg", "errno", "sqlstate", "text", "code"):
        try:
            found[f".{name}"] = show(getattr(error, name), seen)
        except Exception as problem:
            found[f".{name}"] = f"raises {type(problem).__name__}"
    vars(error).pop("text", None)  # which functools.cached_property has put there
    attributes = {name: value for name, value in vars(error).items() if not (seen and name == VALUES)}
    found.update((f"attribute {name}", show(value, seen)) for name, value in attributes.items())
    found.update((f"slot {name}", show(value, seen)) for name, value in members(error))
    return found


def show(value: Any, seen: tuple[Any, ...] = ()) -> str:
    """Return the value as a text that is the same for equal values and no others."""
    cls = type(value)
    if cls in _SCALARS:
        return repr(value)
    for depth, one in enumerate(seen):
        if one is value:
            return f"<{depth}>"
    if len(seen) == 5:
        return f"{cls.__name__}, deep down"
    seen = (*seen, value)
    if isinstance(value, (str, int)):
        plain: Any = str if isinstance(value, str) else int
        return f"{cls.__name__} {plain.__repr__(value)}"
    if cls in (list, tuple):
        return f"{cls.__name__}[{', '.join(show(one, seen) for one in value)}]"
    if cls is dict:
        return f"{{{', '.join(f'{key!r}: {show(one, seen)}' for key, one in sorted(value.items(), key=str))}}}"
    if isinstance(value, BaseException):
        return f"{cls.__name__}({'; '.join(f'{fact} = {text}' for fact, text in sorted(look(value, seen).items()))})"
    if isinstance(value, (type, types.FunctionType)):
        return f"{value.__qualname__} itself"
    return f"{cls.__name__} {show({**dict(members(value)), **getattr(value, '__dict__', {})}, seen)}"


def _args(error: BaseException) -> Any:
    return vars(BaseException)["args"].__get__(error)


Send = Callable[[Any], Any]


def ways() -> dict[str, tuple[Send, Send]]:
    """Return how to send an error and how to receive it, by name."""
    python: Any = pickle
    found: dict[str, tuple[Send, Send]] = {}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        found[f"pickle {protocol}"] = functools.partial(pickle.dumps, protocol=protocol), pickle.loads
    for protocol in (2, 4):
        found[f"Python pickle {protocol}"] = functools.partial(python._dumps, protocol=protocol), python._loads
    return found | {"copy": (lambda e: e, copy.copy), "deepcopy": (lambda e: e, copy.deepcopy)}


def trip(app: Any, way: str, sent: bytes | None = None) -> dict[str, Any]:
    """Make an error, send it, and return what arrived as it left; `sent` is how another interpreter has sent it."""
    send, receive = ways()[way]
    error = app.make()
    left = look(error)
    app.runs.clear()
    result: dict[str, Any] = {"failed": "at the sender", "left": sorted(left)}
    at_the_sender = 0
    signal.setitimer(signal.ITIMER_REAL, 5)
    try:
        data = send(error) if sent is None else sent
        at_the_sender = len(app.runs)
        result["failed"] = "at the receiver"
        app.language[0] = "de"  # as it may be in the process where it arrives
        received = receive(data)
        result["failed"] = None
    except Exception as problem:
        result["problem"] = f"{type(problem).__name__}: {problem}"
    result["sender ran"] = dict(Counter(app.runs[:at_the_sender]))
    result["receiver ran"] = dict(Counter(app.runs[at_the_sender:]))
    signal.setitimer(signal.ITIMER_REAL, 0)
    app.language[0] = "en"
    if not result["failed"]:
        arrived = look(received) if isinstance(received, BaseException) else {"type": type(received).__name__}
        if way == "copy":
            left, arrived = _with_identities(error, left), _with_identities(received, arrived)
        result["changed"] = sorted(fact for fact, text in left.items() if arrived.get(fact) != text)
        result["new"] = sorted(fact for fact in arrived.keys() - left.keys() if not fact.startswith("shared"))
        result["left"] = sorted(left)
    now = look(error)
    result["changed at the sender"] = sorted(
        fact for fact in {**left, **now} if "shared" not in fact and left.get(fact) != now.get(fact)
    )
    if result["failed"] and way != "copy":
        result["unsendable slots"] = [name for name, value in members(error) if not _can_be_sent(way, value)]
    return result


def _too_long(*_: object) -> None:
    raise TimeoutError("no end in 5 s")


def _with_identities(error: Any, facts: dict[str, str]) -> dict[str, str]:
    """Return the facts, and which object each attribute is: copy.copy makes no others."""
    shared = {f"shared {name}": str(id(value)) for name, value in vars(error).items() if type(value) not in _SCALARS}
    return facts | shared


def _can_be_sent(way: str, value: Any) -> bool:
    send, receive = ways()[way]
    try:
        receive(value) if way == "deepcopy" else send(value)
    except Exception:
        return False
    return True


def survey(plans: Iterable[tuple[str, applications.Plan]], sent: dict[str, str] | None = None) -> Survey:
    """Return what becomes of the error of each plan, each way it is sent, by "name: way"."""
    found: Survey = {}
    for name, plan in plans:
        try:
            app = application(plan)
            found[f"{name}: made"] = {"looks": look(app.make())}
        except Exception as problem:
            found[f"{name}: made"] = {"failed": type(problem).__name__, "problem": str(problem)}
            continue
        for way in ways():
            what = f"{name}: {way}"
            if sent is None:
                found[what] = trip(app, way)
            elif what in sent:
                found[what] = trip(app, way, base64.b64decode(sent[what]))
    return found


def pickles(plans: Iterable[tuple[str, applications.Plan]]) -> dict[str, str]:
    """Return the error of each plan as each pickler sends it, where it can be sent."""
    found: dict[str, str] = {}
    for name, plan in plans:
        for way, (send, _) in ways().items():
            with contextlib.suppress(Exception):
                if "pickle" in way:
                    found[f"{name}: {way}"] = base64.b64encode(send(application(plan).make())).decode()
    return found


def worse(stock: Survey, ours: Survey, allowed: Collection[str] = ()) -> dict[str, list[str]]:
    """Return what is worse in the second of two surveys than in the first, but for what is allowed."""
    not_made = {"failed": "not made", "problem": "nothing"}
    found = {what: _worse(what, was, ours.get(what, not_made)) for what, was in stock.items()}
    found = {what: [problem for problem in problems if problem not in allowed] for what, problems in found.items()}
    return {what: problems for what, problems in found.items() if problems}


def _worse(what: str, was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    if "looks" in was or "left" not in was or "left" not in now:
        return _made_otherwise(was, now)
    found = []
    if now["failed"]:
        later = (was["failed"], now["failed"]) == ("at the sender", "at the receiver")
        if (not was["failed"] or later) and not now.get("unsendable slots"):  # allowed: slot
            found.append(f"fails {now['failed']}: {now['problem']}")
    elif not was["failed"]:
        arrived = set(was["left"]) - set(was["changed"])
        lost = arrived & set(now["changed"])
        if {"__getstate__", "AppBase.__getstate__"} & {*now["sender ran"], *now["receiver ran"]}:
            lost -= {"attribute connection", "shared connection", "slot place"}  # allowed: getstate
        found += [f"changed: {fact}" for fact in sorted(lost)]
        found += [f"new: {fact}" for fact in now["new"] if fact not in was["new"]]
    touched = set(now["changed at the sender"]) - set(was["changed at the sender"])
    if was["failed"] and what.endswith("copy"):
        touched.clear()  # a copy shares what it holds, and there was none before
    found += [f"changed at the sender: {fact}" for fact in sorted(touched)]
    for side in ("sender ran", "receiver ran"):
        before, after = Counter(was.get(side, {})), Counter(now.get(side, {}))
        found += [
            f"{side} {name} {count} times, not {before[name]}"
            for name, count in after.items()
            if count > max(before[name], _freely(name, side, was))
        ]
    return found


def _freely(name: str, side: str, was: dict[str, Any]) -> float:
    """Return how often a method may run that did not before: an error, or a slot, that arrives now has to be sent."""
    if was["failed"] and "attribute previous" in was["left"]:
        return math.inf  # it failed before it came to that other error
    if name.endswith("init__") or name == "__new__" or (name.endswith("__setstate__") and side == "sender ran"):
        return 0
    return math.inf if was["failed"] or name == "__getstate__" else 1


def _made_otherwise(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    if "looks" not in was or "looks" not in now:
        return [f"cannot be made: {now['problem']}"] if "looks" in was else []
    before, after = was["looks"], now["looks"]
    changed = {fact for fact in {**before, **after} if before.get(fact) != after.get(fact)}
    if f"attribute {VALUES}" not in before:
        changed.discard(f"attribute {VALUES}")  # where the values are kept that the driver drops
    return [f"made otherwise: {fact}: {after.get(fact)!r}, not {before.get(fact)!r}" for fact in sorted(changed)]


def seeds(text: str) -> range:
    first, _, last = text.partition(":")
    return range(int(first), int(last or int(first) + 1))


def run(*arguments: str, timeout: float = 600) -> Any:
    """Return what a survey in an interpreter of its own prints."""
    return json.loads(fresh.run("from tests.shared import generated; generated.main()", *arguments, timeout=timeout))


def both(*arguments: str) -> tuple[Survey, Survey]:
    """Return the surveys of the driver alone and of the package."""
    with ThreadPoolExecutor(2) as pool:
        stock, ours = pool.map(lambda more: run(*arguments, *more), [(), ("--with-package",)])
    return stock, ours


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.shared.generated")
    parser.add_argument("--seeds", default="0:100", metavar="A:B", type=seeds)
    parser.add_argument("--plans", metavar="JSON", type=json.loads, help="these, by name, and not those of seeds")
    parser.add_argument("--module", help="the driver's, by default mysql.connector.errors")
    parser.add_argument("--with-package", action="store_true", help="import mysql_errors_compat, and install it")
    parser.add_argument("--source", action="store_true", help="print the applications")
    parser.add_argument("--send", action="store_true", help="print the pickles only")
    parser.add_argument("--receive", metavar="FILE", type=Path, help="receive the pickles that --send has printed")
    options = parser.parse_args()
    if options.module:
        os.environ["MYSQL_ERRORS_COMPAT_TEST_MODULE"] = options.module
    plans = (
        [*options.plans.items()] if options.plans else [(str(seed), applications.plan(seed)) for seed in options.seeds]
    )
    if options.source:
        print("\n\n".join(f"# {name}: {plan}\n{applications.source(plan)}" for name, plan in plans))
    else:
        signal.signal(signal.SIGALRM, _too_long)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        if options.with_package:
            _install()
        if options.send:
            print(json.dumps(pickles(plans)))
        else:
            print(json.dumps(survey(plans, options.receive and json.loads(options.receive.read_text()))))


def _install() -> None:
    import mysql_errors_compat
    from tests.shared.hierarchy import driver

    mysql_errors_compat.install(driver)


if __name__ == "__main__":
    main()
