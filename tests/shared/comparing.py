"""Comparing an error that arrived with the one that left."""

from __future__ import annotations

from mysql_errors_compat._tools.survival import Fault, find_fault


def difference(left: BaseException, arrived: BaseException) -> Fault | None:
    """Say how an error that arrived differs from the one that left; return None if it does not."""
    return find_fault(left, [("elsewhere", repr, lambda _: arrived)])
