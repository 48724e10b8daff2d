"""How messages leave: a test, what each message says, and in development what was written to the folder."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for

from meetingsvc import clock, mail
from meetingsvc.config import Settings
from meetingsvc.permissions import Permission
from meetingsvc.store import outbox_page
from meetingsvc.usecases import mail_test, reading
from meetingsvc.web import guard, outbox_parts
from meetingsvc.web.guard import needs
from meetingsvc.web.outbox_parts import Shown, shown

bp = Blueprint("mail_setup", __name__, url_prefix="/outbox")
#: Of the folder of development, the newest.
MOST = 50
_NAMES = "-".join("[0-9a-f]" * length for length in (8, 4, 4, 4, 12)) + ".eml"


@bp.get("/messages")
@needs(Permission.MAIL_TEST)
def messages() -> str:
    """Every message of the service, with invented values, and a test."""
    settings, now = _settings(), clock.now()
    samples = [shown(kind, mail.sample(kind, settings, now)) for kind in mail.SUBJECTS]
    way = "server" if settings.smtp_url else "folder" if mail.local_folder(settings) else ""
    return render_template("outbox/messages.html", samples=samples, way=way)


@bp.post("/test")
@needs(Permission.MAIL_TEST)
def test() -> Any:
    """Sends one to oneself, at once."""
    if fault := mail_test.send(guard.principal(), _settings(), clock.now()):
        flash(f"The test message was not sent: {fault}.", "error")
    else:
        flash("The test message was handed over. See whether it reaches you.", "success")
    return redirect(url_for("mail_setup.messages"), 303)


@bp.get("/local")
@needs(Permission.OUTBOX_MANAGE)
def local() -> str:
    """What was written to the folder, in development: messages that one may see, and no others."""
    folder = outbox_parts.folder() if outbox_parts.folder_is_read() else None
    who, now = guard.principal(), clock.now()
    paths = folder.glob(_NAMES) if folder else ()
    newest = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)[: 4 * MOST]
    ids = {path: UUID(path.stem) for path in newest}
    seen = outbox_page.seen(who, ids.values())
    kept = [_read(path) for path in newest if ids[path] in seen][:MOST]
    reading.opened(who, "outbox.list_read", f"area/{who.area_id}", now, shown=len(kept))
    return render_template("outbox/local.html", kept=kept, folder=folder is not None)


def _read(path: Path) -> Shown:
    return shown(path.name, message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default))


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
