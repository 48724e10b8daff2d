"""What an offline pack tells of a meeting, read as the service; each reader is left what is theirs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select

from agenda import reasons
from agenda.circulation import purpose
from agenda.emergency_pack import FOR, Coming, EmergencyPack
from agenda.incidents import Risk
from agenda.list_numbers import numbers
from agenda.meetings import case_reference
from agenda.pack import Pack, PackAction, PackCase, PackIncident
from agenda.pack_words import about
from agenda.panels import Works
from agenda.referral_consent import shown
from agenda.referral_fields import Sight
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, EntryRow, ItemRow, MeetingRow, PackRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Role
from meetingsvc.store import (
    areas,
    consents,
    emergency_pack_orders,
    incidents,
    marac,
    marac_unreferred,
    pack_cases,
    pack_content,
    referrals,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.meeting_record import expected_agencies
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.withdrawn import off_list
from minutes.actions import Status

_Item = tuple[UUID, UUID, str, str, bool]


class Places(NamedTuple):
    """How a reader calls the cases of a meeting, by reference, in the meeting's order."""

    numbers: dict[str, str]
    starts: dict[str, str]


def of(meeting: MeetingRow) -> EmergencyPack:
    """A whole meeting as it stands: every case of it, whoever may read which."""
    works = Works(meeting.works)
    cases = _daily(meeting) if works is Works.LIST else _marac(meeting)
    area = areas.by_id(meeting.area_id)
    settings = areas.settings_of(area)
    tell = (
        ("The coordinator", settings.coordinator_call),
        ("For a child at immediate risk", settings.child_call),
        ("Who tells a victim where no IDVA is allocated", settings.feedback_duty),
    )
    pack = Pack(area.title, meeting.kind, meeting.starts_at, FOR, cases)
    return EmergencyPack(pack, works, _coming(meeting), tell, settings.confidentiality_statement)


def cases(meeting: MeetingRow) -> dict[str, UUID]:
    """Every case of it, by reference, but for those withdrawn since (Y1), and every case of an order that it
    announces."""
    listed = {reference: case_id for _, case_id, reference, _, _ in _items(meeting, ~off_list())}
    return emergency_pack_orders.cases(meeting) | listed


def places(reader: Reader, meeting: MeetingRow) -> Places:
    """As the list or the agenda shows them to this reader at this moment (Rulebook M6)."""
    if meeting.works == Works.AGENDA:
        lines = marac.lines(meeting.id, items_of(reader))
        return Places(
            {one.case: one.number for one in lines}, {one.case: about(one.starts_at) for one in lines}
        )
    kept = kept_at(meeting.id)
    found = sorted(_items(meeting, items_of(reader)), key=lambda one: one[1] in kept)
    said = numbers(one[1] in kept for one in found)
    return Places({one[2]: number for one, number in zip(found, said, strict=True)}, {})


def second_person(meeting: MeetingRow, role: Role) -> set[UUID]:
    """The cases that may not leave with this person before a second one has said so (security.md B): of a
    MARAC those its packs hold back, of a daily list the restricted ones. A chair needs none."""
    if role is Role.CHAIR:
        return set()
    if meeting.works == Works.AGENDA:
        rows = db.session.scalars(select(PackRow.held).where(PackRow.meeting_id == meeting.id))
        return {case_id for held in rows for case_id in pack_cases.ids(held)}
    return pack_cases.restricted(Host(meeting.area_id), cases(meeting).values())


def _items(meeting: MeetingRow, *seen: ColumnElement[bool]) -> list[_Item]:
    """Item, case, its reference, the risk it is listed with, and whether it is a repeat."""
    row = ItemRow
    rows = (
        select(row.id, row.case_id, CaseRow.number, row.risk, row.repeat)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(row.meeting_id == meeting.id, row.supplement <= meeting.supplements, *seen)
        .order_by(row.position, row.id)
    )
    return [
        (key, case, case_reference(no), risk, again)
        for key, case, no, risk, again in db.session.execute(rows)
    ]


def _marac(meeting: MeetingRow) -> tuple[PackCase, ...]:
    """The cases of its packs as they stand now, with what agencies have shared since."""
    whole = Host(meeting.area_id)
    found = [
        case
        for number in range(meeting.supplements + 1)
        for case in pack_content.cases(whole, meeting.id, number)
    ]
    items = {reference: key for key, _, reference, _, _ in _items(meeting)}
    return tuple(
        replace(case, shared=case.shared + pack_content.minutes_of([items[case.reference]]).notes)
        for case in found
    )


def _daily(meeting: MeetingRow) -> tuple[PackCase, ...]:
    """The cases of a list, each with its open actions, before anything is decided."""
    items, whole = _items(meeting, ~off_list()), Host(meeting.area_id)
    case_ids = [case_id for _, case_id, *_ in items]
    listed, said = _listed([key for key, *_ in items]), consents.among(whole, case_ids)
    increases = referrals.warned(whole, case_ids, Sight.ACTIONS)
    contact = referrals.warned(whole, case_ids, Sight.CONTACT)
    set_at = marac_unreferred.open_actions(meeting.area_id, case_ids)
    return tuple(
        PackCase(
            reference=reference, group=None, purpose=purpose(True), risk=Risk(risk), repeat=repeat,
            incidents=listed[key], shared=pack_content.minutes_of([key]).notes,
            clarified=pack_content.minutes_of([key]).clarified, actions=_open(set_at.get(case_id, [])),
            consent=shown(said.get(case_id)), increases=increases.get(case_id, ()),
            contact=contact.get(case_id, ()),
        )
        for key, case_id, reference, risk, repeat in items
    )  # fmt: skip


def _listed(items: Sequence[UUID]) -> dict[UUID, tuple[PackIncident, ...]]:
    """What each case is listed for."""
    row = EntryRow
    rows = select(row.item_id, row.incident_id, row.reasons).where(row.item_id.in_(items)).order_by(row.id)
    entries = db.session.execute(rows).all()
    contents = incidents.contents({incident_id for _, incident_id, _ in entries})
    found: dict[UUID, tuple[PackIncident, ...]] = defaultdict(tuple)
    for item_id, incident_id, rules in entries:
        why = tuple(map(reasons.words, rules.split()))
        found[item_id] += (PackIncident.of(contents[incident_id], why),)
    return found


def _open(set_at: Sequence[UUID]) -> tuple[PackAction, ...]:
    """Open ones come back at each meeting (Rulebook A2)."""
    if not set_at:
        return ()
    return tuple(one for one in pack_content.minutes_of(set_at).actions if one.status == Status.OPEN)


def _coming(meeting: MeetingRow) -> tuple[Coming, ...]:
    """Who may come, by the agencies that are expected (Rulebook R3)."""
    agencies = [agency.id for agency in expected_agencies(meeting)]
    row = AccountRow
    rows = (
        select(AgencyRow.name, row.name, row.role, row.email)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.agency_id.in_(agencies), row.role.in_(RUNS_MEETINGS | ATTENDS_MEETINGS))
        .where(row.disabled_at.is_(None))
    )
    return tuple(
        Coming(agency, name, Role(role).label, email)
        for agency, name, role, email in db.session.execute(rows)
    )
