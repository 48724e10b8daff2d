"""`dispatch()`: the one way out of the service, and the mail server behind it."""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from meetingsvc.config import Settings, Unsafe
from meetingsvc.store import acting, areas, audit, public_recipients, refusals
from meetingsvc.store.outbox import Message
from meetingsvc.store.recipients import Outgoing, Parties, asked
from notifications import messages
from notifications.messages import SUBJECTS
from notifications.outgoing import Stage
from notifications.recipients import Recipient

TIMEOUT_SECONDS = 30
_templates = Environment(
    loader=PackageLoader("templates", "email"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"]),
)
Carrier = Callable[[EmailMessage, str], None]


@dataclass(frozen=True, slots=True)
class Cleared:
    """What `dispatch` has let through: the one recipient, and the only cases it may tell of.

    Whatever hands something over takes one of these, and nothing else makes one.
    """

    thing: Outgoing
    recipient: Recipient
    about: frozenset[UUID]


def dispatch(thing: Outgoing, stage: Stage, now: datetime, parties: Parties | None = None) -> Cleared | None:
    """The one door for every message, file and invitation; None where it may not pass (F3, S1, S3, V1, M6).

    It is asked when a thing is made, when it is sent and each time it is opened, whatever was true before.
    What it refuses is kept, logged and audited in the transaction that is open. `parties` saves reading them
    again for the next recipient of the same.
    """
    answer = asked(thing, stage, now, parties)
    refusals.keep(answer, now)
    return None if answer.ground else Cleared(thing, answer.recipient, answer.about)


@dataclass(frozen=True, slots=True)
class ClearedLink:
    """A link that `dispatch_link` has let through, to the address of who has no account."""

    id: UUID
    area: str
    email: str


def dispatch_link(
    link_id: UUID, area_id: UUID, email: str, stage: Stage, now: datetime
) -> ClearedLink | None:
    """The same door for a link that says nothing; None where it could reach a perpetrator (Rulebook F3).

    What it refuses is in the audit trail, without the address.
    """
    with acting.whole_area(area_id):
        why, area = public_recipients.ground(area_id, email), areas.by_id(area_id).name
        if why is None:
            return ClearedLink(link_id, area, email)
        audit.record(
            refusals.DOOR, area_id, "outgoing.refused", f"message/{link_id}", now, stage=stage, ground=why
        )
        return None


def send_link(cleared: ClearedLink, key: str, settings: Settings, now: datetime) -> None:
    """Hands one link to the mail server. Raises OSError where it could not be handed over."""
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    link = f"{settings.public_url}/refer/{cleared.area}/link?key={key}"
    made = _written(cleared.id, messages.LINK_SUBJECT, cleared.email, settings, now)
    _fill(made, "public_link", {"link": link})
    carry(made, str(cleared.id))


def send(cleared: Cleared, message: Message, settings: Settings, now: datetime) -> None:
    """Hands one notice to the mail server for its one recipient.

    Raises OSError (SMTP's errors are among them) where it could not be handed over.
    """
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    carry(letter(message, cleared.recipient.email, settings, now), str(message.id))


def letter(message: Message, to: str, settings: Settings, now: datetime) -> EmailMessage:
    """The message as it leaves: a constant subject, one address without a name, the same Message-ID however
    often it leaves (Rulebook S2, F3)."""
    values = messages.context(message.waiting, settings.public_url)
    found = _written(message.id, SUBJECTS[message.notice], to, settings, now)
    _fill(found, message.notice, values)
    return found


def _written(id_: UUID, subject: str, to: str, settings: Settings, now: datetime) -> EmailMessage:
    found = EmailMessage(policy=SMTP)
    found["Subject"] = subject
    found["From"] = _address(settings.mail_from or "meetings@localhost")
    found["To"] = _address(to)
    found["Date"] = now
    found["Message-ID"] = f"<{id_}@{urlsplit(settings.public_url).hostname}>"
    found["Auto-Submitted"] = "auto-generated"
    return found


def _fill(found: EmailMessage, kind: str, values: Mapping[str, str]) -> None:
    found.set_content(_templates.get_template(f"{kind}/body.txt").render(values))
    found.add_alternative(_templates.get_template(f"{kind}/body.html").render(values), subtype="html")


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
