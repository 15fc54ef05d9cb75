"""What README and the guides say of others' cures, and of errors that grow, seen to be so."""

from __future__ import annotations

import pytest

from benchmarks.measure import load
from tests.shared.fresh import run
from tests.shared.needs import need
from tests.shared.processes import ROOT

pytestmark = pytest.mark.needs_package

CLAIMS = {
    "tblib misses a later class": (
        """
        import mysql.connector, pickle, tblib.pickling_support
        tblib.pickling_support.install()
        from tests.shared.app_errors import KeywordOnly
        try:
            pickle.loads(pickle.dumps(KeywordOnly(table="orders", attempt=3)))
        except TypeError as problem:
            print(problem)
        """,
        "KeywordOnly.__init__() takes 1 positional argument but 4 were given",
    ),
    "tblib's pickles name it": (
        """
        import pickle, tblib.pickling_support
        from tests.shared.app_errors import KeywordOnly
        tblib.pickling_support.install()
        print(b"tblib" in pickle.dumps(KeywordOnly(table="orders", attempt=3)))
        """,
        "True",
    ),
    "tblib does not read args": (
        """
        import mysql.connector, tblib.pickling_support
        tblib.pickling_support.install()
        error = mysql.connector.OperationalError("Deadlock found", 1213, sqlstate="40001")
        print(type(error)(*error.args).errno)
        """,
        "1213 (40001): Deadlock found",
    ),
    "a reduce of one's own does not cure args order": (
        """
        import copy, copyreg
        from tests.shared.app_errors import KeywordOnly

        class Own(KeywordOnly):
            def __reduce__(self):
                return copyreg.__newobj__, (type(self), *self.args), self.__dict__

        error = Own(table="orders", attempt=3)
        assert copy.copy(error).args == error.args
        try:
            Own(*error.args)
        except TypeError:
            print("not rebuilt")
        """,
        "not rebuilt",
    ),
}


@pytest.mark.parametrize(("script", "said"), CLAIMS.values(), ids=CLAIMS)
def test_what_others_do_not_cure(script: str, said: str) -> None:
    need("tblib")
    assert run(script).strip() == said


def test_how_an_error_grows_without_the_package() -> None:
    script = """
import pickle, mysql.connector
error = mysql.connector.OperationalError("Deadlock found when trying to get lock; try restarting transaction", 1213,
                                          sqlstate="40001")
sizes = []
for _ in range(31):
    sizes.append(len(pickled := pickle.dumps(error)))
    error = pickle.loads(pickled)
print(sizes[0], sizes[-1])
"""
    first, last = map(int, run(script).split())
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"from {first} bytes to {last / 1e6:.0f} MB after 30" in readme
    measured = load().figures["stock", "typical", "bytes by hop"]
    assert (measured[0], measured[-1]) == (first, last), "docs/costs.md is about the same error"
