"""Takes waiting imports in, in the background of the process that serves the pages: one at a time."""

import threading

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from meetingsvc import clock
from meetingsvc.store import acting
from meetingsvc.usecases import uploads

_one_at_a_time = threading.Lock()
log = structlog.get_logger()


def start(app: Flask) -> None:
    """Takes in what waits, also what a killed process left: after an upload, and when serving starts."""
    if app.testing:
        run(app)
    else:
        threading.Thread(target=run, args=(app,), name="imports", daemon=True).start()


def run(app: Flask) -> None:
    """Takes in all that waits. A daemon thread may die with its process: the import then still waits."""
    with _one_at_a_time, app.app_context(), acting.service():
        try:
            uploads.run_waiting(app.config["SETTINGS"], clock.now())
        except OperationalError:
            log.error("imports wait: the database is busy or away")
