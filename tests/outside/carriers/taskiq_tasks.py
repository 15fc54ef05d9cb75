"""The task, as a taskiq application has it: in a module that only the worker imports."""

from __future__ import annotations

from .ends import as_sender, fail
from .with_taskiq import broker

as_sender()
broker.register_task(fail, "fail")
