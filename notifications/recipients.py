"""Who may be sent what."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from agenda.area import SECURE_DOMAINS
from agenda.details import Shared

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@((?:{_LABEL}\.)+[A-Za-z]{{2,63}})")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")
_ADDRESS_LENGTH = 254
#: Where anybody can have a domain, or an address, of their own: content would go to people of no agency.
_ANYBODYS = frozenset(
    "co.uk org.uk me.uk net.uk ltd.uk plc.uk "
    "gmail.com googlemail.com hotmail.com hotmail.co.uk outlook.com live.com live.co.uk msn.com "
    "yahoo.com yahoo.co.uk icloud.com me.com aol.com proton.me btinternet.com sky.com".split()
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The one account a message is for."""

    account_id: UUID
    agency_id: UUID
    email: str


def domain_of(address: str) -> str | None:
    """The domain of a plain ASCII address, in lower case; None where it is anything else.

    Look-alike letters, encoded words, comments, quoted names, trailing dots and number addresses are all
    something else.
    """
    if len(address) > _ADDRESS_LENGTH or "=?" in address:  # an encoded word can hold a header (CVE-2024-6923)
        return None
    match = _ADDRESS.fullmatch(address)
    return match[1].lower() if match else None


def is_anybodys(domain: str) -> bool:
    """Whether anybody can have an address there: it says nothing of who writes, or for which agency."""
    return domain.lower() in _ANYBODYS


def is_secure(address: str, domains: Collection[str] = SECURE_DOMAINS) -> bool:
    """Whether an address is in one of the secure domains, or in a domain below one (Rulebook S1)."""
    domain = domain_of(address)
    if domain is None:
        return False
    secure = (known.strip().lstrip(".").lower() for known in domains)
    return any(domain == known or domain.endswith("." + known) for known in secure)


def unfit_address(address: str) -> str | None:
    """Why an area's messages cannot come from an address, in words that follow it; None where they can, or
    where there is none (Rulebook S2)."""
    if not address or domain_of(address):
        return None
    return "is not one plain e-mail address, like panel@council.example"


def unfit_domain(domain: str) -> str | None:
    """Why an area cannot call a domain secure, in words that follow it; None where it can (Rulebook S1).

    Its letters are ASCII, and none stand for others (`xn--`): nobody who confirms it can tell look-alikes.
    """
    if not _DOMAIN.fullmatch(domain) or len(domain) > _ADDRESS_LENGTH:
        return "is not a domain in plain letters, like council.example"
    if any(label.startswith("xn--") for label in domain.lower().split(".")):
        return "stands for a domain in other letters, which can look like another"
    if domain.lower() in _ANYBODYS:
        return "is open to anybody, not to one organisation"
    return None


class Ground(StrEnum):
    """Why nothing may be sent to a recipient, as it is stored and counted; the earliest that stands."""

    REHEARSAL = "rehearsal"
    DISABLED = "disabled"
    NOT_A_SIGNATORY = "not a signatory"
    NOT_ATTENDING = "not attending"
    WALL = "wall"
    COLLISION = "collision"
    CLOSED = "closed"
    NO_USABLE_ADDRESS = "no usable address"
    NOT_A_SECURE_DOMAIN = "not a secure domain"

    @property
    def words(self) -> str:
        """As whoever runs the meetings reads it. It names nobody, and not the case."""
        return _WORDS[self]


_WORDS = {
    Ground.REHEARSAL: "Nothing is sent from a rehearsal: its cases are invented.",
    Ground.DISABLED: "The account is disabled.",
    Ground.NOT_A_SIGNATORY: "The agency has not signed the protocol, or has withdrawn from it.",
    Ground.NOT_ATTENDING: "The agency neither attends nor researches for this meeting.",
    Ground.WALL: "The recipient may know somebody this is about, and is kept from it.",
    Ground.COLLISION: "The recipient is, or shares details with, somebody this must not reach (Rulebook F3).",
    Ground.CLOSED: "What this is about is not open to the recipient.",
    Ground.NO_USABLE_ADDRESS: "The e-mail address is not one the service can use.",
    Ground.NOT_A_SECURE_DOMAIN: (
        "The e-mail address is not in a secure domain, so only a notice can go to it."
    ),
}


class Facts(TypedDict):
    """What decides whether something may be sent to a recipient."""

    signatory: bool
    disabled: bool
    attends: bool
    content: bool  # more than a notice that something waits
    domains: NotRequired[Collection[str]]  # the area's, else SECURE_DOMAINS
    collides: NotRequired[frozenset[Shared]]  # see notifications/collisions.py
    walled: NotRequired[bool]
    rehearsal: NotRequired[bool]
    closed: NotRequired[bool]  # restricted and not named, or otherwise not theirs to read


def grounds(recipient: Recipient, **facts: Unpack[Facts]) -> Ground | None:
    """Why nothing may be sent to a recipient; None where it may be sent.

    Only a live account of a signatory agency that attends, or researches for, the meeting is sent anything
    (Rulebook S3, V1), never past a wall or a restriction (M6), never where it could reach a perpetrator or a
    known associate (F3). Content, unlike a notice that something waits, needs a secure domain (S1).
    """
    insecure = facts["content"] and not is_secure(recipient.email, facts.get("domains", SECURE_DOMAINS))
    reasons = {
        Ground.REHEARSAL: facts.get("rehearsal", False),
        Ground.DISABLED: facts["disabled"],
        Ground.NOT_A_SIGNATORY: not facts["signatory"],
        Ground.NOT_ATTENDING: not facts["attends"],
        Ground.WALL: facts.get("walled", False),
        Ground.COLLISION: bool(facts.get("collides")),
        Ground.CLOSED: facts.get("closed", False),
        Ground.NO_USABLE_ADDRESS: domain_of(recipient.email) is None,
        Ground.NOT_A_SECURE_DOMAIN: insecure,
    }
    return next((why for why, stands in reasons.items() if stands), None)


def refusal(recipient: Recipient, **facts: Unpack[Facts]) -> str | None:
    """The words of `grounds`, for whoever runs the meetings; None where it may be sent.

    Never for the recipient where a case is meant: of a wall they learn nothing.
    """
    why = grounds(recipient, **facts)
    return why.words if why else None
