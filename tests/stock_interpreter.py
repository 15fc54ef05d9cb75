"""The other end of a pipe: an interpreter with the driver and without the package.

Reads a pickled request from standard input and writes a pickled answer, until there are no more.
A request is either ``bytes``, the pickle of an error, or a call that makes one: ``(class, fields,
attributes)``. The answer is what the error looks like here, and its pickle as made here.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

from tests.hierarchy import driver


def look(error: Any) -> tuple[Any, ...]:
    return type(error).__module__, type(error).__qualname__, error.args, vars(error)


def main() -> None:
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        if isinstance(request, bytes):
            error = pickle.loads(request)
        else:
            cls, fields, attributes = request
            error = getattr(driver, cls)(*fields)
            vars(error).update(attributes)
        answer = look(error), pickle.dumps(error, 2), "mysql_errors_compat" in sys.modules
        pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
