"""Applications' classes that want something of their own, and what arrives of their errors.

`python -m tests.odd_classes` prints it in JSON, for the driver as it is: nothing here imports the package.
"""

from __future__ import annotations

import copy
import functools
import json
import pickle
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .hierarchy import driver

if TYPE_CHECKING:

    class Error(Exception):
        """The driver's, but for its types, which nobody here keeps to."""

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

        msg: Any

        def __reduce__(self) -> Any: ...
        def __reduce_ex__(self, protocol: Any) -> Any: ...

    class OperationalError(Error): ...

else:
    Error, OperationalError = driver.Error, driver.OperationalError

runs: Counter[str] = Counter()  # the applications' constructors and the like that ran
errors: dict[str, Callable[[], Any]] = {}


def case(make: Callable[[], Any]) -> Callable[[], Any]:
    errors[make.__name__.replace("_", " ")] = make
    return make


class ExchangesArgs(Error):
    """The way round the fault that is found everywhere."""

    def __init__(self, table: str) -> None:
        super().__init__(f"no {table}", 1146)
        self.table = table

    def __reduce__(self) -> Any:
        func, _, state = super().__reduce__()
        return func, (self.table,), state


class ExchangesArgsEx(ExchangesArgs):
    def __reduce__(self) -> Any:
        return super(ExchangesArgs, self).__reduce__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        func, _, state = super(ExchangesArgs, self).__reduce_ex__(protocol)
        return func, (self.table,), state


class DropsState(Error):
    def __init__(self, table: str, *_: object) -> None:
        super().__init__(table, 1146)

    def __reduce__(self) -> Any:
        return super().__reduce__()[:2]


@case
def own_reduce_that_exchanges_args() -> Any:
    return ExchangesArgs("orders")


@case
def own_reduce_ex_that_exchanges_args() -> Any:
    return ExchangesArgsEx("orders")


@case
def own_reduce_that_drops_the_state() -> Any:
    return DropsState("orders")


class AppError(Exception):
    """An application's base class, which leaves out what cannot travel."""

    def __reduce__(self) -> Any:
        return _made, (type(self), self.args, {**vars(self), "lock": None})


class AppErrorEx(Exception):
    def __reduce_ex__(self, protocol: Any) -> Any:
        return _made, (type(self), self.args, {**vars(self), "lock": None})


def _made(cls: Any, args: Any, state: Any) -> Any:
    error = cls.__new__(cls)
    error.args = args
    vars(error).update(state)
    return error


class ReduceBehind(OperationalError, AppError):
    pass


class ReduceExBehind(OperationalError, AppErrorEx):
    pass


def with_lock(error: Any) -> Any:
    error.lock = threading.Lock()
    return error


@case
def reduce_of_a_base_behind() -> Any:
    return with_lock(ReduceBehind("gone", 2006))


@case
def reduce_ex_of_a_base_behind() -> Any:
    return with_lock(ReduceExBehind("gone", 2006))


class Counting(Exception):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        runs["Counting"] += 1


class InitBehind(Error, Counting):
    """The driver's constructor calls the next one, which is the application's."""


class InitThatLooksLikeTheDrivers(Error):
    @functools.wraps(Error.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        runs["InitThatLooksLikeTheDrivers"] += 1
        super().__init__(*args, **kwargs)


class CountingType(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        runs["CountingType"] += 1
        return super().__call__(*args, **kwargs)


class OwnMetaclass(Error, metaclass=CountingType):
    pass


@case
def init_of_a_base_behind() -> Any:
    return InitBehind("gone", 2006, None, "HY000")


@case
def init_that_looks_like_the_drivers() -> Any:
    return InitThatLooksLikeTheDrivers("gone", 2006)


@case
def own_metaclass() -> Any:
    return OwnMetaclass("gone", 2006)


class TakesItsOwn(Error):
    """What attrs makes of a class with slots: its state is a part, its constructor does the rest."""

    __slots__ = ("table",)

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(table, 1146)
        self.args = (table,)

    def __setstate__(self, state: Any) -> None:
        self.table = state.get("table", self.table)


class Strict(Error):
    __slots__ = ("table",)

    def __setstate__(self, state: Any) -> None:
        assert state.keys() == {"msg", "_full_msg", "errno", "sqlstate"}, state
        self.__dict__.update(state)


class Updates(Error):
    __slots__ = ("table",)

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)


class OwnNewAndSetstate(Updates):
    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls, *args)


@case
def own_setstate_that_takes_a_part() -> Any:
    return TakesItsOwn("orders")


@case
def own_setstate_that_takes_nothing_else() -> Any:
    error: Any = Strict("gone", 2006, ("a",))
    error.table = "orders"
    return error


@case
def own_setstate_that_updates() -> Any:
    error: Any = Updates("gone", 2006)
    error.table = "orders"
    return error


@case
def own_new_and_setstate() -> Any:
    return OwnNewAndSetstate("gone", 2006)


class Tracked(Error):
    """Its constructor sets what its __setattr__ needs."""

    def __init__(self, *args: Any) -> None:
        vars(self)["changes"] = []
        super().__init__(*args)

    def __setattr__(self, name: str, value: Any) -> None:
        vars(self)["changes"].append(name)
        super().__setattr__(name, value)


class Guarded(Error):
    __slots__ = ("table",)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "table":
            raise AttributeError("read-only")
        super().__setattr__(name, value)


@case
def own_setattr_that_needs_the_constructor() -> Any:
    return Tracked("gone", 2006)


@case
def own_setattr_that_refuses_a_slot() -> Any:
    error = Guarded("gone", 2006)
    object.__setattr__(error, "table", "orders")
    return error


@dataclass(frozen=True, slots=True)
class FrozenSlots(Error):
    table: str
    attempt: int = 1

    def __str__(self) -> str:
        return self.table


@dataclass(frozen=True)
class FrozenSetstate(Error):
    table: str

    def __setstate__(self, state: Any) -> None:
        vars(self).update(state)


@dataclass(frozen=True)
class FrozenBase(Error):
    pass


class OfFrozen(FrozenBase):
    def __init__(self, table: str, *_: object) -> None:
        Error.__init__(self, table, 1146)


@case
def frozen_dataclass_with_slots() -> Any:
    return FrozenSlots("orders", 2)


@case
def frozen_dataclass_with_own_setstate() -> Any:
    return FrozenSetstate("orders")


@case
def subclass_of_a_frozen_dataclass() -> Any:
    return OfFrozen("orders")


if sys.version_info >= (3, 11):

    class GroupWithNew(ExceptionGroup, OperationalError):  # noqa: F821
        """As the documentation of ExceptionGroup has it."""

        def __new__(cls, message: str, parts: Any) -> Any:
            return super().__new__(cls, message, parts)

        def derive(self, parts: Any) -> Any:
            return GroupWithNew(self.message, parts)

    @case
    def exception_group_with_own_new() -> Any:
        return GroupWithNew("both", [ValueError(1), ValueError(2)])


class Slotted(Error):
    __slots__ = ("previous",)


def slotted(previous: Any) -> Any:
    error: Any = Slotted("gone", 2006)
    error.previous = previous
    return error


class KeywordOnly(Exception):
    def __init__(self, *, code: int) -> None:
        super().__init__(code)


@case
def slot_that_can_be_pickled_and_not_loaded() -> Any:
    return slotted(KeywordOnly(code=1))


@case
def slot_with_itself() -> Any:
    error = slotted(None)
    error.previous = [error]
    return error


@case
def slots_with_each_other() -> Any:
    error = slotted([])
    error.previous.extend([slotted(error), slotted(error)])
    return error


@case
def slots_in_a_long_chain() -> Any:
    error = None
    for _ in range(30):
        error = slotted(error)
    return error


class Lazy:
    """A text that is made when it is asked for, as translations are."""

    language = "en"

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return f"{self.text} ({Lazy.language})"

    def __format__(self, spec: str) -> str:
        return str(self)


@case
def message_that_is_made_where_it_is_read() -> Any:
    return Error(Lazy("gone"), 2006)


@case
def message_that_holds_the_error() -> Any:
    error = Error(["gone"], 2006)
    error.msg.append(error)
    return error


@case
def message_that_is_the_error() -> Any:
    error: Any = Error("gone", 2006)
    error.msg = error
    return error


class Context:
    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


@case
def message_that_refers_to_the_error() -> Any:
    error = Error(Context("gone"), 2006)
    error.msg.error = error
    return error


class OwnProperty(Error):
    @property
    def _values(self) -> str:
        return "mine"


class OwnValues(Error):
    def __init__(self, *args: Any) -> None:
        self._values = {"mine": 1}
        super().__init__(*args)


class SlotForValues(Error):
    __slots__ = ("_values",)

    def __setstate__(self, state: Any) -> None:
        for name, value in state.items():
            setattr(self, name, value)


@case
def slot_where_values_are_kept() -> Any:
    error: Any = SlotForValues("gone", 2006)
    error._values = ("mine",)
    return error


@case
def property_where_values_are_kept() -> Any:
    return OwnProperty("gone", 2006, ("a",))


@case
def attribute_where_values_are_kept() -> Any:
    return OwnValues("gone", 2006, ("a",))


class Unhashable(type):
    def __eq__(cls, other: object) -> bool:
        return cls is other


class OfUnhashable(metaclass=Unhashable):
    pass


@case
def values_of_a_class_that_cannot_be_hashed() -> Any:
    return Error("gone", 2006, (OfUnhashable(),))


class NoField(Error, AttributeError):
    pass


@case
def attribute_error_with_what_lacked_the_attribute() -> Any:
    error = NoField("no amount", 1054)
    error.obj = KeywordOnly(code=1)
    return error


def look(error: Any) -> dict[str, str]:
    """Return what there is to see in an error, its attributes in __dict__ and elsewhere."""
    try:
        text = str(error)
    except Exception as problem:
        text = type(problem).__name__
    names = ("table", "attempt", "previous", "exceptions", "_values")
    attributes = {**{name: getattr(error, name, None) for name in names}, **vars(error)}
    seen = {"type": type(error).__name__, "args": _show(error.args), "str": text}
    return seen | {name: _show(value) for name, value in attributes.items() if value is not None}


def _show(value: Any, depth: int = 3) -> str:
    if isinstance(value, (list, tuple)) and depth:
        return f"{type(value).__name__}[{', '.join(_show(part, depth - 1) for part in value)}]"
    if isinstance(value, BaseException) and depth:
        return f"{type(value).__name__}({_show(getattr(value, 'previous', value.args), depth - 1)})"
    plain = isinstance(value, (str, bytes, int, float, dict))
    return f"{type(value).__name__} {value!r}" if plain else type(value).__name__


def ways() -> dict[str, Callable[[Any], Any]]:
    python: Any = pickle
    found: dict[str, Callable[[Any], Any]] = {"copy": copy.copy, "deepcopy": copy.deepcopy}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        found[f"pickle {protocol}"] = functools.partial(_pickled, pickle.dumps, pickle.loads, protocol)
        found[f"Python pickle {protocol}"] = functools.partial(_pickled, python._dumps, python._loads, protocol)
    return found


def _pickled(dumps: Callable[[Any, int], bytes], loads: Callable[[bytes], Any], protocol: int, error: Any) -> Any:
    data = dumps(error, protocol)
    Lazy.language = "de"  # as it may be in the process where it arrives
    try:
        return loads(data)
    finally:
        Lazy.language = "en"


def survey() -> dict[str, dict[str, Any]]:
    """Send every error every way; return what of it arrives as it left, and how much of the application's code ran."""
    found: dict[str, dict[str, Any]] = {}
    for name, make in errors.items():
        error = make()
        left = look(error)
        for way, send in ways().items():
            runs.clear()
            try:
                arrived = look(send(error))
                found[f"{name}: {way}"] = {"facts": {fact: arrived.get(fact) == value for fact, value in left.items()}}
            except Exception as problem:
                found[f"{name}: {way}"] = {"failure": f"{type(problem).__name__}: {problem}"}
            found[f"{name}: {way}"]["runs"] = sum(runs.values())
    return found


def worse(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """Return what does not arrive any more, or runs more often, in the second of two surveys."""
    found = []
    for what, was in before.items():
        now = after[what]
        if "facts" in was:
            lost = [fact for fact, arrived in was["facts"].items() if arrived and not now.get("facts", {}).get(fact)]
            if lost:
                found.append(f"{what}: {now.get('failure', f'{lost} changed')}")
        if now["runs"] > was["runs"]:
            found.append(f"{what}: the application's code ran {now['runs']} times, not {was['runs']}")
    return found


if __name__ == "__main__":
    print(json.dumps(survey()))
