"""Destroying a case for the proofs: the use case's own work of the night, past the rules of when.

That two people decide, what holds a case and what it waits for have their own tests (Rulebook L1).
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from meetingsvc.store import certificates, doomed
from meetingsvc.usecases import destroying
from meetingsvc.usecases.transaction import saved
from minutes.destruction import Certificate
from minutes.retention_case import Outcome

BACKUPS = timedelta(days=16)


def destroy(area_id: UUID, case_id: UUID, by: UUID, now: datetime) -> None:
    """The case with all that hangs on it or repeats it, for a certificate (L2). Call it as the service."""
    with saved():
        rows = doomed.of_case(area_id, case_id).rows
        told = Certificate(1 + max(certificates.known(), default=0), case_id, Outcome.DESTROY, (), uuid4(),
                           by, by, now, now, (now + BACKUPS).date())  # fmt: skip
        destroying.destroy(told, area_id, rows)
