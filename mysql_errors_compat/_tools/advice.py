"""How to mend a class: the same text for every class with the same fault, and what is to be changed in this one."""

from .survival import Fault, drivers, name_of

GIVE_EXAMPLES = """give the class a classmethod `examples` that returns errors, or this command \
--examples MODULE:FUNCTION; or leave its module out: --skip MODULE"""
AT_TOP_LEVEL = "define the class at the top level of its module, under the name it has there"
REBUILD = """hand all that the constructor takes on to super().__init__(), in the same order; or give the class a \
method that brings it back without running the constructor: \
def __reduce__(self): return copyreg.__newobj__, (type(self), *self.args), self.__dict__"""

_METHODS = ["__reduce_ex__", "__reduce__", "__setstate__", "__setattr__", "__copy__", "__deepcopy__", "__getstate__"]


def about_fault(cls: type[BaseException], fault: Fault | None) -> tuple[str, str]:
    """Say how to mend a class whose errors do not arrive, or not whole, and what is to be changed in it."""
    if fault and fault.unpicklable == "args":
        return "call super().__init__() with the message as text: without, args keeps all that is given", ""
    if fault and fault.unpicklable:
        mend = "do not keep in the error what cannot be pickled: store what you need of it, as text or numbers"
        return mend, fault.unpicklable
    if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
        return "leave frozen=True out of the @dataclass: whoever raises or brings back an error assigns to it", ""
    if hasattr(cls, "__attrs_attrs__"):
        return "write @attrs.define(getstate_setstate=False): what attrs writes sends only what it knows of", ""
    own = methods(cls)
    listed = " and ".join(f"{owner.__qualname__}.{name}" for name, owner in own.items())
    is_mysql = issubclass(cls, drivers())
    if not own:
        return (
            "keep only plain values in the error: text, numbers, and lists or dicts of them" if is_mysql else REBUILD,
            "",
        )
    if not is_mysql:
        return f"remove or mend the method, which does not bring the error back whole. In its place: {REBUILD}", listed
    if set(own.values()) == {cls}:
        return "remove the method: without it, mysql_errors_compat brings the class back whole", listed
    mend = "remove the method, or put this into the class below it, and mysql_errors_compat brings it back whole"
    driver = next(base for base in cls.__mro__ if base in drivers())
    instead = [f"{name} = {name_of(driver)}.{name}" for name in own if name != "__getstate__" and hasattr(driver, name)]
    nothing = [f"{name} = None" for name in own if name in ("__copy__", "__deepcopy__")]
    return mend, "; ".join([listed, *instead, *nothing])


def methods(cls: type[BaseException]) -> dict[str, type]:
    """Return the pickling methods of the class and of applications' bases, and which of them has each."""
    owners = {name: next((base for base in cls.__mro__ if name in vars(base)), object) for name in _METHODS}
    drivers_packages = ("builtins", "mysql", "mysqlx")
    return {name: owner for name, owner in owners.items() if owner.__module__.partition(".")[0] not in drivers_packages}
