"""How to mend a class: one advice for each kind of fault, and what it is about in a class."""

from typing import NamedTuple

from .survival import Fault, drivers, name_of

GIVE_EXAMPLES = """give the class a classmethod `examples` that returns errors, or this command \
--examples MODULE:FUNCTION; or leave its module out: --skip MODULE"""
FOR_TYPE_CHECKERS = f"""import what the type hint names outside of `if TYPE_CHECKING:`, or define it in the module, so \
that a value for the parameter can be built; or {GIVE_EXAMPLES}"""
NO_LONGER_KEEP = "do not keep in the error what cannot be pickled: store what you need of it, as text or numbers"
CALL_SUPER = "call super().__init__() with the message as text: without, args keeps all that is given"
KEEP_PLAIN_VALUES = "keep only plain values in the error: text, numbers, and lists or dicts of them"
NOT_FROZEN = "leave frozen=True out of the @dataclass: whoever raises or brings back an error assigns to it"
NOT_BY_ATTRS = "write @attrs.define(getstate_setstate=False): what attrs writes sends only what it knows of"
REMOVE_METHOD = "remove the method: without it, mysql_errors_compat brings the class back whole"
REPLACE_METHOD = "remove the method, or put this into the class below it, and mysql_errors_compat brings it back whole"
AT_TOP_LEVEL = "define the class at the top level of its module, under the name it has there"
REBUILD = """hand all that the constructor takes on to super().__init__(), in the same order; or give the class a \
method that brings it back without running the constructor: \
def __reduce__(self): return copyreg.__newobj__, (type(self), *self.args), self.__dict__"""
MEND_METHOD = f"remove or mend the method, which does not bring the error back whole. In its place: {REBUILD}"
NO_SLOTS = "leave __slots__ out: Python does not pickle what an exception holds in them"

# What a class may have of its own, and what it would have without.
_METHODS = {
    "__reduce_ex__": "{driver}.__reduce_ex__",
    "__reduce__": "{driver}.__reduce__",
    "__getstate__": "",  # is mended with the others
    "__setstate__": "BaseException.__setstate__",
    "__setattr__": "BaseException.__setattr__",
    "__copy__": "None",
    "__deepcopy__": "None",
}


class Advice(NamedTuple):
    """The same text for every class with the same fault, and what is to be changed in this one."""

    text: str
    about: str = ""


def about_fault(cls: type[BaseException], fault: Fault | None) -> Advice:
    """Say how to mend a class whose errors do not arrive, or not whole."""
    if fault and fault.unpicklable:
        return Advice(CALL_SUPER) if fault.unpicklable == "args" else Advice(NO_LONGER_KEEP, fault.unpicklable)
    if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
        return Advice(NOT_FROZEN)
    if hasattr(cls, "__attrs_attrs__"):
        return Advice(NOT_BY_ATTRS)
    own = methods(cls)
    listed = " and ".join(f"{owner.__qualname__}.{name}" for name, owner in own.items())
    if not issubclass(cls, drivers()):
        slots = [base for base in cls.__mro__ if base.__module__ != "builtins" and vars(base).get("__slots__")]
        if listed:
            return Advice(MEND_METHOD, listed)
        return Advice(NO_SLOTS, slots[0].__qualname__) if slots else Advice(REBUILD)
    if all(owner is cls for owner in own.values()):
        return Advice(REMOVE_METHOD, listed) if listed else Advice(KEEP_PLAIN_VALUES)
    driver = name_of(next(base for base in cls.__mro__ if base in drivers()))
    instead = [f"{name} = {_METHODS[name].format(driver=driver)}" for name in own if _METHODS[name]]
    return Advice(REPLACE_METHOD, "; ".join([listed, *instead]))


def methods(cls: type[BaseException]) -> dict[str, type]:
    """Return the pickling methods of the class and of applications' bases, and which of them has each."""
    owners = {name: next((base for base in cls.__mro__ if name in vars(base)), object) for name in _METHODS}
    drivers_packages = ("builtins", "mysql", "mysqlx")
    return {name: owner for name, owner in owners.items() if owner.__module__.partition(".")[0] not in drivers_packages}
