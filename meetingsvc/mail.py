"""`dispatch()`: the one way out of the service for a message."""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from meetingsvc.config import Settings, Unsafe
from meetingsvc.store.outbox import Message
from meetingsvc.store.recipients import addressed, may_receive
from notifications import messages
from notifications.messages import SUBJECTS

__all__ = ["dispatch", "letter", "may_receive", "way_out"]

TIMEOUT_SECONDS = 30
log = structlog.get_logger()
_templates = Environment(
    loader=PackageLoader("templates", "email"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"]),
)
Carrier = Callable[[EmailMessage, str], None]


def dispatch(message: Message, settings: Settings, now: datetime) -> str | None:
    """Sends one notice to its one recipient; else says why it was refused (Rulebook S1, S3, V1).

    Whether they may be told is read again at this moment, whatever was true when the notice was queued. Only
    notices without content are sent. Raises OSError (SMTP's errors are among them) where the mail could
    not be handed over.
    """
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    recipient, refused = addressed(message.account_id, message.waiting.panel, now, content=False)
    if refused:
        log.info("message refused", message=str(message.id), why=refused)
        return refused
    carry(letter(message, recipient.email, settings, now), str(message.id))
    return None


def letter(message: Message, to: str, settings: Settings, now: datetime) -> EmailMessage:
    """The message as it leaves: a constant subject, one address without a name, the same Message-ID however
    often it leaves (Rulebook S2, F3)."""
    values = messages.context(message.waiting, settings.public_url)
    found = EmailMessage(policy=SMTP)
    found["Subject"] = SUBJECTS[message.notice]
    found["From"] = _address(settings.mail_from or "meetings@localhost")
    found["To"] = _address(to)
    found["Date"] = now
    found["Message-ID"] = f"<{message.id}@{urlsplit(settings.public_url).hostname}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(_templates.get_template(f"{message.notice}/body.txt").render(values))
    found.add_alternative(
        _templates.get_template(f"{message.notice}/body.html").render(values), subtype="html"
    )
    return found


def _address(plain: str) -> Address:
    """Parts, never text: so no address can bring a second header or a second recipient."""
    user, _, domain = plain.rpartition("@")
    return Address(username=user, domain=domain)


def way_out(settings: Settings) -> Carrier | None:
    """The mail server; in development a folder; None where neither is set."""
    if settings.smtp_url:
        server = urlsplit(settings.smtp_url)
        return lambda letter, _: _send(letter, server)
    folder = settings.mail_dir or (settings.data_dir / "mail" if settings.demo else None)
    return None if folder is None else lambda letter, name: _keep(letter, folder / f"{name}.eml")


def _send(letter: EmailMessage, server: SplitResult) -> None:
    """Over TLS with the certificate checked, or not at all: `smtp://` needs STARTTLS."""
    host, context = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_SECONDS)
    with connection:
        if server.scheme != "smtps":
            connection.starttls(context=context)
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(letter)


def _keep(letter: EmailMessage, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(letter.as_bytes())
