"""How far what was destroyed is out of the database's own files too: until then it is not complete (L2).

It stands as a turn of timed work that has ended: its token is the number of the last certificate it covers.
"""

from datetime import datetime

from sqlalchemy import func, select

from meetingsvc.models import DestructionRow, JobSlotRow, db
from meetingsvc.store import acting

MEND = (
    "What was destroyed may still lie in the database's own files. On PostgreSQL run this with "
    "MEETINGSVC_OWNER_URL set: meetingsvc job destroy-records"
)
_ROW, _JOB, _SLOT = JobSlotRow, "wipe", "certificates"


def up_to() -> int:
    """The number of the last certificate of whose rows the files hold nothing any more; 0 where of none."""
    said = select(_ROW.token).where(_ROW.job == _JOB, _ROW.slot == _SLOT)
    return db.session.scalar(said) or 0


def is_up_to(number: int, now: datetime) -> None:
    """From this transaction on."""
    db.session.merge(
        _ROW(job=_JOB, slot=_SLOT, planned_at=now, token=number, lease_until=now, started_at=now,
             ended_at=now, outcome="done", said="", missed=0, made_up=False)
    )  # fmt: skip


def waiting() -> int:
    """Certificates of which something may still lie in the files, of whichever area."""
    with acting.service():
        rows = select(func.count()).select_from(DestructionRow).where(DestructionRow.number > up_to())
        return db.session.scalar(rows) or 0
