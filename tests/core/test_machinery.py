"""Other people's machinery: what it does with the driver alone, it does with the package, and says the same."""

from __future__ import annotations

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package

HEAD = """
import copy, inspect, io, os, pickle, sys, threading, types
if sys.argv[1] == "with the package":
    import mysql_errors_compat
from mysql.connector import errors
from mysql.connector.errors import Error

def show(make):
    try:
        e = make()
        found = {k: v for k, v in sorted(vars(e).items()) if k[0] != "_"}  # PyPy keeps them in an order of its own
        print(type(e).__name__, found, e.args, "|", e)
    except Exception as problem:
        print("raises", type(problem).__name__, problem)
"""

SAME = {
    "a constructor that forgot super().__init__()": """
class Late(Error):
    def __init__(self, why):
        self.why = why

show(lambda: Late("x"))
""",
    "an error of the system that has its own __getstate__": """
class File(FileNotFoundError, errors.OperationalError):
    def __getstate__(self):
        return {"why": self.why}

e = File(2, "no file", "data.csv")
e.why = "w"
arrived = pickle.loads(pickle.dumps(e))
print(arrived.errno, arrived.strerror, arrived.filename, arrived.why, arrived)
""",
    "signatures": """
class Plain(errors.IntegrityError): ...
class Own(Error):
    def __init__(self, *, table): ...
class Inherits(Own): ...
for cls in (Error, errors.IntegrityError, Plain, Own, Inherits, *vars(errors).values()):
    if isinstance(cls, type) and issubclass(cls, Error):
        print(inspect.signature(cls), inspect.signature(cls.__init__))
""",
    "attrs": """
import attr

@attr.define
class Failed(errors.DatabaseError):
    code: int
    text: str = "failed"

@attr.define(slots=False)
class Calls(errors.DatabaseError):
    code: int
    text: str = "failed"

    def __attrs_post_init__(self):
        Error.__init__(self, self.text, self.code)

for cls in (Failed, Calls):
    show(lambda: cls(1213, "no order"))
    e = cls(1213, "no order")
    for arrived in (pickle.loads(pickle.dumps(e)), copy.copy(e), copy.deepcopy(e)):
        print(arrived.code, arrived.text, arrived.args, getattr(arrived, "msg", "no msg"))
""",
    "a group of errors": """
if sys.version_info >= (3, 11):
    class Group(ExceptionGroup, Error): ...
    class Other(errors.DatabaseError, ExceptionGroup): ...
    for cls in (Group, Other):
        e = None
        try:
            e = cls("two", [ValueError(1), KeyError(2)])
        except TypeError as problem:
            print(problem)
        if e is not None:
            print(e.message, e.exceptions, e.args)
            show(lambda: pickle.loads(pickle.dumps(e)))
""",
    "a first pickle while another thread changes the class": """
class Changing(Error):
    def __init__(self, *, table):
        super().__init__(table, 1146)

sys.setswitchinterval(1e-6)
stop = threading.Event()

def change():
    number = 0
    while not stop.is_set():
        setattr(Changing, f"name{number % 5000}", number)
        number += 1

thread = threading.Thread(target=change)
thread.start()
problems = []
for _ in range(200):
    class Changed(Changing): ...
    try:
        Changed(table="orders").__reduce__()
    except RuntimeError as problem:
        problems.append(problem)
stop.set()
thread.join(20)
print(problems)
""",
    "a child whose hook before the fork did not run": """
import ctypes, signal
sys.stderr = sys.stdout
sys.stdout.flush()
pid = ctypes.PyDLL(None).fork()
if not pid:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Python 3.14 itself does not survive this, and says so
    signal.alarm(20)
    ctypes.pythonapi.PyOS_AfterFork_Child()
    os._exit(0)
print(os.waitpid(pid, 0)[1])
""",
    "the environment that switches it off": """
print(sorted(vars(Error)), os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE"))
""",
}


@pytest.mark.parametrize("what", SAME)
def test_it_is_as_with_the_driver_alone(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "switches it off" in what:
        monkeypatch.setenv("MYSQL_ERRORS_COMPAT_DISABLE", "1")
    script = f"try:\n{_indented(HEAD + SAME[what])}\nexcept AttributeError as problem:\n    print(problem)\n"
    stock, ours = (fresh.run(script, how) for how in ("the driver alone", "with the package"))
    assert ours == stock


def _indented(script: str) -> str:
    return "\n".join(f"    {line}" for line in script.splitlines())


def test_a_package_that_is_imported_twice_is_uninstalled() -> None:
    fresh.run(
        """
        import sys
        from mysql.connector.errors import Error
        before = dict(vars(Error))
        import mysql_errors_compat
        for name in [name for name in sys.modules if name.partition(".")[0] == "mysql_errors_compat"]:
            del sys.modules[name]
        import mysql_errors_compat
        assert mysql_errors_compat.is_installed()
        mysql_errors_compat.uninstall()
        assert dict(vars(Error)) == before
        assert not mysql_errors_compat.is_installed()
        """
    )


def test_an_applications_attribute_arrives_where_the_package_is_not() -> None:
    fresh.run(
        """
        import pickle, subprocess, sys
        import mysql_errors_compat
        from mysql.connector import InterfaceError
        error = InterfaceError("gone", 2006, ("db1", 3306))
        error._values = error.values = ["mine"]
        read = "import pickle, sys; e = pickle.load(sys.stdin.buffer); print(e._values, e.values, e.args)"
        seen = subprocess.run([sys.executable, "-c", read], input=pickle.dumps(error), capture_output=True, timeout=20)
        assert seen.stdout.decode().strip() == "['mine'] ['mine'] (2006, '2006: gone', None)", seen
        """
    )


def test_members_of_builtins_that_are_bases_arrive() -> None:
    fresh.run(
        """
        import pickle, sys
        import mysql_errors_compat
        from mysql.connector import errors

        class Missing(errors.InterfaceError, ImportError): ...
        class NoName(AttributeError, errors.ProgrammingError):
            __str__ = AttributeError.__str__  # from Python 3.15 on that is the one of BaseException
        class Leaves(errors.OperationalError, SystemExit): ...
        class Ends(errors.DatabaseError, StopIteration): ...
        class Bytes(UnicodeDecodeError, errors.DataError):
            def __init__(self, why):
                UnicodeDecodeError.__init__(self, "utf-8", b"abc", 1, 2, why)

        for error, members in [
            (Missing("m", 5), {"name": "n", "path": "p"}),
            (NoName("m"), {"name": "n"}),
            (Leaves("m", 5), {"code": 3}),
            (Ends("m", 5), {"value": 7}),
            (Bytes("bad"), {"start": 1, "end": 2, "object": b"abc", "reason": "bad", "encoding": "utf-8"}),
        ]:
            for name, value in members.items():
                setattr(error, name, value)
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                arrived = pickle.loads(pickle.dumps(error, protocol))
                assert {name: getattr(arrived, name) for name in members} == members, (type(error), vars(arrived))
                assert (arrived.args, str(arrived)) == (error.args, str(error))

        class Held(AttributeError, errors.ProgrammingError): ...

        class Row:
            connection = open(sys.executable, "rb")  # which cannot be pickled
            def __getattr__(self, name):
                raise Held(name)

        try:
            Row().column
        except Held as error:
            assert pickle.loads(pickle.dumps(error)).args == ("column",)
        """
    )
