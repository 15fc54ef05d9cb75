"""Applications' exceptions of every kind that is found in real code, written from a number.

`plan(seed)` draws what is special about one, and `source(plan)` writes it as a module out of the pieces in
applications.txt: there, `make()` returns an error and `runs` names the methods that ran. An axis that is left out of a
plan is nothing special.
"""

from __future__ import annotations

import random
import re
import textwrap
from pathlib import Path

Plan = dict[str, str]


def _pieces() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for piece in Path(__file__).with_suffix(".txt").read_text().split("\n#: ")[1:]:
        title, _, text = piece.partition("\n")
        axis, _, name = title.partition(":")
        found.setdefault(axis, {})[name.strip()] = text.strip()
    return found


PIECES = _pieces()
METHODS = ("reduce", "getstate", "setstate", "copying", "property", "access", "look", "new")

_DRIVERS_CALLS = (
    'App("Deadlock found", 1213, None, "40001")',
    'App("gone", 2006)',
    'App(msg="gone", errno=2006, sqlstate="HY000")',
    'App("only a text")',
    "App()",
    'App("no host", 2003, ("db1", 3306))',
    'App(errno=2003, values=("db1", 3306, 111))',
    'App("100% {x} %s", 1064, (1, "a"), "42000")',
    'App("", 0)',
    'App("row", 1366, [[1, 2]], "HY000")',
    "App(Text.GONE, Code.GONE)",
    'App(Text.GONE, 2006, None, "HY000")',
    'App("gone", Code.GONE, None, "HY000")',
    'App(Lazy("gone"), 2006)',
)
_DRIVERS_ARGUMENTS = "self.msg, self.errno, None, self.sqlstate"

# How each constructor is called, and the arguments of that call as an own __reduce__ gives them.
CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "": (_DRIVERS_CALLS, _DRIVERS_ARGUMENTS),
    "message": (("App()", 'App("no orders")', 'App(message="no orders")', "App(Text.GONE)"), "self.msg,"),
    "user, note": (('App("ann")', 'App("ann", "late")', 'App(7, note=["a"])'), "self.user, self.note"),
    "attributes first": (('App("orders")', 'App("orders", [1, 2])'), "self.table, self.rows"),
    "keyword only": (('App(table="orders")', 'App(table="orders", attempt=2)'), "table=self.table"),
    "four": (_DRIVERS_CALLS, _DRIVERS_ARGUMENTS),
    "four, looks at errno": ((*_DRIVERS_CALLS, 'App("gone", 2006, table="orders")'), _DRIVERS_ARGUMENTS),
    "msg, errno": (('App("gone")', 'App("gone", 2006)', "App(Text.GONE, Code.GONE)"), "self.msg, self.errno"),
    "code, text": (
        ('App(1213, "Deadlock found")', 'App(-1, "boom", None)', 'App(1213, "1213: x", {"a": 1})', 'App("A7", "x", 1)'),
        "self.errno, self.msg, self.detail",
    ),
    "passthrough": ((*_DRIVERS_CALLS, 'App("gone", 2006, extra={"a": 1})'), _DRIVERS_ARGUMENTS),
    "sets args": (('App("ann")', "App(7)", "App(None)"), "self.user,"),
    "no super": (('App("orders")', "App([1])"), "self.table,"),
    "wraps": (('App(Driver("Deadlock", 1213, None, "40001"))', 'App(driver.DataError("bad"))'), "self.original,"),
    "values": (('App("db1")', 'App("db1", 3307)'), "self.host, self.port"),
}
DECORATORS = {
    "dataclass": "@dataclasses.dataclass",
    "dataclass without eq": "@dataclasses.dataclass(eq=False)",
    "dataclass, keywords": "@dataclasses.dataclass(kw_only=True)",
    "dataclass with slots": "@dataclasses.dataclass(slots=True)",
    "attrs": "@attr.s(auto_attribs=True, auto_exc=True)",
    "attrs with slots": "@attr.define",
    "attrs, keywords": "@attr.define(slots=False, kw_only=True)",
}
_FIELDS_CALLS = (("App(table='orders')", "App(table='orders', attempt=2)"), "table=self.table, attempt=self.attempt")

SLOT_VALUES = {
    "text": '"orders"',
    "None": "None",
    "list": '[1, {"a": (2,)}]',
    "object": "Point(1)",
    "slots": "Small(1)",
    "noisy": "Noisy(1)",
    "error": 'Driver("before", 1)',
    "itself": "e",
    "list with itself": "[e]",
    "class": "Point",
    "enum": "Code.GONE",
    "lock": "threading.Lock()",
    "local function": "lambda: 0",
}

# What is done to the error afterwards.
AFTER = {
    "attribute": "e.attempt = 3",
    "list": 'e.rows = [1, {"a": None}]',
    "None": "e.nothing = None",
    "note": 'e.__notes__ = [*getattr(e, "__notes__", ()), "while saving"]',
    "msg": 'e.msg = "changed"',
    "no msg": "e.msg = None",
    "empty msg": 'e.msg = ""',
    "errno": "e.errno = 1",
    "errno 0": "e.errno = 0",
    "errno None": "e.errno = None",
    "sqlstate": 'e.sqlstate = "HY000"',
    "args": 'e.args = ("mine",)',
    "no args": "e.args = ()",
    "args added": 'e.args += ("while saving",)',
    "args replaced": 'e.args = (f"{e.args[0]} while saving", *e.args[1:])',
    "args and msg": 'e.msg = "changed"\ne.args = (e.errno, "changed", e.sqlstate)',
    "args and errno": "e.errno = 0\ne.args = (0, *e.args[1:])",
    "deleted": 'vars(e).pop("sqlstate", None)',
    "enum msg": "e.msg = Text.GONE",
    "enum errno": "e.errno = Code.GONE",
    "lazy msg": 'e.msg = Lazy("changed")',
    "list msg": 'e.msg = ["a", "b"]',
    "bytes": 'e.msg = b"changed"',
    "another": 'e.previous = Driver("before", 1, None, "HY000")',
    "another of its class": "e.previous = first()",
    "itself": "e.itself = e",
    "list with itself": "e.history = [e]",
    "in msg": "e.msg = [e]",
    "connection": "e.connection = threading.Lock()",
    "object": "e.point = Point([1])",
    "noisy": "e.noisy = Noisy(1)",
    "class": "e.cls = type(e)",
    "filename": 'e.filename = "/run/mysqld.sock"',
    "strerror": 'e.strerror = "gone"',
    "cause": 'e.__cause__ = ValueError("x")',
    "values": "e.values = (1, 2)",
    "inner": "e.inner = Point(1)",
    "done": "e.done = True",
}

_BUILTINS = (
    *("ValueError", "RuntimeError", "OSError", "ConnectionError", "TimeoutError", "MemoryError", "KeyError"),
    *("LookupError", "sqlite3.Error", "ssl.SSLError"),
)
_BASES = {"OperationalError": 4, "InterfaceError": 2, "DatabaseError": 2, "IntegrityError": 1, "ReadTimeoutError": 1}
# How often each is drawn: mostly nothing special, since people write little of it at a time.
_DRAWN: dict[str, dict[str, int]] = {
    "base": {"": 4, **_BASES},
    "constructor": {**dict.fromkeys(CALLS, 2), "": 10},
    "kind": {"": 40, **dict.fromkeys(DECORATORS, 1)},
    "before": {"": 40, **dict.fromkeys(_BUILTINS, 1), "AppBase": 4, "Mixin": 2, "MixinWithInit": 1},
    "behind": {"": 40, **dict.fromkeys(_BUILTINS, 1), "OSError": 3, "AppBase": 5, "Mixin": 2, "MixinWithInit": 1},
    "app base": {**dict.fromkeys(PIECES["app base"], 1), "": 3},
    "slot": {"": 50, **dict.fromkeys(SLOT_VALUES, 1), "text": 4},
    "slot is set": {"": 1, "by the constructor": 1},
    **{axis: {"": 5 * len(PIECES[axis]), **dict.fromkeys(PIECES[axis], 1)} for axis in METHODS},
    "reduce": {"": 30, **dict.fromkeys(PIECES["reduce"], 1)},
    "child": {"": 10, **dict.fromkeys(PIECES["child"], 1)},
    **{f"after {n}": {"": 2 * n * len(AFTER), **dict.fromkeys(AFTER, 2), "attribute": 20} for n in (1, 2, 3)},
}


def plan(seed: int) -> Plan:
    """Return what is special about the application's class and error with this number."""
    draw = random.Random(seed)
    drawn = {axis: draw.choices([*names], [*names.values()])[0] for axis, names in _DRAWN.items()}
    drawn["call"] = str(draw.randrange(1000))
    if drawn["access"] == "getattr":
        drawn["after 1"] = "inner"
    if "with slots" in drawn["kind"] or not drawn["slot"]:
        drawn["slot"] = drawn["slot is set"] = ""
    if "AppBase" not in (drawn["before"], drawn["behind"]):
        drawn["app base"] = ""
    if drawn["before"].removesuffix("WithInit") == drawn["behind"].removesuffix("WithInit"):
        drawn["behind"] = ""
    return {axis: name for axis, name in drawn.items() if name}


def source(plan: Plan) -> str:
    """Return the text of the application's module."""
    parts = [PIECES["preamble"][""].replace("BASE", plan.get("base", "Error"))]
    mixins = plan.get("before", ""), plan.get("behind", "")
    parts += [PIECES["mixin"][name] for name in mixins if name in PIECES["mixin"]]
    if "AppBase" in mixins:
        parts.append("class AppBase(Exception):\n" + _body(_piece(plan, "app base"), owner="AppBase."))
    parts.append(_class(plan))
    if "child" in plan:
        parts.append("class Child(App):\n" + _body(_piece(plan, "child"), owner="Child."))
    return "\n\n\n".join([*parts, _functions(plan)]) + "\n"


def _class(plan: Plan) -> str:
    kind, constructor = plan.get("kind", ""), plan.get("constructor", "")
    up = "Driver.__init__(self, " if kind or plan.get("before") in _BUILTINS else "super().__init__("
    arguments = (_FIELDS_CALLS if kind else CALLS[constructor])[1]
    # Keyword arguments are bound to the class; the others go with it.
    again = f"(functools.partial(App, {arguments}), ())" if "=" in arguments else f"(type(self), ({arguments}))"
    members = ['__slots__ = ("place", "unset")'] if "slot" in plan else []
    if kind:
        members.append("table: str\nattempt: int = 1")
        if constructor not in ("", "no super"):
            post = "__attrs_post_init__" if kind.startswith("attrs") else "__post_init__"
            members.append(f"def {post}(self):\n    UP(self.table, 1146)")
    elif constructor:
        init = _piece(plan, "constructor")
        if "slot is set" in plan:
            init += "\n    e = self\n    e.place = " + SLOT_VALUES[plan["slot"]]
        members.append(init)
    members += [_piece(plan, axis) for axis in METHODS if axis in plan]
    bases = [plan.get("before", ""), "Driver", plan.get("behind", "")]
    lines = [DECORATORS[kind]] if kind else []
    lines.append(f"class App({', '.join(base.removesuffix('WithInit') for base in bases if base)}):")
    lines.append(_body(*members).replace("AGAIN", again).replace("UP(", up))
    return "\n".join(lines)


def _functions(plan: Plan) -> str:
    kind, constructor = plan.get("kind", ""), plan.get("constructor", "")
    calls = (_FIELDS_CALLS if kind else CALLS[constructor])[0]
    call = calls[int(plan.get("call", "0")) % len(calls)]
    if "child" in plan:
        call = call.replace("App(", "Child(", 1)
    lines = ["e = first()"]
    if "slot" in plan and not ("slot is set" in plan and constructor and not kind):
        lines.append("e.place = " + SLOT_VALUES[plan["slot"]])
    lines += [AFTER[plan[axis]] for axis in ("after 1", "after 2", "after 3") if axis in plan]
    return f"def first():\n    return {call}\n\n\ndef make():\n" + _body("\n".join([*lines, "return e"]))


def _piece(plan: Plan, axis: str) -> str:
    return PIECES[axis][plan.get(axis, "")]


_COUNTED = re.compile(
    r"^(def (__init__|__(?:attrs_)?post_init__|__new__|__reduce__|__reduce_ex__|__getstate__|__setstate__)\(.*)", re.M
)


def _body(*members: str, owner: str = "") -> str:
    """Return the body of a class, with a line in each method that counts that tells that it ran."""
    text = "\n\n".join(_COUNTED.sub(rf'\1\n    ran("{owner}\2")', member) for member in members) or "pass"
    return textwrap.indent(text, "    ")
