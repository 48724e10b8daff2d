"""What was done on an application, step by step, each with who did it (Rulebook Y1, Y2)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from agenda.disclosure_scheme import Recipient, Step, Telling
from agenda.moves import Who
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
    """Every step taken, the decision among them, in order, each with who took it."""
    row = ApplicationStepRow
    rows = (
        select(row.place, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.account_id)
        .where(told_of_application(reader, row.application_id), row.application_id == kept.id)
    )
    names = {place: name for place, name in db.session.execute(rows)}
    tellings = {
        place: telling
        for place, telling in db.session.execute(
            select(row.place, TellingRow)
            .join(TellingRow, TellingRow.step_id == row.id)
            .where(told_of_application(reader, row.application_id), row.application_id == kept.id)
        )
    }
    found, place = list[Done](), 0
    for made in kept.told.steps:
        if made.who is Who.CHAIR:
            by = f"the daily meeting, recorded by {made.by}" if made.by else "the daily meeting"
            found.append(Done(made.step, made.at, by, made.reason, None, ""))
            continue
        place += 1
        how = tellings.get(place)
        told, whom = (_telling(how), how.whom) if how else (None, "")
        found.append(Done(made.step, made.at, names[place], made.reason, told, whom))
    return found


def _telling(row: TellingRow) -> Telling:
    return Telling(row.told_on, row.told_by, row.told_where, Recipient(row.recipient), row.safely,
                   row.in_person, row.warned, row.signed)  # fmt: skip
