"""All that one area keeps of a case, as it goes to another; for the service's own work (Rulebook M5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.addresses import Part
from agenda.calendar import day_words
from agenda.circulation import Group, purpose
from agenda.incidents import Incident, Party, Risk
from agenda.need_to_know import Hides, RestrictionState
from agenda.pack import NoteKind, PackCase, PackIncident, PackNote, Worded
from agenda.pack_words import moment
from agenda.panels import Works
from agenda.referral_consent import shown
from agenda.referral_fields import Sight
from meetingsvc.models import (
    AddressRow,
    AreaRow,
    AssociateRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    HearingRow,
    IdentityRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    ReferralToldRow,
    RestrictionRow,
    db,
)
from meetingsvc.store import (
    case_incidents,
    case_page,
    consents,
    disclosure_decisions,
    orders,
    pack_content,
    pack_judgement,
    referrals,
    risk_assessments,
    transfers,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.details import stands
from meetingsvc.store.orders import Kept
from meetingsvc.store.risk_assessments import Assessment
from meetingsvc.store.transfer_named import name_keys, others, party

Heard = tuple[OutcomeRow, ItemRow, date]
Row = TypeVar("Row", AddressRow, ContactRow)


@dataclass(frozen=True, slots=True)
class Source:
    """One case of one area."""

    area_id: UUID
    case_id: UUID
    victim_id: UUID
    perpetrator_id: UUID | None
    victim: Party
    perpetrator: Party | None
    heard: tuple[tuple[date, str], ...]  # days at MARAC, with the risk where that was kept
    latest: Incident | None
    case: PackCase  # everything, as a pack says it
    restriction: RestrictionRow | None
    names: frozenset[str]  # name keys that its own incidents told
    versions: Mapping[str, Sequence[int]]  # of its incidents, by number

    @property
    def restricted(self) -> bool:
        """Open to named people alone, or proposed to be."""
        row = self.restriction
        return row is not None and (row.state == RestrictionState.RESTRICTED or row.hides != Hides.NOBODY)


def read(area_id: UUID, case_id: UUID) -> Source:
    """The case as it is now; call it inside `acting.service`."""
    host, row = Host(area_id), db.session.get_one(CaseRow, case_id)
    told = case_page.case(host, case_id)
    if told is None or row.victim_id is None:
        raise LookupError(case_id)
    incidents = case_incidents.incidents_on(host, told)
    full = case_incidents.in_full(host, incidents)
    told_of = [version.incident for one in incidents for version in full[one.id]]
    latest = full[incidents[0].id][0].incident if incidents else None
    sent = [PackIncident.of(full[one.id][0].incident, (one.stands,)) for one in reversed(incidents)]
    return Source(
        area_id, case_id, row.victim_id, row.perpetrator_id,
        party(row.victim_id, [one.victim for one in told_of]),
        party(row.perpetrator_id, others(told_of)) if row.perpetrator_id else None,
        _heard_on(case_id), latest, _case(host, told.reference, case_id, sent),
        db.session.get(RestrictionRow, case_id), name_keys(full.values()),
        {one.reference: one.versions for one in incidents},
    )  # fmt: skip


def _case(host: Host, reference: str, case_id: UUID, sent: Sequence[PackIncident]) -> PackCase:
    heard = _outcomes(case_id)
    daily = [item.id for _, item, _ in heard]
    decided = disclosure_decisions.decisions(host, daily)
    minutes = pack_content.minutes_of(daily)
    outcome, item, day = heard[-1] if heard else (None, None, None)
    group = Group(outcome.group) if outcome and outcome.group else None
    return PackCase(
        reference=reference, group=group, purpose=purpose(group.for_discussion) if group else "",
        risk=risk_of(heard, sent), repeat=bool(item and item.repeat), incidents=tuple(sent),
        daily_meeting_on=day, judgement=tuple(pack_judgement.judged(heard, decided)),
        safeguards=minutes.safeguards,
        shared=minutes.notes, actions=minutes.actions, clarified=minutes.clarified,
        consent=shown(consents.standing(host, case_id)),
        increases=referrals.warned(host, [case_id], Sight.ACTIONS).get(case_id, ()),
        contact=referrals.warned(host, [case_id], Sight.CONTACT).get(case_id, ()),
    )  # fmt: skip


def risk_of(heard: Sequence[Heard], sent: Sequence[PackIncident]) -> Risk:
    """As the last meeting found it; else the highest the police told; else high: nobody said it is less."""
    if heard:
        return Risk(heard[-1][0].risk)
    return max((one.risk for one in sent), key=lambda risk: risk.rank, default=Risk.HIGH)


def _outcomes(case_id: UUID) -> list[Heard]:
    rows = (
        select(OutcomeRow, ItemRow, MeetingRow.sits_on)
        .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(ItemRow.case_id == case_id, MeetingRow.works == Works.LIST)
        .order_by(MeetingRow.sits_on)
    )
    return [(outcome, item, day) for outcome, item, day in db.session.execute(rows)]


def _heard_on(case_id: UUID) -> tuple[tuple[date, str], ...]:
    row = HearingRow
    rows = select(row.heard_on, row.risk).where(row.case_id == case_id).order_by(row.heard_on, row.id)
    return tuple({day: (day, risk) for day, risk in db.session.execute(rows)}.values())


def heard_by(source: Source, today: date) -> tuple[tuple[date, str], ...]:
    """The hearings that have been: an agenda that is shared counts from the day it sits (Rulebook T6)."""
    return tuple((day, risk) for day, risk in source.heard if day <= today)


def beside(source: Source, now: datetime) -> tuple[tuple[PackNote, ...], tuple[PackNote, ...]]:
    """Professionals' risk assessments, and the orders that were made, each with whose it is (R2)."""
    host = Host(source.area_id)
    assessed = (
        PackNote(one.agency, one.author, one.recorded_at, NoteKind.OPINION, one.source, _came_to(one))
        for one in risk_assessments.on_case(host, source.case_id)
    )
    made = (
        PackNote(one.agency, one.author, one.recorded_at, NoteKind.FACT, one.source, _order(one))
        for one in orders.on_case(host, source.case_id, source.versions, now)
        if one.current
    )
    return tuple(assessed), tuple(made)


def _came_to(one: Assessment) -> str:
    counted = f" counts {one.points}, high from {one.threshold}" if one.points is not None else ""
    judged = f" Judgement: {one.reason}" if one.reason else ""
    return f"{one.tool_name}{counted}: {one.level} risk.{judged}"


def _order(one: Kept) -> str:
    told, until = one.order, f", ends {_end(one)}" if one.ends_at else ""
    kind = told.kind or "Order of a kind that was not told"
    made = f", made {moment(told.made_at)}" if told.made_at else ""
    return f"{kind}{made}{until}. {told.terms}".strip()


def _end(one: Kept) -> str:
    """With a time only where one was told: a day is ended by its midnight, not by the next day."""
    told = one.order.expires_at
    if told is None or isinstance(told, datetime):
        return moment(one.ends_at) if one.ends_at else ""
    return day_words(told)


def earlier(source: Source) -> list[tuple[str, Worded]]:
    """What came with the case when it was transferred to this area."""
    here = db.session.get_one(AreaRow, source.area_id).title
    records = transfers.records(Host(source.area_id), source.case_id)
    return [(record.from_area, record.words) for record in records if record.to_area == here]


def warned(source: Source) -> Sequence[ReferralToldRow]:
    """What referrers told for one place alone: what would increase the risk, how to make contact safely."""
    row = ReferralToldRow
    rows = select(row).where(row.case_id == source.case_id, row.sight != Sight.PANEL)
    return db.session.scalars(rows.order_by(row.at, row.id)).all()


def consents_of(source: Source) -> Sequence[ConsentRow]:
    """Every line of the history of the victim's consent."""
    row = ConsentRow
    rows = select(row).where(row.case_id == source.case_id).order_by(row.recorded_at, row.id)
    return db.session.scalars(rows).all()


def names_of(source: Source, person_id: UUID) -> list[str]:
    """The name keys the person is known by on this case (`agenda.people.name_key`).

    A name that another case of theirs told stays with that case.
    """
    row = IdentityRow
    rows = select(row.value).where(
        row.person_id == person_id, row.kind == "name", row.value.in_(source.names)
    )
    return list(db.session.scalars(rows))


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody is found, and who they are to the case."""

    person_id: UUID
    part: Part
    addresses: Sequence[AddressRow]
    contacts: Sequence[ContactRow]
    associate: AssociateRow | None = None


def reached(source: Source) -> list[Reached]:
    """The people of the case and the perpetrator's known associates, with what stands of each.

    Only what was told on this case: what was told on another of the same victim, which may be open to named
    people alone, stays there (Rulebook M5, M6).
    """
    people: list[tuple[UUID, Part, AssociateRow | None]] = [(source.victim_id, Part.VICTIM, None)]
    if source.perpetrator_id:
        people.append((source.perpetrator_id, Part.PERPETRATOR, None))
    near = select(AssociateRow).where(AssociateRow.case_id == source.case_id)
    people += [(row.person_id, Part.ASSOCIATE, row) for row in db.session.scalars(near)]
    case_id = source.case_id
    return [
        Reached(key, part, _all(AddressRow, case_id, key), _all(ContactRow, case_id, key), row)
        for key, part, row in people
    ]


def _all(kind: type[Row], case_id: UUID, person_id: UUID) -> Sequence[Row]:
    rows = select(kind).where(kind.case_id == case_id, kind.person_id == person_id, stands(kind))
    return db.session.scalars(rows.order_by(kind.recorded_at, kind.id)).all()
