"""What was done on an application, step by step, each with who did it (Rulebook Y1, Y2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.disclosure_scheme import Made, Recipient, Step, Telling
from meetingsvc.models import AccountRow, ApplicationStepRow, TellingRow, db
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_schemes import told_of_application


@dataclass(frozen=True, slots=True)
class Done:
    """One step as the page shows it."""

    step: Step
    at: datetime
    by: str
    reason: str
    telling: Telling | None
    whom: str


def done(reader: Reader, kept: Kept) -> list[Done]:
    """Every step taken, the chair's decision among them, in order, each with who took it."""
    row = ApplicationStepRow
    rows = (
        select(row.step, row.at, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.account_id)
        .where(told_of_application(reader, row.application_id), row.application_id == kept.id)
    )
    names = {(step, at): name for step, at, name in db.session.execute(rows)}
    tellings = {
        (step, at): telling
        for step, at, telling in db.session.execute(
            select(row.step, row.at, TellingRow)
            .join(TellingRow, TellingRow.step_id == row.id)
            .where(told_of_application(reader, row.application_id), row.application_id == kept.id)
        )
    }
    found = list[Done]()
    for made in kept.told.steps:
        key = (made.step.value, made.at)
        how = tellings.get(key)
        told, whom = (_telling(how), how.whom) if how else (None, "")
        found.append(Done(made.step, made.at, names.get(key) or _meeting(made), made.reason, told, whom))
    return found


def next_place(reader: Reader, application_id: UUID) -> int:
    """Of the next step."""
    row = ApplicationStepRow
    rows = select(row.place).where(told_of_application(reader, row.application_id))
    return 1 + max(db.session.scalars(rows.where(row.application_id == application_id)), default=0)


def _meeting(made: Made) -> str:
    """Of a decision from before chairs confirmed what is recorded."""
    return f"the daily meeting, recorded by {made.by}" if made.by else "the daily meeting"


def _telling(row: TellingRow) -> Telling:
    return Telling(row.told_on, row.told_by, row.told_where, Recipient(row.recipient), row.safely,
                   row.in_person, row.warned, row.signed)  # fmt: skip
