"""What `check` does with each class, in the interpreter that has imported them: make errors of it, and send them."""

import contextlib
import multiprocessing
import pickle
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from .. import install
from . import advice, survival
from .check import Finding
from .examples import REFUSALS, tame_errors
from .survival import drivers, name_of, say
from .values import TEXTS

Tell = Callable[..., None]


class NoExampleError(Exception):
    """There is no error to send. The text says why."""


def examine(tell: Tell, modules: list[str], given: list[Any], done: list[str], only_mysql: bool) -> None:
    """Send what is found about each class of the modules, and of the `given` errors, but for those that are done."""
    install()  # whatever the modules have done
    if "mysqlx.errors" in sys.modules:
        install(sys.modules["mysqlx.errors"])
    warnings.simplefilter("ignore")  # nobody would read them, and none must become an error
    st.register_type_strategy(str, TEXTS)
    found: dict[type[BaseException], None] = dict.fromkeys([*_classes(modules), *map(type, given)])
    classes = [cls for cls in found if not only_mysql or issubclass(cls, drivers())]
    tell("classes", len(classes))
    for cls in classes:
        if name_of(cls) not in done:
            tell("class", _Examination(tell, cls).finding([error for error in given if type(error) is cls]))


def listed(source: Any) -> list[Any]:
    """Return what a function or a list of errors gives, or the only one."""
    given = source() if callable(source) else source
    return [given] if isinstance(given, BaseException) else list(given)


class _Examination:
    """What is being found out about one class. A step that never returns is recorded by whoever waits for it."""

    def __init__(self, tell: Tell, cls: Any) -> None:
        self._tell, self._cls = tell, cls
        self._found = Finding(name_of(cls), "unknown", mysql=issubclass(cls, drivers()))

    def finding(self, examples: list[BaseException]) -> Finding:
        """Return what is found with these examples, with the class's own or with built ones."""
        if not _is_found(self._cls):
            problem = "cannot be imported by this name, which is all that a pickle has of it"
            return self._as("unsafe", problem, advice.Advice(advice.AT_TOP_LEVEL, ""))
        other = _OtherProcess() if advice.methods(self._cls) else None  # before there are any errors
        none = "no example could be built: "
        self._step("its constructor", self._as("unknown", none, advice.Advice(advice.GIVE_EXAMPLES, "")))
        try:
            examples = examples or self._own_examples() or self._built()
        except (*REFUSALS, HypothesisException) as problem:
            return self._as("unknown", f"{none}{_why_not(problem)}", advice.about_example(problem))
        self._found = self._found._replace(examples=len(examples))
        usual = advice.about_fault(self._cls, None)
        self._step("rebuilding it from its args", self._as("unsafe", "", usual))
        self._found = self._found._replace(args_only=survival.from_args(examples))
        ways = survival.ways_in_use(self._cls)
        self._step("pickling and copying it", self._as("unsafe", "", usual))
        for error in examples:
            if fault := survival.find_fault(error, ways):
                return self._as("unsafe", _told(fault), advice.about_fault(self._cls, fault))
        self._step("loading it in another process", self._as("unsafe", "hangs a Pool; ", usual))
        for error in examples if other else []:
            if other and (wrong := other.fault(error)):
                return self._as("unsafe", wrong, usual)
        self._step("pickling it with one more attribute", self._as("unsafe", "", usual))
        with contextlib.suppress(Exception):  # if nothing can be set, nobody will
            examples[0].set_later = "on the way"  # type: ignore[attr-defined]
        if fault := survival.find_fault(examples[0], ways):
            return self._as("unsafe", f"what is set on it later is lost; {_told(fault)}", usual)
        return self._found._replace(verdict="safe")

    def _step(self, what: str, otherwise: Finding) -> None:
        self._tell("step", what, "class", otherwise)

    def _as(self, verdict: str, problem: str, mend: advice.Advice) -> Finding:
        return self._found._replace(verdict=verdict, problem=problem, mend=mend.text, about=mend.about)

    def _own_examples(self) -> list[BaseException]:
        own: Any = getattr(self._cls, "examples", None)
        if not callable(own) and not isinstance(own, (BaseException, Iterable)):  # called so for another reason
            return []
        try:
            given = own() if callable(own) else own
            return [
                error for error in ([given] if isinstance(given, BaseException) else given) if type(error) is self._cls
            ]
        except Exception as problem:
            raise NoExampleError(f"its `examples` raised {say(problem)}") from problem

    def _built(self) -> list[BaseException]:
        errors, guessed, never_given = tame_errors(self._cls)
        self._found = self._found._replace(guessed=guessed, never_given=never_given)
        if any(type(error) is not self._cls for error in errors):
            raise NoExampleError("its constructor makes something else")
        return errors


def _told(fault: survival.Fault) -> str:
    way = "" if fault.unpicklable else f"{fault.way}: "
    return f"{'hangs a Pool; ' if fault.hangs else ''}{way}{fault.text}"


def _why_not(problem: BaseException) -> str:
    if isinstance(problem, HypothesisException):
        problem = problem.__cause__ or problem
    has_said_all = isinstance(problem, (NoExampleError, HypothesisException)) or type(problem) is NameError
    return str(problem) if has_said_all else f"constructing it raised {say(problem)}"


class _OtherProcess:
    """A process without what constructors leave behind, such as in a register: there are no errors in it yet."""

    def __init__(self) -> None:
        fork = multiprocessing.get_context("fork")
        self._pipe, theirs = fork.Pipe()
        fork.Process(target=_send_back, args=(theirs,), daemon=True).start()
        theirs.close()

    def fault(self, error: BaseException) -> str | None:
        """Say what is wrong with an error that was sent there and back, if anything."""
        try:
            self._pipe.send_bytes(pickle.dumps(error))
            back = self._pipe.recv()
        except (EOFError, OSError):
            return "hangs a Pool; loading it ends another process"
        if isinstance(back, str):
            return f"hangs a Pool; in another process: {back}"
        difference = survival.difference(error, back)
        return difference and f"in another process: {difference}"


def _send_back(pipe: "Connection[Any, Any]") -> None:
    while data := pipe.recv_bytes():
        try:
            pipe.send(pickle.loads(data))
        except Exception as problem:
            pipe.send(say(problem))


def _classes(modules: Sequence[str]) -> Iterator[type[BaseException]]:
    """Yield the exception classes that `modules` define, those at the top level in the order of their definition."""
    known: list[type[Exception]] = [Exception]
    for cls in known:
        known += [below for below in type.__subclasses__(cls) if below not in known]
    for name in modules:
        own = {name_of(cls): cls for cls in known if cls.__module__ == name}  # dataclass(slots=True) makes two
        order = [getattr(value, "__qualname__", "") for value in vars(sys.modules[name]).values()]
        yield from sorted(own.values(), key=lambda cls: ([*order, cls.__qualname__]).index(cls.__qualname__))


def _is_found(cls: type) -> bool:
    """Tell whether pickle finds this very class by its name."""
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls
