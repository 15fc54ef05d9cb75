"""What README says of others' cures, seen to be so; that tblib misses classes defined later, test_carriers.py tells."""

from __future__ import annotations

import pytest

from tests.shared.fresh import run
from tests.shared.needs import need

pytestmark = pytest.mark.needs_package

CLAIMS = {
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
