"""What was typed of a referral, and what was sent of it; where it tells an address, sealed (A8)."""

from collections.abc import Callable
from datetime import datetime

import structlog

from agenda.referral_fields import Draft
from agenda.referral_kept import apart, sent_back, together, written
from agenda.referral_sections import REFERRAL, Form
from agenda.rules import RuleBroken
from meetingsvc import seal
from meetingsvc.config import Unsafe
from meetingsvc.models import ExploitationReferralRow, ReferralRow

#: What is kept so: what was typed of any form.
Kept = ReferralRow | ExploitationReferralRow
log = structlog.get_logger()
_PURPOSE = "referral"


def write(row: Kept, draft: Draft, now: datetime, form: Form = REFERRAL) -> None:
    """Keeps what was typed: where somebody is found, sealed (security.md A8, A17).

    What was sent stays as it was beside it: until it is sent too, nobody has said what is typed (T7, K1).
    """
    _keep(row, draft, as_sent(row) if row.first_sent_at else None, form)
    row.changes, row.saved_at = row.changes + 1, now


def send_typed(row: Kept, draft: Draft, form: Form = REFERRAL) -> None:
    """What was typed is what was sent from now on."""
    _keep(row, draft, None, form)


def _keep(row: Kept, draft: Draft, sent: Draft | None, form: Form) -> None:
    open_part, hidden = apart(draft, form)
    open_sent, hidden_sent = (None, None) if sent is None else apart(sent, form)
    row.answers = written(open_part, open_sent)
    closed = written(hidden, hidden_sent).encode() if hidden or hidden_sent else None
    row.sealed = seal.seal(_PURPOSE, closed, str(row.id)) if closed else None


def forget(row: ReferralRow, less: Callable[[str], str]) -> None:
    """Both parts without what is not kept of its case (L1).

    Raises RuleBroken where the sealed part cannot be opened: what was to be kept of it is not lost with a key
    file that is out of reach for a night. It is tried again each night.
    """
    closed = opened(row)
    if closed is None:
        raise RuleBroken("A referral of it cannot be opened. Mend the key first. Nothing was destroyed.")
    row.answers, kept = less(row.answers), less(closed)
    row.sealed = seal.seal(_PURPOSE, kept.encode(), str(row.id)) if row.sealed else None


def as_sent(row: Kept) -> Draft:
    """What it said when it was sent last, whatever was typed since."""
    closed = opened(row)
    return together(sent_back(row.answers), sent_back(closed) if closed else {})


def opened(row: Kept) -> str | None:
    """The sealed part; None where it cannot be opened: the key is gone, or the row is another's."""
    if row.sealed is None:
        return "{}"
    try:
        return seal.unseal(_PURPOSE, row.sealed, str(row.id)).decode()
    except (seal.Unsealable, Unsafe, OSError) as gone:
        log.error("referral.not_readable", referral=str(row.id), kind=type(gone).__name__)
        return None
