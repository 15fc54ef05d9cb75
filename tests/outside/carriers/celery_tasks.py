"""The tasks, as a Celery application has them: in a module that only the worker imports."""

from __future__ import annotations

from typing import Any

from .ends import as_sender, caught, fail
from .with_celery import app

as_sender()


def retry(task: Any, case: str) -> None:
    raise task.retry(exc=caught(case), countdown=0)


app.task(fail, name="fail")
app.task(retry, name="retry", bind=True, max_retries=1)
