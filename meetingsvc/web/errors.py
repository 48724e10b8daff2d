"""What a person is told when something does not go: in one place, so hidden and missing look the same."""

import secrets

import structlog
from flask import Flask, Response, render_template
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from agenda.rules import RuleBroken
from meetingsvc.models import db
from meetingsvc.web import problems

log = structlog.get_logger()
Answer = tuple[str, int] | Response


def set_up(app: Flask) -> None:
    """The error pages."""
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _not_kept)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _anything)


def _rule_broken(error: RuleBroken) -> Answer:
    return render_template("errors/409.html", message=str(error)), 409


def _stale_form(error: CSRFError) -> Answer:
    return render_template("errors/400.html"), 400


def _http(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return error  # a strange host: our pages cannot even be addressed
    if problems.asks_as_machine():
        return problems.of(error)
    try:
        return render_template(f"errors/{error.code}.html", message=error.description), error.code
    except TemplateNotFound:
        return render_template("errors/400.html"), error.code


def _database(error: OperationalError) -> Answer:
    log.error("database", kind=type(error.orig).__name__)
    if problems.asks_as_machine():
        return problems.problem(503, "The service cannot reach its database. Send the message again later.")
    return render_template("errors/503.html"), 503


def _not_kept(error: DataError) -> Answer:
    """What was sent has a character that PostgreSQL keeps in no text (NUL), or a number that it has no room
    for: that is theirs to change, not a fault of the service."""
    db.session.rollback()
    log.error("not kept", kind=type(error.orig).__name__)
    if problems.asks_as_machine():
        return problems.problem(422, "It holds a character or a number that cannot be kept. Nothing changed.")
    return render_template("errors/not_kept.html"), 422


def _anything(error: Exception) -> Answer:
    """The log has where it happened and a reference, never what was in hand: that may name a person."""
    reference = secrets.token_hex(4)
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    log.error("failure", reference=reference, kind=type(error).__name__, where=where)
    if problems.asks_as_machine():
        return problems.problem(500, f"A fault of the service. Tell its administrator: {reference}")
    return render_template("errors/500.html", reference=reference), 500
