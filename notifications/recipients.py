"""Who may be sent what."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

SECURE_DOMAINS: tuple[str, ...] = (
    "cjsm.net",
    "gov.uk",
    "gse.gov.uk",
    "gsi.gov.uk",
    "gsx.gov.uk",
    "hscic.gov.uk",
    "mod.uk",
    "nhs.net",
    "nhs.uk",
    "pnn.police.uk",
    "scn.gov.uk",
)
"""Where content may go, unless the area has edited the list (Rulebook S1)."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@((?:{_LABEL}\.)+[A-Za-z]{{2,63}})")
_ADDRESS_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Recipient:
    """The one account a message is for."""

    account_id: UUID
    agency_id: UUID
    email: str


def domain_of(address: str) -> str | None:
    """The domain of a plain ASCII address, in lower case; None where it is anything else.

    Look-alike letters, comments, quoted names, trailing dots and number addresses are all something else.
    """
    if len(address) > _ADDRESS_LENGTH:
        return None
    match = _ADDRESS.fullmatch(address)
    return match[1].lower() if match else None


def is_secure(address: str, domains: Collection[str] = SECURE_DOMAINS) -> bool:
    """Whether an address is in one of the secure domains, or in a domain below one (Rulebook S1)."""
    domain = domain_of(address)
    if domain is None:
        return False
    secure = (known.strip().lstrip(".").lower() for known in domains)
    return any(domain == known or domain.endswith("." + known) for known in secure)


def refusal(
    recipient: Recipient,
    *,
    signatory: bool,
    disabled: bool,
    attends: bool,
    content: bool,
    domains: Collection[str] = SECURE_DOMAINS,
) -> str | None:
    """Why nothing may be sent to a recipient, in words that name nobody; None where it may be sent.

    Only a live account of a signatory agency that attends, or researches for, the meeting is sent anything
    (Rulebook S3, V1). Content, unlike a notice that something waits, needs a secure domain (Rulebook S1).
    """
    reasons = (
        (disabled, "The account is disabled."),
        (not signatory, "The agency has not signed the protocol, or has withdrawn from it."),
        (not attends, "The agency neither attends nor researches for this meeting."),
        (domain_of(recipient.email) is None, "The e-mail address is not one the service can use."),
        (
            content and not is_secure(recipient.email, domains),
            "The e-mail address is not in a secure domain, so only a notice can go to it.",
        ),
    )
    return next((words for stands, words in reasons if stands), None)
