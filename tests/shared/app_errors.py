"""Exceptions as applications define them. Imports the driver and nothing of the package."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tests.shared.hierarchy import driver

if TYPE_CHECKING:
    from mysql.connector.errors import Error, IntegrityError, OperationalError
else:
    Error, IntegrityError, OperationalError = driver.Error, driver.IntegrityError, driver.OperationalError

T = TypeVar("T")

runs: list[str] = []  # the constructors that ran, those with a side effect


class Plain(OperationalError):
    """Nothing of its own."""


class Outer:
    class Nested(IntegrityError):
        class Deeper(Error):
            def __init__(self, *, table: str) -> None:
                super().__init__(f"no {table}", 1146, sqlstate="42S02")


class KeywordOnly(OperationalError):
    def __init__(self, *, table: str, attempt: int) -> None:
        super().__init__(f"{table} failed", 1213, sqlstate="40001")
        self.table = table
        self.attempt = attempt


class Required(Error):
    def __init__(self, table: str, row: dict[str, int]) -> None:
        super().__init__(f"{table}: {row}")
        self.row = row


class Reordered(Error):
    def __init__(self, errno: int, msg: str) -> None:
        super().__init__(msg, errno)


class Renamed(Error):
    def __init__(self, text: str, code: int, *, state: str = "HY000") -> None:
        super().__init__(text, code, (text, code), state)


class SameNamesAndMore(Error):
    def __init__(
        self, msg: str, errno: int | None = None, values: tuple[str, ...] | None = None, sqlstate: str = "", *, tag: str
    ) -> None:
        super().__init__(msg, errno, values, sqlstate)
        self.tag = tag


class SideEffect(Error):
    def __init__(self, table: str) -> None:
        super().__init__(table, 1146)
        runs.append(table)


class Silent(Error):
    """Its constructor never calls the driver's."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __str__(self) -> str:
        return self.table


class Slotted(Error):
    __slots__ = ("__private", "table", "unset")

    def with_slots(self, table: Any) -> Slotted:
        self.table = table
        self.__private = [table]
        return self


class SlottedOwn(Error):
    __slots__ = ("table",)

    def __init__(self, *, table: str) -> None:
        super().__init__("no such table", 1146)
        self.table = table


class PropertyOverSlot(Slotted):
    @property
    def table(self) -> str:
        return "computed"


class OwnNew(Error):
    def __new__(cls, table: str, *, region: str) -> OwnNew:
        self = super().__new__(cls, table)
        runs.append(region)
        return self

    def __init__(self, table: str, *, region: str) -> None:
        super().__init__(table, 1146, sqlstate="42S02")
        self.region = region


class OnlyOwnNew(Error):
    """With the driver's constructor, which the application's ``__new__`` does not let through."""

    def __new__(cls, msg: str, errno: int) -> OnlyOwnNew:
        runs.append(msg)
        return super().__new__(cls, msg, errno)


class OwnNewAndOSError(OperationalError, OSError):  # type: ignore[misc]
    def __new__(cls, *, path: str) -> OwnNewAndOSError:
        return super().__new__(cls)

    def __init__(self, *, path: str) -> None:
        super().__init__(path, 2002)
        self.filename = path


class WithValueError(Error, ValueError): ...


class WithValueErrorOwn(ValueError, Error):
    def __init__(self, *, column: str) -> None:
        Error.__init__(self, column, 1054)


class WithOSError(OperationalError, OSError): ...  # type: ignore[misc]


class WithOSErrorOwn(OperationalError, OSError):  # type: ignore[misc]
    def __init__(self, *, path: str, code: int) -> None:
        super().__init__(path, code, sqlstate="08S01")
        self.filename = path


class WithOSErrorFirst(ConnectionError, OperationalError):  # type: ignore[misc]
    def __init__(self, *, host: str, code: int) -> None:
        OperationalError.__init__(self, host, code, sqlstate="08S01")


class WithProperty(Error):
    @property
    def msg(self) -> str:
        return self._text

    @msg.setter
    def msg(self, msg: str) -> None:
        self._text = msg


class OfType(Error, Generic[T]):
    def __init__(self, thing: T) -> None:
        super().__init__(f"{thing}", 1)
        self.thing = thing


class IntOfType(OfType[int]): ...


@dataclass
class Data(Error):
    table: str
    rows: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.table, 1146)


@dataclass
class DataWithoutInit(Error):
    table: str
    attempt: int = 1

    def __str__(self) -> str:
        return self.table


@dataclass(eq=True, order=True)
class DataKeywordOnly(OperationalError):
    table: str = field(kw_only=True)

    def __post_init__(self) -> None:
        OperationalError.__init__(self, self.table, 1213, None, "40001")


class OwnReduce(Error):
    def __init__(self, *, table: str) -> None:
        super().__init__(table, 1146)
        self.table = table

    def __reduce__(self) -> Any:
        return _own_reduce, (self.table,)


def _own_reduce(table: str) -> OwnReduce:
    runs.append(table)
    return OwnReduce(table=table)


# Each can be built from its type hints, also Outer's.
_OTHERS = {Error, IntegrityError, OperationalError, OwnReduce, OfType}
_FOUND = [cls for cls in list(globals().values()) if type(cls) is type and issubclass(cls, Error)]
BUILDABLE: tuple[type[Error], ...] = (Outer.Nested, Outer.Nested.Deeper, *(c for c in _FOUND if c not in _OTHERS))


if sys.version_info >= (3, 11):

    class Group(ExceptionGroup, Error):  # noqa: F821
        """Built on a class whose members are read-only."""
