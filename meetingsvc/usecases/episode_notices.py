"""Telling that a child is missing, by a notice without content (Rulebook E3, S2)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.panels import DREAM, Family
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Principal
from meetingsvc.store import accounts, episodes
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import Stage, What


def tell(area_id: UUID, cases: Collection[UUID], now: datetime, but: UUID | None = None) -> int:
    """Tells everybody whose it is, once for all of these children; says how many were told.

    Who may open none of them is told nothing, and nobody that they were not (M6, F3). Inside the transaction
    of what it tells of, for the whole area. `but` is who said so.
    """
    if not cases:
        return 0
    waiting = {"panel": DREAM.code, "sits_on": local_day(now).isoformat(), "path": "/episodes"}
    kind, told = Notice.STILL_MISSING, 0
    for who in _people(area_id, now):
        thing = Outgoing(area_id, who.account_id, What.NOTICE, kind, DREAM.code, frozenset(cases))
        answer = asked(thing, Stage.BUILD, now)
        if who.account_id != but and not answer.ground:
            notices.put(area_id, who.account_id, kind, waiting, now, about=answer.about)
            told += 1
    return told


def _people(area_id: UUID, now: datetime) -> list[Principal]:
    """Who runs the panels of exploitation, and who sits in one of them for the police."""
    row, agency = AccountRow, AgencyRow
    rows = (
        select(row.id)
        .join(agency, agency.id == row.agency_id)
        .where(agency.area_id == area_id, row.role.in_(RUNS_MEETINGS | ATTENDS_MEETINGS))
        .where(row.disabled_at.is_(None))
        .order_by(row.id)
    )
    found = (accounts.principal(key, now) for key in db.session.scalars(rows).all())
    return [who for who in found if who and Family.EXPLOITATION in who.families and episodes.tells(who)]
