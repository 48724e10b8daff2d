"""A one-time password of two people: each tells one half of it, and neither can sign in with theirs."""

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import ProposalRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.seal import Unsealable, seal, unseal
from meetingsvc.store import audit, proposals
from meetingsvc.usecases.password import ONE_TIME, generated
from meetingsvc.usecases.transaction import saved_by

_PURPOSE = "password half"
#: Groups of four in each half: whoever has the other half guesses among 2 to the power of 59.
_GROUPS = 3


class Once(NamedTuple):
    """What somebody is shown this one time: a one-time password whole, or the first or second half of it."""

    name: str
    email: str
    password: str
    is_new: bool
    half: str = ""


class Halves(NamedTuple):
    """What the one who proposed is shown, and what the one who confirmed."""

    first: Once
    second: Once


class Made(NamedTuple):
    """A one-time password nobody has seen yet."""

    first: str
    second: str

    @property
    def whole(self) -> str:
        """As it is typed: the first half, a hyphen, the second."""
        return f"{self.first}-{self.second}"

    def of(self, name: str, email: str, *, is_new: bool) -> Halves:
        """Whose it is, for the two."""
        return Halves(
            Once(name, email, self.first, is_new, "first"), Once(name, email, self.second, is_new, "second")
        )


def made() -> Made:
    """Another one."""
    return Made(generated(_GROUPS), generated(_GROUPS))


def keep(row: ProposalRow, first: Once, now: datetime) -> None:
    """Keeps the first half, sealed, until who proposed it has seen it or the password is over."""
    row.half = seal(_PURPOSE, json.dumps(first._asdict()).encode(), f"proposal/{row.id}")
    row.half_until = now + ONE_TIME


def show(principal: Principal, proposal_id: UUID, now: datetime) -> Once:
    """The first half, to the one who proposed it, once: from then on it is kept nowhere.

    Raises NotFound for everybody else, RuleBroken where it was seen or is over.
    """
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = proposals.locked(who, proposal_id)
        if row is None or row.proposed_by != who.account_id:
            raise NotFound
        first = _opened(row) if row.half_until and now < row.half_until else None
        if first is None:
            raise RuleBroken("There is no half of a password to show: it was shown, or its time is over.")
        row.half, row.half_until = None, None
        audit.record(who.account_id, who.area_id, "proposal.half_shown", row.subject, now, proposal=row.id)
        return first


def forget(now: datetime) -> None:
    """Those nobody came for, when the password is over. Call it inside a transaction."""
    over = update(ProposalRow).where(ProposalRow.half_until <= now)
    db.session.execute(over.values(half=None, half_until=None))


def _opened(row: ProposalRow) -> Once | None:
    if row.half is None:
        return None
    try:
        return Once(**json.loads(unseal(_PURPOSE, row.half, f"proposal/{row.id}")))
    except Unsealable:
        return None
