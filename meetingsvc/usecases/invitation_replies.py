"""Who comes: answers read from a mailbox, pasted by who runs the meeting, or given in the service.

What comes by mail comes from outside: it changes nothing but the answer of the one person who was invited,
whose address it must name and come from. What is not understood changes nothing, and says so (security.md
A20).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import InvitationRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, marac
from meetingsvc.store import invitations as store
from meetingsvc.store.jobs import Overtaken
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.answers import Answer, NoReply, Reply
from notifications.invites import LONGEST_REPLY, read_reply

log = structlog.get_logger()

#: Who answers, in the audit trail, where it came by mail.
MAILBOX = "mailbox"
#: A mail that answers is short; one that is not is not read to its end.
LONGEST_MAIL = 256 * 1024
TAKEN, KNOWN = "The answer is kept.", "The answer was known already."
UNKNOWN = "It answers no invitation of this service."
NOT_THEIRS = "It does not come from the address it answers for."
OLDER = "It answers an earlier time of the meeting."
FAILED = "It could not be kept: open it, and type in or paste what it says."


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a mailbox file, cut where it is longer than any answer; and where all of it lies there."""

    raw: bytes
    first: int
    end: int


def from_mailbox(lines: Iterable[bytes], now: datetime) -> list[str]:
    """Reads a mailbox file; what became of each mail in it, without a name. Safe to read twice."""
    return [of_mail(mail.raw, now) for mail in mails(lines)]


def mails(lines: Iterable[bytes]) -> Iterator[Mail]:
    """Each mail of an mbox file; a single mail is one of them."""
    mail, length, blank, first, at = list[bytes](), 0, True, 0, 0
    for line in lines:
        if blank and line.startswith(b"From ") and mail:
            yield Mail(b"".join(mail), first, at)
            mail, length, first = [], 0, at
        blank = not line.strip()
        length, at = length + len(line), at + len(line)
        if length <= LONGEST_MAIL and not (line.startswith(b"From ") and not mail):
            mail.append(line)
    if mail:
        yield Mail(b"".join(mail), first, at)


def of_mail(raw: bytes, now: datetime) -> str:
    """What became of one mail, in one of the sentences of this module, or of who reads answers."""
    try:
        reply = _replied(raw)
    except NoReply as problem:
        return str(problem)
    try:
        with saved(), acting.service():
            return _take(reply, MAILBOX, now)
    except (OperationalError, Overtaken):  # no database, or another worker is at it: no mail is at fault
        raise
    except Exception as failure:  # one mail keeps no other from being read; its words may hold a name
        log.error("an answer by mail could not be kept", kind=type(failure).__name__)
        return FAILED


def _replied(raw: bytes) -> Reply:
    """The answer in a mail. Raises NoReply, where it comes from somebody else than it answers for, too."""
    if len(raw) > LONGEST_MAIL:
        raise NoReply("It is longer than an answer can be.")
    try:
        mail = message_from_bytes(raw, policy=default)
        parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        sender = parseaddr(str(mail["From"] or ""))[1].lower()
        found = [_decoded(part) for part in parts]
    except Exception as broken:  # whatever the library makes of what is broken
        raise NoReply("It is no mail that can be read.") from broken
    if len(found) != 1:
        raise NoReply("It is no answer to an invitation.")
    reply = read_reply(found[0])
    if sender != reply.attendee:
        raise NoReply(NOT_THEIRS)
    return reply


def _decoded(part: EmailMessage) -> bytes:
    """Quoted-printable and base64 undone."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > LONGEST_REPLY:
        raise NoReply("It is longer than an answer can be.")
    return content


def paste(principal: Principal, meeting_id: UUID, text: str, now: datetime) -> str:
    """An answer that somebody passed on by hand, to the meeting whose page it is: a mail as it came, or the
    calendar file in it (Rulebook M4). Raises RuleBroken where it changes nothing, NotFound."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        if marac.sitting(who, meeting_id) is None:
            raise NotFound
        raw = text.strip().encode()
        try:
            reply = read_reply(raw) if raw[:15].upper() == b"BEGIN:VCALENDAR" else _replied(raw)
        except NoReply as problem:
            raise RuleBroken(str(problem)) from problem
        with acting.whole_area(who.area_id):
            said = _take(reply, who.account_id, now, of=meeting_id)
    if said not in (TAKEN, KNOWN):
        raise RuleBroken(said)
    return said


def answer(principal: Principal, meeting_id: UUID, said: Answer, now: datetime) -> None:
    """One's own, in the service. Raises RuleBroken for who is not invited, whether it is hidden from them or
    not there, and where it is over."""
    with saved_by(principal, Permission.AGENDA_READ, now) as who, acting.whole_area(who.area_id):
        areas.hold(who.area_id)
        mine, entry = store.of_meeting(meeting_id).get(who.account_id), store.latest(meeting_id)
        if mine is None or entry is None or entry.area_id != who.area_id or mine.area_id != who.area_id:
            raise RuleBroken("You are not invited to that meeting.")
        if entry.cancelled:
            raise RuleBroken("This meeting is cancelled. You need not answer.")
        if entry.starts_at <= now:
            raise RuleBroken("This meeting has begun. Your answer was not changed.")
        _keep(mine, said, entry.sequence, now, who.account_id, now)


def _take(reply: Reply, actor: UUID | str, now: datetime, of: UUID | None = None) -> str:
    """What becomes of it; inside a transaction, as the service."""
    entry = store.meant(reply.uid, reply.replaces)
    if entry is None or (of and entry.meeting_id != of):
        return UNKNOWN
    areas.hold(entry.area_id)
    mine = store.by_address(entry.meeting_id, reply.attendee)
    if mine is None or reply.sequence > entry.sequence:
        return UNKNOWN
    if reply.sequence < entry.sequence:
        return OLDER
    if mine.answered_at and (mine.answered or 0) >= reply.sequence and mine.answered_at >= reply.stamped:
        return KNOWN
    _keep(mine, reply.answer, reply.sequence, min(reply.stamped, now), actor, now)
    return TAKEN


def _keep(
    mine: InvitationRow, said: Answer, sequence: int, stamped: datetime, actor: UUID | str, now: datetime
) -> None:
    mine.answer, mine.answered, mine.answered_at = said, sequence, stamped
    db.session.flush()
    audit.record(actor, mine.area_id, "invitation.answered", f"meeting/{mine.meeting_id}", now,
                 account=mine.account_id, answer=said)  # fmt: skip
