"""From whom a wall kept a case until it was destroyed: keyed marks, compared for the reader (M6, L2).

Each is of an account with a case, so that all certificates of one case keep the same: who was walled from
what stands in no copy of the database, nor in the ledger.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from meetingsvc import seal
from meetingsvc.models import DestructionRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, matching_keys
from meetingsvc.store.scope_kept import MARKED

_PURPOSE = "kept by a wall from what was destroyed"


def mark(account_id: UUID, case_id: UUID) -> str:
    """As it is kept. Raises Unsafe where there is no key."""
    return seal.named_marks(_PURPOSE, _words(account_id, case_id))[0]


def kept_from(reader: Principal) -> list[UUID]:
    """Cases of the area's certificates that a wall kept from the reader; where a key is missing that would
    tell, they are kept from everybody."""
    row = DestructionRow
    with acting.whole_area(reader.area_id):
        rows = select(row.case_id, row.walled).where(MARKED, row.area_id == reader.area_id, row.walled != "")
        told = [(case_id, walled.split()) for case_id, walled in db.session.execute(rows)]
    if told and not matching_keys.can_seal():
        return [case_id for case_id, _ in told]
    return [case_id for case_id, walled in told if _is_kept(reader.account_id, case_id, walled)]


def _is_kept(account_id: UUID, case_id: UUID, walled: Iterable[str]) -> bool:
    mine = set(seal.named_marks(_PURPOSE, _words(account_id, case_id)))
    there = seal.names()
    return any(one in mine or seal.name_in(one) not in there for one in walled)


def _words(account_id: UUID, case_id: UUID) -> str:
    return f"{account_id} {case_id}"
