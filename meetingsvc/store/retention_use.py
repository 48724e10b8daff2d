"""What still needs a case: none falls off a list by being destroyed (Rulebook L1).

Call it in the service's own capacity for the area.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, exists, func, or_, select

from agenda.calendar import add_months, local_day
from agenda.exploitation_list import CameAs
from agenda.meetings import MeetingState
from agenda.named_case import LIVE
from agenda.panels import Works
from agenda.referral_state import State as ReferralState
from agenda.transfers import State as TransferState
from meetingsvc.models import (
    ActionRow,
    AgencyRow,
    ApplicationRow,
    BreachCaseRow,
    CaseRow,
    ComplaintRow,
    CorrectionRequestRow,
    CrimeRow,
    DisagreementRow,
    DisclosureRow,
    EmergencyAskRow,
    EntryRow,
    FeedbackRow,
    FlagRow,
    HearingRow,
    IncidentRow,
    ItemRow,
    LadderPlaceRow,
    MeetingRow,
    MinutesRow,
    NamedCaseHeldRow,
    NamedCasePartRow,
    OpeningRow,
    OrderRow,
    PackRow,
    PersonRow,
    ProposalRow,
    ReferralCaseRow,
    ReferralRow,
    SharingRow,
    TransferRow,
    db,
)
from meetingsvc.store import (
    areas,
    breaches,
    complaints,
    disagreements,
    disclosure_schemes,
    marac_waiting,
    matching_merges,
    named_case_held,
    openings,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.exploitation_sources import is_waited_for
from meetingsvc.store.proposals import State as ProposalState
from minutes.actions import Status
from minutes.flags import State as FlagState

#: Said once, of whatever would tell of a complaint, a breach, a request, or of who opened the case (S2).
SOMETHING = "Something that is still open needs it"
_OVER = (FlagState.REMOVED, FlagState.NOT_HELD, FlagState.LAPSED)
_ENDED = [state for state in TransferState if state.ended]


def in_use(
    area_id: UUID, case_id: UUID, rows: Mapping[Table, Collection[tuple[Any, ...]]], now: datetime
) -> tuple[str, ...]:
    """Each in words, as it stops a destruction."""
    today, items = local_day(now), select(ItemRow.id).where(ItemRow.case_id == case_id).scalar_subquery()
    met = select(ItemRow.meeting_id).where(ItemRow.case_id == case_id).scalar_subquery()
    incidents = _keys(rows, IncidentRow)
    meeting, order, part, held = MeetingRow, OrderRow, NamedCasePartRow, NamedCaseHeldRow
    unsigned = select(AgencyRow.id).where(AgencyRow.signed_on.is_(None)).scalar_subquery()
    done = or_(
        meeting.state.in_((MeetingState.HEARD, MeetingState.CANCELLED)),
        and_(meeting.works == Works.LIST, meeting.state == MeetingState.CLOSED),
    )
    found = {
        "A meeting is to hear it": _any(meeting, meeting.id.in_(met), or_(meeting.sits_on >= today, ~done)),
        "Panels of exploitation hear it": _any(LadderPlaceRow, LadderPlaceRow.case_id == case_id),
        "The child is missing, or a missing episode is on no list yet": is_waited_for(
            area_id, case_id, CameAs.EPISODE
        ),
        "A referral of the child is on no list yet": is_waited_for(area_id, case_id, CameAs.REFERRAL),
        "It waits for a MARAC": _waits(area_id, case_id, today),
        "It was heard at a MARAC, and a further incident would be a repeat": _looked_back_on(
            area_id, case_id, today
        ),
        "A police incident about somebody of it is on no list yet": _any(
            IncidentRow, IncidentRow.id.in_(_naming(area_id, case_id, rows)), ~IncidentRow.considered
        ),
        "An action is open": _any(ActionRow, ActionRow.item_id.in_(items), ActionRow.status == Status.OPEN),
        "The victim is still to be told": _any(
            FeedbackRow, FeedbackRow.item_id.in_(items), FeedbackRow.next_on.is_not(None)
        ),
        "The police are still to receive a crime": _any(
            CrimeRow, CrimeRow.item_id.in_(items), CrimeRow.received_at.is_(None)
        ),
        "A flag stands in an agency's records": _any(
            FlagRow, FlagRow.case_id == case_id, FlagRow.state.not_in(_OVER)
        ),
        "A protection order holds": _any(
            order, or_(order.case_id == case_id, order.incident_id.in_(incidents)), order.current,
            order.ends_at > now,
        ),
        "A transfer to another area is under way": _any(
            TransferRow, TransferRow.case_id == case_id, TransferRow.state.not_in(_ENDED)
        ),
        "An emergency MARAC is asked for": _any(
            EmergencyAskRow, EmergencyAskRow.case_id == case_id, EmergencyAskRow.decided_at.is_(None)
        ),
        "An agency is asked for a correction": _any(
            CorrectionRequestRow, CorrectionRequestRow.case_id == case_id, CorrectionRequestRow.answer == ""
        ),
        "A referral about it is on no list yet": _is_on_its_way(area_id, case_id),
        "A disclosure scheme application is open": _waits_among(
            area_id, _keys(rows, ApplicationRow), disclosure_schemes.waiting
        ),
        "Agencies disagree about it": _waits_among(
            area_id, _keys(rows, DisagreementRow), disagreements.waiting
        ),
        "Whether to share something about it is not decided": _any(
            SharingRow, SharingRow.case_id == case_id, SharingRow.decided_at.is_(None)
        ),
        "An agency that has not signed takes part in it": _any(
            part, part.case_id == case_id, part.state.in_(LIVE), part.until >= today
        ),
        "An agency that has not signed is asked what became of what it was told": _any(
            held, held.case_id == case_id, named_case_held.unsettled(), held.agency_id.in_(unsigned)
        ),
        "Minutes of its meeting are not approved": _any(
            MinutesRow, MinutesRow.meeting_id.in_(met), MinutesRow.approved_at.is_(None)
        ),
        "A pack it is in can still be fetched": _any(
            PackRow, PackRow.meeting_id.in_(met), PackRow.expires_at > now, PackRow.content.is_not(None)
        ),
        SOMETHING: _is_quietly_open(area_id, case_id, rows, now),
    }  # fmt: skip
    return tuple(why for why, stands in found.items() if stands)


def _is_quietly_open(
    area_id: UUID, case_id: UUID, rows: Mapping[Table, Collection[tuple[Any, ...]]], now: datetime
) -> bool:
    """What not everybody who reads a review may know of."""
    proposal, request, opening = ProposalRow, DisclosureRow, OpeningRow
    return (
        _any(proposal, proposal.case_id == case_id, proposal.state == ProposalState.OPEN,
             proposal.expires_at > now)
        or _any(opening, opening.case_id == case_id, or_(opening.until > now, openings.unreviewed()))
        or _any(request, request.case_id == case_id, request.ended_at.is_(None))
        or _waits_among(area_id, _keys(rows, BreachCaseRow), breaches.waiting)
        or _waits_among(area_id, _keys(rows, ComplaintRow), complaints.waiting)
    )  # fmt: skip


def _any(row: Any, *where: Any) -> bool:
    return bool(db.session.scalar(select(exists(select(*row.__table__.primary_key).where(*where)))))


def _naming(area_id: UUID, case_id: UUID, rows: Mapping[Table, Collection[tuple[Any, ...]]]) -> list[int]:
    """The incidents that name a party of the case, or anybody who is on it alone."""
    parties = db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id).where(CaseRow.id == case_id)
    ).one()
    people = {*_keys(rows, PersonRow), *parties} - {None}
    return matching_merges.incidents_of_people(area_id, people)


def _is_on_its_way(area_id: UUID, case_id: UUID) -> bool:
    """One that went back and was listed as it stood stays returned for ever: the list's entry tells (T12)."""
    row, entry = ReferralCaseRow, EntryRow
    listed = exists().where(
        entry.occurrence_number == row.occurrence_number, entry.item_id == ItemRow.id,
        ItemRow.area_id == area_id,
    )  # fmt: skip
    of_case = select(row.referral_id).where(row.case_id == case_id)
    return _any(
        ReferralRow,
        or_(
            and_(ReferralRow.state == ReferralState.SENT, ReferralRow.id.in_(of_case)),
            and_(ReferralRow.state == ReferralState.RETURNED, ReferralRow.id.in_(of_case.where(~listed))),
        ),
    )


def _keys(rows: Mapping[Table, Collection[tuple[Any, ...]]], row: Any) -> list[Any]:
    return [key[0] for key in rows.get(row.__table__, ())]


def _waits(area_id: UUID, case_id: UUID, today: date) -> bool:
    """No agenda that was heard has it since a daily meeting referred it (Rulebook M1)."""
    return any(one.case_id == case_id for one in marac_waiting.waiting_referrals(Host(area_id), today))


def _looked_back_on(area_id: UUID, case_id: UUID, today: date) -> bool:
    """Rulebook T6: a further incident up to that many months after the last hearing is a repeat."""
    last = db.session.scalar(select(func.max(HearingRow.heard_on)).where(HearingRow.case_id == case_id))
    months = areas.settings_of(areas.by_id(area_id)).repeat_months
    return last is not None and today <= add_months(last, months)


def _waits_among(area_id: UUID, mine: list[UUID], waiting: Callable[[Host], Iterable[Any]]) -> bool:
    """Whether one of the case's own is among all of the area that have not ended."""
    return bool(mine) and any(one.id in mine for one in waiting(Host(area_id)))
