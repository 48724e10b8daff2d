"""Who may be named to tell a victim, and whom nothing of the case may reach (Rulebook F2, F3).

The service's own work for the area: what is found is checked and shown through a use case or a form.
"""

import re
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from agenda.addresses import Part
from agenda.agencies import AgencyKind
from agenda.calendar import days_off, local_day
from agenda.details import Details
from agenda.panels import Works
from meetingsvc import holidays
from meetingsvc.models import AccountRow, AllocationRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Role
from meetingsvc.store import accounts, acting, areas, details, feedback_tellers
from meetingsvc.store.recipients import Answer, Outgoing, asked
from minutes.feedback import MayTell, Professional, Telling, by_default, due_by
from notifications import collisions
from notifications.outgoing import Stage, What
from notifications.recipients import Ground

#: How a refusal calls what was refused.
KIND = "feedback"
DUTY = "Duty IDVA"
_PHONE = re.compile(r"[+(]?\d[\d\s()-]{6,}\d")
_EMAIL = re.compile(r"\S+@\S+")


def may_tell(area_id: UUID, today: date) -> MayTell:
    """The signatory agencies of an area, and who of them is an IDVA (Rulebook F2)."""
    signed = [agency for agency in areas.agencies(area_id) if agency.is_signatory(today)]
    services = (agency.id for agency in signed if agency.kind is AgencyKind.IDVA_SERVICE)
    rows = select(AccountRow.id).where(
        AccountRow.agency_id.in_([agency.id for agency in signed]), AccountRow.role == Role.IDVA
    )
    names = {agency.id: agency.name for agency in signed}
    return MayTell(names, frozenset(services), frozenset(db.session.scalars(rows)))


def idvas(area_id: UUID, case_id: UUID, may: MayTell, today: date) -> list[Professional]:
    """Those a case is given to, the earliest first; then each IDVA service's own on duty (Rulebook F2).

    Of those, who can tell; no service from whose people a wall or a restriction keeps the case all (M6).
    """
    row, given = AccountRow, AllocationRow
    serves = and_(row.agency_id.in_(may.services), row.role.in_(ATTENDS_MEETINGS))
    rows = (
        select(row.agency_id, row.name, row.id, given.case_id.is_not(None),
               feedback_tellers.can_tell(row, case_id, today))
        .outerjoin(given, and_(given.account_id == row.id, given.case_id == case_id))
        .where(row.disabled_at.is_(None), or_(given.case_id.is_not(None), serves))
        .order_by(given.allocated_at, row.id)
    )  # fmt: skip
    with acting.whole_area(area_id):
        found = db.session.execute(rows).all()
        duty = areas.settings_of(areas.by_id(area_id)).feedback_duty or DUTY
    able = {agency_id for agency_id, *_, can in found if can}
    shut = {agency_id for agency_id, *_, can in found if not can} - able
    on_duty = [Professional(one, duty) for one in may.agencies if one in may.services and one not in shut]
    named = [Professional(one[0], one[1], one[2]) for one in found if one[3] and one[4]]
    return [one for one in named if one.agency_id in may.agencies] + on_duty


def day(area_id: UUID, works: Works, sits_on: date, today: date) -> date:
    """The day by which a victim is told where nobody says another (Rulebook F1)."""
    settings = areas.settings_of(areas.by_id(area_id))
    days = settings.feedback_daily_days if works is Works.LIST else settings.feedback_marac_days
    return due_by(sits_on, days, days_off(settings, holidays.known()), today)


def default(item: ItemRow, may: MayTell, now: datetime) -> Telling | None:
    """What stands where nobody says otherwise: the first of the IDVAs who may be named; None where the area
    has none (Rulebook F2, F3)."""

    def may_be_named(one: Professional) -> bool:
        return danger(item, Telling(one.agency_id, one.name, one.account_id), now) is None

    offered = idvas(item.area_id, item.case_id, may, local_day(now))
    return by_default(filter(may_be_named, offered), due_of(item, now))


def due_of(item: ItemRow, now: datetime) -> date:
    """The same for the meeting of one case."""
    _, works, sits_on = _meeting(item)
    return day(item.area_id, works, sits_on, local_day(now))


def _meeting(item: ItemRow) -> tuple[str, Works, date]:
    with acting.whole_area(item.area_id):
        row = db.session.get_one(MeetingRow, item.meeting_id)
        return row.kind, Works(row.works), row.sits_on


def with_account(told: Telling) -> Telling:
    """With the account of whoever is named, where one person of that agency is called so."""
    if told.account_id or not told.agency_id or not told.name.strip():
        return told
    row = AccountRow
    called = func.lower(row.name) == " ".join(told.name.split()).lower()
    rows = select(row.id, row.name).where(
        row.agency_id == told.agency_id, called, row.disabled_at.is_(None),
        row.role.in_(ATTENDS_MEETINGS | RUNS_MEETINGS),
    )  # fmt: skip
    found = db.session.execute(rows.limit(2)).all()
    if len(found) != 1:
        return told
    return Telling(told.agency_id, found[0].name, found[0].id, told.due, told.instead_of_idva, told.unsafe)


def account_of(told: Telling) -> bool:
    """Whether the account that is named belongs to the agency that is named."""
    if told.account_id is None:
        return True
    rows = select(AccountRow.agency_id).where(AccountRow.id == told.account_id)
    return db.session.scalar(rows) == told.agency_id


def can_tell(item: ItemRow, told: Telling, now: datetime) -> bool:
    """Whether whoever is named can tell, or with an agency alone somebody of it: else the duty would be
    nobody's, and nobody reminded of it (Rulebook F1, M6). An agency where nobody can sign in yet is not
    refused: who runs the meetings sees that nobody is there."""
    if told.unsafe is not None or told.agency_id is None:
        return True
    whose = told.agency_id, told.account_id
    if feedback_tellers.able(item.area_id, item.case_id, *whose, local_day(now)):
        return True
    return told.account_id is None and not accounts.attending(told.agency_id)


def danger(item: ItemRow, told: Telling, now: datetime) -> Ground | Answer | None:
    """Why somebody may not be named: they are, or share details with, a perpetrator or a known associate, or
    a wall or a restriction keeps them from the case (Rulebook F3, M6); None where they may.

    The door's own answer where they have an account, so that the refusal is kept as all are. That their
    agency does not sit in the meeting, and so is not shown the case, is none.
    """
    if told.unsafe is not None:
        return None
    with acting.whole_area(item.area_id):
        if told.account_id is not None:
            panel, *_ = _meeting(item)
            thing = Outgoing(item.area_id, told.account_id, What.PAGE, KIND, panel,
                             frozenset({item.case_id}), item.meeting_id)  # fmt: skip
            answer = asked(thing, Stage.BUILD, now)
            ground = answer.kept.get(item.case_id)
            if ground and (ground is not Ground.CLOSED or not can_tell(item, told, now)):
                return answer
        kept_from = [one.details for one in details.of_cases([item.case_id]).get(item.case_id, ())
                     if one.part is not Part.VICTIM]  # fmt: skip
    typed = _typed(told.name)
    if told.account_id is not None:
        typed = Details(emails=typed.emails, phones=typed.phones)  # the name was looked at with the account
    return Ground.COLLISION if collisions.collides(typed, kept_from) else None


def _typed(name: str) -> Details:
    """A name as it was typed, with a telephone number or an e-mail address that stands in it."""
    bare = _PHONE.sub(" ", _EMAIL.sub(" ", name))
    return Details(bare, emails=frozenset(_EMAIL.findall(name)), phones=frozenset(_PHONE.findall(name)))
