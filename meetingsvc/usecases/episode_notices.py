"""Telling that a child is missing, by a notice without content (Rulebook E3, S2)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.panels import DREAM, Family
from meetingsvc.models import AccountRow, AgencyRow, ImportRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Permission, Principal
from meetingsvc.store import accounts, episodes, kept_rejects, uploads
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import Stage, What


def tell(
    area_id: UUID, cases: Collection[UUID], now: datetime, but: UUID | None = None,
    aside: ImportRow | None = None,
) -> int:  # fmt: skip
    """Tells everybody whose it is, once for all of these children; says how many were told.

    Who may open none of them is told nothing, and nobody that they were not (M6, F3). Inside the transaction
    of what it tells of, for the whole area. `but` is who said so; `aside`, the file of which rows were put
    aside: whoever may be missing by one of them is told of to who reads those rows (E3).
    """
    away = uploads.may_be_missing(aside) if aside else frozenset()
    told = 0
    for who in _people(area_id, now) if cases or away else []:
        about = _about(who, cases, now)
        reads = aside is not None and _reads(who, away, aside)
        if who.account_id != but and (about or reads):
            path = "/episodes" if about else "/feed/episodes"
            waiting = {"panel": DREAM.code, "sits_on": local_day(now).isoformat(), "path": path}
            notices.put(area_id, who.account_id, Notice.STILL_MISSING, waiting, now, about=about)
            told += 1
    return told


def _about(who: Principal, cases: Collection[UUID], now: datetime) -> frozenset[UUID]:
    """Those of these children of whom a person may be told."""
    if not cases:
        return frozenset()
    of = frozenset(cases)
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, Notice.STILL_MISSING, DREAM.code, of)
    answer = asked(thing, Stage.BUILD, now)
    return frozenset() if answer.ground else answer.about


def _reads(who: Principal, away: frozenset[int], aside: ImportRow) -> bool:
    """Whether one of these rows is theirs to deal with, and not kept from them."""
    deals = who.runs_exploitation and who.may(Permission.FEED_IMPORT)
    return deals and bool(away) and not away <= kept_rejects.hidden(who, aside.id)


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
