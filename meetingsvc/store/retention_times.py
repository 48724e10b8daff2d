"""When the last incident of a case was, and since when a child is on it (Rulebook L1).

Incidents count whether or not a list took them: what names somebody of the case is about the case's risk.
Call it in the service's own capacity for the area.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from agenda.calendar import to_utc
from agenda.disclosure_scheme import Scheme
from agenda.headline import age
from agenda.relationships import Relation
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    ApplicationRow,
    CaseRow,
    ClarificationRow,
    EntryRow,
    ExploitationReferralRow,
    HearingRow,
    IdentityRow,
    IncidentRow,
    ItemRow,
    LevelSaidRow,
    MeetingRow,
    MissingEpisodeRow,
    PersonRow,
    RelationshipRow,
    ResearchNamedRow,
    TransferInRow,
    db,
)
from minutes.clarifications import About
from minutes.research import NamedKind

_OF_A_CHILD = (Relation.CHILD, Relation.PARENT)
_CHILD_UNDER = 18
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # before anything of this service
_NAMES = (
    IncidentRow.victim_nominal, IncidentRow.victim_name,
    IncidentRow.perpetrator_nominal, IncidentRow.perpetrator_name,
)  # fmt: skip


def last_incidents(area_id: UUID, case_id: UUID | None = None) -> dict[UUID, date]:
    """When the last incident of each case was, the later of those listed and of those that name a party.

    Of a case of which none was listed: when it was last heard, or came, where that is later.
    """
    incident, item = IncidentRow, ItemRow
    told = (
        select(item.case_id, func.max(incident.recorded_day))
        .join(EntryRow, EntryRow.item_id == item.id)
        .join(incident, incident.id == EntryRow.incident_id)
        .where(item.area_id == area_id).group_by(item.case_id)
    )  # fmt: skip
    heard = select(HearingRow.case_id, func.max(HearingRow.heard_on)).where(HearingRow.area_id == area_id)
    met = select(item.case_id, func.max(MeetingRow.sits_on)).join(MeetingRow)
    came = select(TransferInRow.case_id, func.max(TransferInRow.received_at))
    found: dict[UUID, date] = {}
    for rows, column in (
        (came.where(TransferInRow.area_id == area_id).group_by(TransferInRow.case_id), TransferInRow.case_id),
        (met.where(item.area_id == area_id).group_by(item.case_id), item.case_id),
        (heard.group_by(HearingRow.case_id), HearingRow.case_id),
        (told, item.case_id),
    ):
        wanted = rows if case_id is None else rows.where(column == case_id)
        for key, on in db.session.execute(wanted):
            if key is not None and on is not None:
                found[key] = on.date() if isinstance(on, datetime) else on
    for key, on in _naming_parties(area_id, case_id):
        if key in found:
            found[key] = max(found[key], on)
    return found


def _naming_parties(area_id: UUID, case_id: UUID | None) -> Iterator[tuple[UUID, date]]:
    """The last day of the domestic incidents that name a party of each case."""
    identity, incident, case = IdentityRow, IncidentRow, CaseRow
    for name in _NAMES:
        for party in (case.victim_id, case.perpetrator_id):
            rows = (
                select(case.id, func.max(incident.recorded_day))
                .join(identity, identity.person_id == party)
                .join(incident, name == identity.value)
                .where(case.area_id == area_id, incident.area_id == area_id, incident.domestic)
                .where(identity.kind.in_(("nominal", "name"))).group_by(case.id)
            )  # fmt: skip
            wanted = rows if case_id is None else rows.where(case.id == case_id)
            yield from ((key, on) for key, on in db.session.execute(wanted))


def heard_before(case_id: UUID) -> list[date]:
    """On which days it was heard before the service, says the register it was taken over from."""
    row = HearingRow
    rows = select(row.heard_on).where(row.case_id == case_id, row.source == "history")
    return list(db.session.scalars(rows.order_by(row.heard_on)))


def child_since(case_id: UUID) -> datetime | None:
    """When the latest child was put on it: by an incident, an agency, a meeting, or as a relation (L1).

    Every version of an incident is asked, on a list or not: what was taken back may have been right. An
    application under the child sex offender scheme is about a child, a party may be one, and so is whom
    panels of exploitation hear as a child, whatever birth date is known.
    """
    incident, named, said, tie = IncidentRow, ResearchNamedRow, ClarificationRow, RelationshipRow
    items = select(ItemRow.id).where(ItemRow.case_id == case_id).scalar_subquery()
    area_id, *parties = db.session.execute(
        select(CaseRow.area_id, CaseRow.victim_id, CaseRow.perpetrator_id).where(CaseRow.id == case_id)
    ).one()
    about = _about(area_id, items, parties)
    scheme = ApplicationRow.scheme == Scheme.CHILD_SEX_OFFENDER
    told = (
        select(func.max(incident.received_at)).where(*about, incident.children),
        select(func.max(incident.received_at)).join(ApplicationRow, ApplicationRow.incident_id == incident.id)
        .where(*about, scheme),
        select(func.max(named.recorded_at)).where(named.item_id.in_(items), named.kind == NamedKind.CHILD),
        select(func.max(said.recorded_at)).where(said.item_id.in_(items), said.about == About.CHILD),
        select(func.max(tie.recorded_at)).where(tie.case_id == case_id, tie.kind.in_(_OF_A_CHILD)),
    )  # fmt: skip
    found = [at for at in (db.session.scalar(rows) for rows in told) if at is not None]
    found += [*_parties_who_are_children(case_id, about, parties), *_heard_as_a_child(case_id)]
    return max(found, default=None)


def _heard_as_a_child(case_id: UUID) -> list[datetime]:
    """Since the last that came in of a child to panels of exploitation."""
    kind = db.session.scalar(select(CaseRow.kind).where(CaseRow.id == case_id))
    if kind != SubjectKind.CHILD:
        return []
    referral, episode, level = ExploitationReferralRow, MissingEpisodeRow, LevelSaidRow
    told = (
        select(func.max(referral.first_sent_at)).where(referral.case_id == case_id),
        select(func.max(episode.told_at)).where(episode.case_id == case_id),
        select(func.max(level.at)).where(level.case_id == case_id),
    )
    return [_ALWAYS, *(at for at in (db.session.scalar(rows) for rows in told) if at is not None)]


def _about(area_id: UUID, items: ScalarSelect[UUID], parties: list[UUID | None]) -> list[ColumnElement[bool]]:
    """Every version of the incidents that a list put under the case, or that name one of its parties."""
    incident, identity = IncidentRow, IdentityRow
    listed = select(EntryRow.occurrence_number).where(EntryRow.item_id.in_(items))
    known_by = select(identity.value).where(
        identity.person_id.in_([key for key in parties if key]), identity.kind.in_(("nominal", "name"))
    )
    naming = select(incident.occurrence_number).where(
        incident.area_id == area_id, incident.domestic, or_(*(name.in_(known_by) for name in _NAMES))
    )
    number = incident.occurrence_number
    return [incident.area_id == area_id, or_(number.in_(listed), number.in_(naming))]


def _parties_who_are_children(
    case_id: UUID, about: list[ColumnElement[bool]], parties: list[UUID | None]
) -> list[datetime]:
    """Since the last that came in of it, where the victim or the perpetrator was under 18 as it began."""
    born = db.session.scalars(select(PersonRow.dob).where(PersonRow.id.in_([key for key in parties if key])))
    days = (
        select(func.min(IncidentRow.recorded_day)).where(*about),
        select(func.min(MeetingRow.sits_on)).join(ItemRow).where(ItemRow.case_id == case_id),
        select(func.min(HearingRow.heard_on)).where(HearingRow.case_id == case_id),
    )
    known = [on for on in (db.session.scalar(rows) for rows in days) if on is not None]
    young = [dob for dob in born if dob and age(dob, min(known, default=dob)) < _CHILD_UNDER]
    if not young:
        return []
    came = db.session.scalar(select(func.max(IncidentRow.received_at)).where(*about))
    return [came or to_utc(datetime.combine(max(young), time()))]
