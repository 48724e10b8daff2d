"""What an outcome said each time before it was saved again (Rulebook R1), for who runs meetings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import AccountRow, OutcomeRow, OutcomeVersionRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import told_at
from minutes.actions import Action
from minutes.outcome import Outcome
from minutes.recording import words
from minutes.worksheet import Planned


@dataclass(frozen=True, slots=True)
class Saved:
    """One save that another took the place of: each answer by its name."""

    said: tuple[tuple[str, str], ...]
    by: str
    at: datetime


def of(who: Principal, item_id: UUID, version: int) -> list[Saved]:
    """Those before `version`, the latest first; none for who does not run meetings."""
    if version < 2 or not who.runs_meetings:
        return []
    row = OutcomeVersionRow
    rows = (
        select(row.told, AccountRow.name, row.recorded_at)
        .join(AccountRow, AccountRow.id == row.recorded_by)
        .where(told_at(who, row.item_id), row.item_id == item_id)
        .order_by(row.version.desc())
    )
    return [Saved(tuple((a, b) for a, b in told), by, at) for told, by, at in db.session.execute(rows)]


def keep(
    row: OutcomeRow,
    was: Outcome,
    actions: Collection[Action],
    owners: Mapping[UUID, str],
    plan: Collection[Planned] = (),
) -> None:
    """Keeps what the outcome says, and of a MARAC what it says of the plan before it, before it is written
    over. To be called inside that transaction."""
    reviews = [(one.action.what, one.review) for one in plan if one.review]
    said = [list(one) for one in words(was, actions, owners, reviews)]
    db.session.add(
        OutcomeVersionRow(item_id=row.item_id, version=row.version, area_id=row.area_id, told=said,
                          recorded_by=row.recorded_by, recorded_at=row.recorded_at)
    )  # fmt: skip
    db.session.flush()
