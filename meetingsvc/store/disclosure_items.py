"""The items held of a case, each with the agency that supplied it: the service's own work (X2, X3, R2)."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.circulation import Group
from agenda.incidents import Incident
from agenda.pack_words import moment
from agenda.panels import Works
from agenda.referral_entry import EntryKind
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    ApplicationRow,
    EntryRow,
    ImportRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    ReferralCaseRow,
    ReferralRow,
    RiskAssessmentRow,
    db,
)
from meetingsvc.store import (
    disclosure_after,
    disclosure_registers,
    disclosure_told,
    incidents,
    risk_assessments,
)
from meetingsvc.store.acting import Host
from minutes.disclosure_items import Document, Item

RECORD = "record of the meeting"


def held(area_id: UUID, case_id: UUID) -> tuple[Item, ...]:
    """Every item held of a case, in the order of documents; call it inside `acting.whole_area`.

    An item keeps its identifier when what it says is corrected: its version tells the two apart.
    """
    entries = [(told, _entry(area_id, row, told)) for row, told in incidents_under(area_id, case_id).items()]
    said = {(item.agency, told.summary) for told, item in entries}
    found = (
        *(item for _, item in entries), *_assessments(area_id, case_id), *_notes(case_id),
        *_records(case_id), *_actions(case_id), *disclosure_told.told(case_id, said),
        *disclosure_after.recorded(case_id), *disclosure_registers.registered(area_id, case_id, entries),
    )  # fmt: skip
    order = list(Document)
    return tuple(sorted(found, key=lambda one: (order.index(one.document), one.dated or date.min, one.id)))


def incidents_under(area_id: UUID, case_id: UUID) -> dict[IncidentRow, Incident]:
    """The current version of every entry that a list took for the case."""
    row = IncidentRow
    numbers = select(EntryRow.occurrence_number).join(ItemRow, ItemRow.id == EntryRow.item_id)
    mine = numbers.where(ItemRow.case_id == case_id)
    rows = select(row).where(row.area_id == area_id, row.current, row.occurrence_number.in_(mine))
    found = {one.id: one for one in db.session.scalars(rows.order_by(row.recorded_at, row.id))}
    told = incidents.contents(found)
    return {found[key]: told[key] for key in found}


def _entry(area_id: UUID, row: IncidentRow, told: Incident) -> Item:
    kind = EntryKind(row.kind)
    document = Document.REFERRAL if kind is EntryKind.REFERRAL else Document.INCIDENT
    return Item(
        uuid5(NAMESPACE_OID, f"{area_id}/{row.occurrence_number}"), _supplier(row, kind), document, "fact",
        local_day(told.incident_at), _said(told),
    )  # fmt: skip


def _said(told: Incident) -> str:
    """What happened. It names no party: who they are stands beside, and where they are nowhere."""
    lines = (
        f"Recorded {moment(told.recorded_at)}. Risk as assessed then: {told.risk.value}.",
        f"Offence: {told.offence}." if told.offence else "",
        f"What they are to each other: {told.relationship}." if told.relationship else "",
        told.summary,
    )
    return "\n".join(filter(None, lines))


def _supplier(row: IncidentRow, kind: EntryKind) -> UUID | None:
    """The agency that can consent; None where none is known for sure: then none does (fails closed, X2)."""
    match kind:
        case EntryKind.REFERRAL:
            of = ReferralCaseRow.referral_id == ReferralRow.id
            its = select(ReferralRow.agency_id).join(ReferralCaseRow, of)
            return db.session.scalars(
                its.where(ReferralCaseRow.occurrence_number == row.occurrence_number,
                          ReferralRow.area_id == row.area_id)
            ).first()  # fmt: skip
        case EntryKind.DISCLOSURE:
            its = select(ApplicationRow.agency_id)
            mine = ApplicationRow.area_id == row.area_id, ApplicationRow.reference == row.occurrence_number
            return db.session.scalars(its.where(*mine)).first()
        case EntryKind.POLICE_INCIDENT:
            return _force(row)
        case _:
            return None


def _force(row: IncidentRow) -> UUID | None:
    """The force whose own member of staff sent the file, else the area's only one."""
    force = AgencyRow.area_id == row.area_id, AgencyRow.kind == AgencyKind.POLICE
    sent = (
        select(AgencyRow.id)
        .join(AccountRow, AccountRow.agency_id == AgencyRow.id)
        .join(ImportRow, ImportRow.received_by == AccountRow.id)
        .where(ImportRow.id == row.import_id, *force)
    )
    own = db.session.scalar(sent)
    forces = db.session.scalars(select(AgencyRow.id).where(*force)).all()
    return own or (forces[0] if len(forces) == 1 else None)


def _assessments(area_id: UUID, case_id: UUID) -> Iterator[Item]:
    row = RiskAssessmentRow
    rows = db.session.execute(select(row.id, row.agency_id).where(row.case_id == case_id))
    whose = {key: agency_id for key, agency_id in rows}
    for one in risk_assessments.on_case(Host(area_id), case_id):
        counted = f"{one.points}, high from {one.threshold}" if one.points is not None else "not counted"
        said = [f"{one.tool_name}: {one.level.value} risk. Points: {counted}.", one.reason]
        said += [f"{question}: {answer}" for question, answer in one.lines]
        yield Item(one.id, whose[one.id], Document.ASSESSMENT, "professional opinion", one.done_on,
                   "\n".join(filter(None, said)))  # fmt: skip


def _notes(case_id: UUID) -> Iterator[Item]:
    """As they stand: a correction takes the place of what it corrects, and is the same item (R2)."""
    row = NoteRow
    rows = select(row).join(ItemRow, ItemRow.id == row.item_id).where(ItemRow.case_id == case_id)
    all_of = db.session.scalars(rows.order_by(row.recorded_at, row.id)).all()
    later = {one.corrects: one for one in all_of if one.corrects}
    for first in all_of:
        if first.corrects is None:
            one = first
            while one.id in later:
                one = later[one.id]
            dated = one.dated or local_day(one.recorded_at)
            yield Item(first.id, one.agency_id, Document.NOTES, one.kind, dated, one.text)


def _records(case_id: UUID) -> Iterator[Item]:
    """What meetings wrote down of what several agencies said: no one of them consents to it for all (X2)."""
    rows = (
        select(OutcomeRow, MeetingRow.sits_on, MeetingRow.works)
        .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(ItemRow.case_id == case_id)
    )
    for outcome, day, works in db.session.execute(rows):
        written = (outcome.notes, outcome.plan_review, outcome.group_reason, outcome.not_referred)
        lines = (*_decided(outcome, Works(works)), *map(str.strip, written))
        if said := "\n".join(filter(None, lines)):
            key = uuid5(NAMESPACE_OID, f"outcome/{outcome.item_id}")
            yield Item(key, None, Document.NOTES, RECORD, day, said)


def _decided(outcome: OutcomeRow, works: Works) -> Iterator[str]:
    """What the meeting agreed without further words; from an agenda nothing is referred (D3, C1, C2)."""
    if outcome.risk:
        yield f"Risk as the meeting agreed: {outcome.risk}."
    if outcome.in_place is not None:
        yield f"Safeguards are {'' if outcome.in_place else 'not '}in place."
    if works is Works.LIST:
        group = f" {Group(outcome.group).label}." if outcome.group else ""
        yield f"Referred to MARAC.{group}" if outcome.refer else "Not referred to MARAC."


def _actions(case_id: UUID) -> Iterator[Item]:
    """As the meeting set them: who carries one out did not say what it says (Rulebook X2)."""
    row = ActionRow
    rows = select(row).join(ItemRow, ItemRow.id == row.item_id).where(ItemRow.case_id == case_id)
    for one in db.session.scalars(rows.order_by(row.set_at, row.position, row.id)):
        yield Item(one.id, None, Document.ACTIONS, "fact", local_day(one.set_at), one.what)


def names_of(agency_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What these agencies are called."""
    row = AgencyRow
    rows = select(row.id, row.name).where(row.id.in_(agency_ids))
    return {key: name for key, name in db.session.execute(rows)}
