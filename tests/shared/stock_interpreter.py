"""The other end of a pipe: an interpreter with the driver and without the package.

Reads pickled requests from standard input and writes pickled answers, until there are no more. A request is the pickle
of an error, and a protocol. The answer is all that is to be seen in the error here, as a text, and its pickle as made
here; or else a text that says what cannot be done.
"""

from __future__ import annotations

import pickle
import sys
from operator import itemgetter
from typing import Any

from tests.shared.facts import members


def look(error: Any) -> tuple[Any, ...]:
    return type(error).__module__, type(error).__qualname__, error.args, vars(error)


def look_closely(error: Any) -> tuple[Any, ...]:
    """Return the same with the text, and with what is outside of ``__dict__``: slots, and members of builtins."""
    try:
        text: object = str(error)
    except Exception as problem:  # the driver's __str__ raises where there is no message
        text = type(problem)
    return *look(error)[:3], text, sorted(members(error), key=itemgetter(0)), sorted(vars(error).items())


def main() -> None:
    while True:
        try:
            pickled, protocol = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        has_package = "mysql_errors_compat" in sys.modules
        pickle.dump((*answer(pickled, protocol), has_package), sys.stdout.buffer)
        sys.stdout.buffer.flush()


def answer(pickled: bytes, protocol: int) -> tuple[Any, Any]:
    try:
        error = pickle.loads(pickled)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}", b""
    try:
        # A text, since what is to be seen may hold what only this end can load.
        return repr(look_closely(error)), pickle.dumps(error, protocol)
    except Exception as problem:
        return repr(look_closely(error)), f"{type(problem).__name__}: {problem}"


if __name__ == "__main__":
    main()
