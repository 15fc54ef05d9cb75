"""How to connect to the server of the tests. Imports nothing but the driver, so that any interpreter can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mysql.connector


@dataclass(frozen=True)
class Server:
    """A server, as a value that can be sent to another process."""

    host: str
    port: int
    user: str
    password: str
    database: str
    unix_socket: str | None = None
    ssl_disabled: bool = False

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Return arguments for ``mysql.connector.connect`` and its asynchronous twin."""
        arguments = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
            # Newer drivers ask for a collation of MySQL 8, which MariaDB does not have.
            "charset": "utf8mb4",
            "collation": "utf8mb4_general_ci",
            "ssl_disabled": self.ssl_disabled,
            "connection_timeout": 10,
            **changes,
        }
        return {name: value for name, value in arguments.items() if _driver_knows(name)}


def _driver_knows(argument: str) -> bool:
    """Tell whether the driver has this argument, of those that are younger than the oldest drivers."""
    if argument == "use_pure":
        return hasattr(mysql.connector, "HAVE_CEXT")
    if argument == "ssl_disabled":  # without, it uses TLS only if it is told how
        try:
            mysql.connector.MySQLConnection().config(ssl_disabled=True)
        except AttributeError:
            return False
    return True
