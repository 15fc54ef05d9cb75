"""What every test shares: the hierarchy under test, and how thorough Hypothesis is.

The tests of what an upstream fix promises too also run against a driver that has one, alone:

- ``MYSQL_ERRORS_COMPAT_TEST_MODULE`` names the hierarchy, by default mysql.connector.errors;
- ``MYSQL_ERRORS_COMPAT_DRIVER_ALONE=1`` takes the package out of it again.
"""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

import mysql_errors_compat
from tests.shared.hierarchy import driver

DRIVER_ALONE = os.environ.get("MYSQL_ERRORS_COMPAT_DRIVER_ALONE") == "1"

# A shell has what it starts in the background ignore SIGINT, and nohup SIGHUP, and the tests' own processes would
# inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

mysql_errors_compat.install(driver)
if DRIVER_ALONE:
    mysql_errors_compat.uninstall()

health = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("default", deadline=None, suppress_health_check=health, max_examples=100, derandomize=True)
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=25)
# To know that a test fails is enough, where it is run hundreds of times.
found = [Phase.explicit, Phase.generate]
settings.register_profile("mutants", parent=settings.get_profile("quick"), phases=found, print_blob=False)
settings.register_profile("thorough", deadline=None, suppress_health_check=health, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not DRIVER_ALONE:
        return
    needing = [item for item in items if item.get_closest_marker("needs_package")]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]
