"""What the service holds of a case besides what is before the meeting: hearings, actions, incidents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingKind
from agenda.panels import Works
from meetingsvc.models import HearingRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import NEVER
from meetingsvc.store import case_incidents, case_page, incidents
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, items_of, told_on
from minutes.actions import Status
from minutes.worksheet import Earlier, Person, Worksheet

_SOURCES = {"history": "Heard at MARAC (from past records)", "transfer": "Heard at another area's MARAC"}
_SITTING = aliased(MeetingRow)  # once for all statements; the scope's own conditions speak of MeetingRow
LONGEST = 20  # lines: the working page shows history in short
NEWEST = 5  # other incidents; the case's own page has the rest


@dataclass(frozen=True, slots=True)
class Other:
    """An incident of the same two people that is not on this item."""

    recorded_at: datetime
    risk: Risk
    offence: str


@dataclass(frozen=True, slots=True)
class Held:
    """What else is held of the case, for who may read it."""

    actions: tuple[case_page.Action, ...]  # those still open, the first due first
    others: tuple[Other, ...]  # the newest first
    others_in_all: int


def held(reader: Reader, sheet: Worksheet) -> Held:
    """The case's open actions from every meeting, and the incidents that are not on this item."""
    victim, other = _party(sheet.victim), _party(sheet.perpetrator)
    if victim is None:
        return Held((), (), 0)
    told = case_page.Case(sheet.case_id, sheet.case, victim, other, None)
    here = {listed.incident.occurrence_number for listed in sheet.incidents}
    others = [other for other in case_incidents.incidents_on(reader, told) if other.reference not in here]
    full = incidents.contents((other.id for other in others[:NEWEST]), reader)
    actions = [action for action in case_page.actions(reader, sheet.case_id) if action.status is Status.OPEN]
    return Held(
        actions=tuple(sorted(actions, key=lambda action: action.due)),
        others=tuple(Other(on.recorded_at, on.risk, full[on.id].offence) for on in others[:NEWEST]),
        others_in_all=len(others),
    )


def _party(one: Person | None) -> case_page.Person | None:
    return None if one is None or one.id is None else case_page.Person(one.id, one.name, one.dob)


def history(reader: Reader, case_id: UUID, but_item: UUID, *, heard: bool) -> tuple[Earlier, ...]:
    """Earlier hearings at MARAC and earlier daily lists the reader may see, the latest first.

    `heard`: whether there is a hearing at all.
    """
    hearings = _hearings(reader, case_id, but_item) if heard else []
    found = [*hearings, *_lists(reader, case_id, but_item)]
    return tuple(sorted(found, key=lambda earlier: earlier.on, reverse=True)[:LONGEST])


def _hearings(reader: Reader, case_id: UUID, but_item: UUID) -> list[Earlier]:
    row, sitting = HearingRow, _SITTING
    present = select(ItemRow.meeting_id).where(ItemRow.id == but_item).scalar_subquery()
    rows = (
        select(row.heard_on, row.source, row.external_reference, sitting.starts_at, row.risk)
        .outerjoin(sitting, sitting.id == row.meeting_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .where(or_(row.meeting_id.is_(None), row.meeting_id != present))
        .order_by(row.heard_on.desc())
        .limit(LONGEST)
    )
    now = NEVER if isinstance(reader, Host) else reader.asked_at
    return [
        Earlier(on, "MARAC", _heard(case_page.Hearing(on, source, reference, starts_at), risk, now))
        for on, source, reference, starts_at, risk in db.session.execute(rows)
    ]


def _heard(one: case_page.Hearing, risk: str, now: datetime) -> str:
    if not one.has_sat(now):
        return "On the agenda"
    return _SOURCES.get(one.source, "Heard at MARAC") + (f", assessed as {risk} risk" if risk else "")


def _lists(reader: Reader, case_id: UUID, but_item: UUID) -> list[Earlier]:
    sitting = _SITTING
    rows = (
        select(sitting.sits_on, OutcomeRow, sitting.kind)
        .join(ItemRow, ItemRow.meeting_id == sitting.id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(
            items_of(reader),
            ItemRow.case_id == case_id,
            ItemRow.id != but_item,
            sitting.works == Works.LIST,
        )
        .order_by(sitting.sits_on.desc())
        .limit(LONGEST)
    )
    return [
        Earlier(on, _SAT.get(kind, kind), _what_became(row)) for on, row, kind in db.session.execute(rows)
    ]


#: What people call a meeting that has a list; any other panel's by its code.
_SAT: dict[str, str] = {MeetingKind.DRAMM: "Daily meeting"}


def _what_became(row: OutcomeRow | None) -> str:
    if row is None:
        return "No outcome recorded"
    if not row.refer:
        return f"{row.risk.capitalize()} risk, not referred to MARAC"
    group = f", {Group(row.group).label}" if row.group else ""
    return f"{row.risk.capitalize()} risk, referred to MARAC{group}"
