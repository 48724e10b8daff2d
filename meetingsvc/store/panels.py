"""The panels of an area: the DRAMM and the MARAC with its own times, and those it has set up (E1, P3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from agenda import panel_kept
from agenda import panels as rules
from agenda.meetings import MeetingState, Window
from agenda.panels import DRAMM, DREAM, MARAC, OFFERED, Family, Levels, Panel, Works
from agenda.rhythm import EveryDays
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyRow,
    AreaRow,
    ItemRow,
    MeetingRow,
    PanelRow,
    db,
)
from meetingsvc.permissions import RUNS_MEETINGS
from meetingsvc.store import acting, exploitation_sources, ladder
from meetingsvc.store.areas import settings_of


def of(area: AreaRow) -> tuple[Panel, ...]:
    """Every panel of an area, as it has set them."""
    settings = settings_of(area)
    daily = replace(DRAMM, starts=settings.starts, cut_off=settings.cut_off)
    rhythm = EveryDays(settings.marac_anchor, settings.marac_every_days)
    marac = replace(MARAC, rhythm=rhythm, starts=settings.marac_starts)
    return daily, marac, *set_up(area.id)


def levels_of(area_id: UUID, family: Family) -> Levels:
    """What the panels of a family call the levels of risk: the first on its ladder, where they differ."""
    return next(iter(rules.ladder(set_up(area_id), family)), DREAM).levels


def set_up(area_id: UUID) -> tuple[Panel, ...]:
    """Those beside the DRAMM and the MARAC."""
    rows = select(PanelRow.settings).where(PanelRow.area_id == area_id).order_by(PanelRow.code)
    return tuple(map(panel_kept.read, db.session.scalars(rows)))


def one(area: AreaRow, code: str) -> Panel | None:
    """The panel of that code, where the area has it."""
    return next((panel for panel in of(area) if panel.code == code), None)


def offered(code: str) -> Panel | None:
    """What an area may set up under a code, as it is before anybody sets it otherwise."""
    return next((panel for panel in OFFERED if panel.code == code), None)


def row(area_id: UUID, code: str) -> PanelRow | None:
    """What the area keeps of one."""
    return db.session.get(PanelRow, (area_id, code), populate_existing=True)


_OVER = or_(
    and_(MeetingRow.works == Works.LIST, MeetingRow.state == MeetingState.CLOSED),
    MeetingRow.state.in_((MeetingState.HEARD, MeetingState.CANCELLED)),
)


def waits(area_id: UUID, code: str) -> bool:
    """Whether a case is on a meeting of a panel that is not over, hidden from whomever: as the service reads.
    What its list would yet have taken waits for no panel: the daily list takes it (T12).

    Of a panel of exploitation, also whether a child is at it, or came in for its list: no other takes them.
    """
    with acting.whole_area(area_id):
        if ladder.any_at(area_id, code) or _to_be_taken(area_id, code):
            return True
        rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        there = (MeetingRow.area_id == area_id, MeetingRow.kind == code, ~_OVER)
        return db.session.scalar(rows.where(*there).limit(1)) is not None


def _to_be_taken(area_id: UUID, code: str) -> bool:
    panel = offered(code)
    if panel is None or panel.works is not Works.LIST or panel.family is not Family.EXPLOITATION:
        return False
    ever = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    return bool(exploitation_sources.waiting(area_id, ever))


def families_waiting(area: AreaRow) -> frozenset[Family]:
    """The families of which the area has a panel, or a meeting that is not over: somebody has to run them."""
    found = {panel.family for panel in of(area)}
    with acting.whole_area(area.id):
        rows = select(MeetingRow.family).where(MeetingRow.area_id == area.id, ~_OVER).distinct()
        return frozenset(found | set(map(Family, db.session.scalars(rows))))


def families_of(account_id: UUID) -> frozenset[Family]:
    """The families of panels that an account was granted (Rulebook D1, E4)."""
    rows = select(AccountFamilyRow.family).where(AccountFamilyRow.account_id == account_id)
    return frozenset(map(Family, db.session.scalars(rows)))


def is_run(area_id: UUID, family: Family, but: UUID | None = None) -> bool:
    """Whether anybody runs the panels of a family, besides one: who can sign in and run meetings at all, as
    `Principal.runs_meetings` says."""
    who: Sequence[ColumnElement[bool]] = (
        AgencyRow.area_id == area_id,
        AgencyRow.withdrawn_on.is_(None),
        AccountRow.role.in_(RUNS_MEETINGS),
        AccountRow.disabled_at.is_(None),
        AccountRow.families.any(AccountFamilyRow.family == family),
        AccountRow.families.any(AccountFamilyRow.family == Family.ABUSE),
        AccountRow.id != but if but else AccountRow.id.is_not(None),
    )
    asked = exists().where(AgencyRow.id == AccountRow.agency_id, *who)
    return bool(db.session.scalar(select(asked)))
