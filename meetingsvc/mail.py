"""`dispatch()`: the one way out of the service, and the mail server behind it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from agenda.meetings import MeetingKind
from meetingsvc.config import Settings, Unsafe
from meetingsvc.mail_smtp import Fault, NotSent, hand_over
from meetingsvc.store import acting, areas, audit, invitations, public_recipients, refusals, rehearsals
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.outbox import Message
from meetingsvc.store.recipients import Outgoing, asked
from notifications import invites, messages
from notifications.messages import Line, Notice, Waiting
from notifications.outgoing import MAIL_TEST, PACK_LETTER, Stage, What
from notifications.recipients import Ground, Recipient

#: Of every message, as a header beside its first words.
MARKING = "OFFICIAL-SENSITIVE"
#: Of the link to who has no account: it says neither what for nor about whom.
LINK = "public_link"
#: Who answers to an invitation go to where no address of the service is set: nowhere (RFC 2606).
NOBODY = "meetings@service.invalid"
#: Messages that are no notice.
OTHERS = (LINK, PACK_LETTER, MAIL_TEST)
_LOADER = PackageLoader("templates", "email")
_templates = Environment(loader=_LOADER, undefined=StrictUndefined, autoescape=select_autoescape(["html"]))
Carrier = Callable[[EmailMessage, str], None]
_HOST = re.compile("[A-Za-z0-9.-]+")
_LONGEST = 254  # of an address (RFC 5321); folding a longer one takes the library minutes


def _subject(kind: str) -> str:
    """The line of `templates/email/<kind>/subject.txt`: a constant, in plain letters, with the marking."""
    subject = _LOADER.get_source(_templates, f"{kind}/subject.txt")[0].removesuffix("\n")
    if not (subject.isascii() and subject.isprintable() and subject.startswith(f"{MARKING}: ")):
        raise ValueError(f"the subject of {kind} is not one plain line")
    if "{" in subject:
        raise ValueError(f"the subject of {kind} takes a value")
    return subject


SUBJECTS: Mapping[str, str] = MappingProxyType({kind: _subject(kind) for kind in (*Notice, *OTHERS)})
"""Constants: a subject that takes no value can carry neither a name nor a second header (Rulebook S2, F3)."""


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
        if rehearsals.is_one(area_id):
            why = Ground.REHEARSAL
        if why is None:
            return ClearedLink(link_id, area, email)
        audit.record(
            refusals.DOOR, area_id, "outgoing.refused", f"message/{link_id}", now, stage=stage, ground=why
        )
        return None


def send_link(cleared: ClearedLink, key: str, settings: Settings, now: datetime) -> None:
    """Hands one link to the mail server. Raises NotSent where it could not be handed over."""
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    link = f"{settings.public_url}/refer/{cleared.area}/link?key={key}"
    made = _written(cleared.id, LINK, cleared.email, settings, now)
    _fill(made, LINK, {"link": link})
    carry(made, str(cleared.id))


def send(cleared: Cleared, message: Message, settings: Settings, now: datetime) -> None:
    """Hands one message to the mail server for its one recipient.

    Raises NotSent where it could not be handed over, or where nobody knows whether it was.
    """
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    carry(letter(message, cleared.recipient.email, settings, now), str(message.id))


def send_test(cleared: Cleared, id_: UUID, settings: Settings, now: datetime) -> None:
    """Hands a test message to the mail server, for who asked for it. Raises as `send`."""
    carry = way_out(settings)
    if carry is None:
        raise Unsafe("Mail is not set up. Set MEETINGSVC_SMTP_URL and MEETINGSVC_MAIL_FROM.")
    own = areas.settings_of(areas.by_id(cleared.thing.area_id))
    to = cleared.recipient.email
    made = _written(id_, MAIL_TEST, to, settings, now, own.mail_sender, own.mail_reply_to)
    _fill(made, MAIL_TEST, {})
    carry(made, str(id_))


def sample(kind: str, settings: Settings, now: datetime) -> EmailMessage:
    """A message of that kind with invented values, for who looks at what is said. It goes nowhere."""
    waiting = Waiting(MeetingKind.MARAC, date(2026, 12, 3), "/marac", (Line("Something waits", "/actions"),))
    found = _written(UUID(int=0), kind, "wren@homes.example", settings, now)
    _fill(found, kind, messages.context(waiting, settings.public_url))
    return found


def letter(message: Message, to: str, settings: Settings, now: datetime) -> EmailMessage:
    """The message as it leaves: a constant subject, one address without a name, the same Message-ID however
    often it leaves (Rulebook S2, F3)."""
    values = messages.context(message.waiting, settings.public_url)
    found = _written(message.id, message.kind, to, settings, now, message.sender, message.reply_to)
    _fill(found, message.kind, values)
    if message.what is What.INVITATION:
        _bring(found, message, to, settings.mail_from or NOBODY)
    if message.content:  # a copy of a pack, encrypted for its holder; its name says nothing
        found.add_attachment(message.content, maintype="application", subtype="pdf", filename="pack.pdf")
    return found


def _bring(found: EmailMessage, message: Message, to: str, own: str) -> None:
    """The calendar entry as it was when the message was queued; as bytes, so that no line is rewrapped.

    `own` is the service's own address, for an entry without an organiser.
    """
    if message.meeting_id is None:
        raise ValueError("an invitation is to a meeting")
    with acting.whole_area(message.area_id):
        entry, organiser = invitations.at(message.meeting_id, message.sequence)
    found.add_alternative(
        invites.invitation(entry, organiser or own, to), maintype="text", subtype="calendar", cte="base64",
        params={"method": invites.method_of(entry), "charset": "utf-8", "component": "VEVENT"},
    )  # fmt: skip


def _written(
    id_: UUID, kind: str, to: str, settings: Settings, now: datetime, sender: str = "", reply_to: str = ""
) -> EmailMessage:
    found = EmailMessage(policy=SMTP)
    found["Subject"] = SUBJECTS[kind]
    found["From"] = _address(sender or settings.mail_from or "meetings@localhost")
    if reply_to:
        found["Reply-To"] = _address(reply_to)
    found["To"] = _address(to)
    found["Date"] = now
    found["Message-ID"] = f"<{id_}@{urlsplit(settings.public_url).hostname}>"
    found["Auto-Submitted"] = "auto-generated"
    found["X-Protective-Marking"] = MARKING
    found["Sensitivity"] = "Company-Confidential"  # what mail programs know of it (RFC 2156)
    return found


def _fill(found: EmailMessage, kind: str, values: Mapping[str, Any]) -> None:
    found.set_content(_templates.get_template(f"{kind}/body.txt").render(values))
    found.add_alternative(_templates.get_template(f"{kind}/body.html").render(values), subtype="html")


def _address(plain: str) -> Address:
    """Parts, never text: so no address can bring a second header or a second recipient."""
    if len(plain) > _LONGEST or any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") for one in plain):
        raise ValueError("an address is one line")
    user, _, domain = plain.rpartition("@")
    # "a@b,root" would be two; an encoded word is decoded when folded and can hold a header (CVE-2024-6923).
    if not user or "=?" in user or not _HOST.fullmatch(domain):
        raise ValueError("an address is somebody at one host")
    return Address(username=user, domain=domain)


def way_out(settings: Settings) -> Carrier | None:
    """The mail server; in development a folder; None where neither is set."""
    if settings.smtp_url:
        server = urlsplit(settings.smtp_url)
        return lambda letter, _: hand_over(letter, server)
    folder = local_folder(settings)
    return None if folder is None else lambda letter, name: _keep(letter, folder / f"{name}.eml")


def local_folder(settings: Settings) -> Path | None:
    """Where messages are written in development; None where they leave, or cannot."""
    if settings.smtp_url:
        return None
    return settings.mail_dir or (settings.data_dir / "mail" if settings.demo else None)


def _keep(letter: EmailMessage, path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(letter.as_bytes())
    except OSError:
        raise NotSent(Fault.NOT_KEPT) from None
