"""Builds two areas, and a case that goes from one to the other; a test names only what it is about."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.incidents import Party, Risk
from agenda.pack_kept import kept
from agenda.transfer_arrival import Arrival
from agenda.transfer_record import Between, arrived
from meetingsvc.models import (
    AreaRow,
    Base,
    HearingRow,
    IncidentRow,
    ItemRow,
    NotificationRow,
    ProposalRow,
    TransferInRow,
    TransferRecordRow,
    TransferRow,
    TransferStepRow,
    TransferWallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas
from meetingsvc.usecases import areas as area_usecase
from meetingsvc.usecases import proposals, transfers
from meetingsvc.usecases.transaction import saved
from meetingsvc.usecases.transfers import Destination
from tests.a_marac import NOW, a_person, an_agency, decided, listed, people_rows, shared
from tests.builders import BEFORE_ALL

LATER = NOW + timedelta(hours=2)
HEARD = date(2026, 6, 4)
WHY = "She moves to be near her sister."
REMARK = "Rent arrears since June."


@dataclass(frozen=True, slots=True)
class Two:
    """Northmoor, which sends, and Southmoor, which receives."""

    coordinator: Principal
    chair: Principal
    there: Principal
    their_chair: Principal
    case_id: UUID
    item_id: UUID

    @property
    def to(self) -> Destination:
        """Southmoor, in this service."""
        return Destination(self.there.area_id, "Southmoor")


OUTSIDE = Destination(None, "Westvale", "Ines Calloway", "ines.calloway@westvale.gov.uk")


def two_areas(area_id: UUID, **told: str) -> Two:
    """With a case that Northmoor's daily meeting referred, and that its MARAC heard in June."""
    settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
    with acting.service(), saved():
        db.session.get_one(AreaRow, area_id).settings = settings
    other = area_usecase.create("southmoor", date(2026, 11, 2), BEFORE_ALL)
    council, theirs = an_agency(area_id, "Northmoor Council"), an_agency(other, "Southmoor Council")
    coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
    item = listed(area_id, [people_rows(1, NOW.date())[0] | told])[0]
    decided(coordinator, item, Group.NEW_SAFEGUARDS)
    shared(coordinator, item, REMARK)
    with acting.service(), saved():
        case_id = db.session.get_one(ItemRow, item).case_id
        db.session.add(HearingRow(area_id=area_id, case_id=case_id, heard_on=HEARD, source="history",
                                  external_reference="NM/1", risk="high"))  # fmt: skip
    return Two(
        coordinator,
        a_person(council, Role.CHAIR, "Wren Halloway"),
        a_person(theirs, Role.COORDINATOR, "Dara Finch"),
        a_person(theirs, Role.CHAIR, "Noor Baxter"),
        case_id,
        item,
    )


def proposed(two: Two, to: Destination | None = None) -> UUID:
    """The transfer before the chair: the proposal."""
    transfers.propose(two.coordinator, two.case_id, to or two.to, WHY, NOW)
    with acting.service():
        return db.session.scalars(select(ProposalRow.id).where(ProposalRow.state == "open")).one()


def offered(two: Two, to: Destination | None = None) -> UUID:
    """The transfer, confirmed by the chair."""
    proposals.decide(two.chair, proposed(two, to), True, "", NOW)
    return the_transfer()


def the_transfer() -> UUID:
    """The newest one."""
    with acting.service():
        return db.session.scalars(select(TransferRow.id).order_by(TransferRow.proposed_at.desc())).first()  # type: ignore[return-value]


def the_arrival() -> UUID:
    """The newest one's half over there."""
    row = TransferInRow
    with acting.service():
        halves = select(row.id).where(row.transfer_id.is_not(None))
        return db.session.scalars(halves.order_by(row.received_at.desc())).first()  # type: ignore[return-value]


def an_arrival(**told: object) -> Arrival:
    """A case that an area outside has sent by letter."""
    usual = {
        "from_area": "Westvale", "their_reference": "WV/77", "heard_on": (HEARD,), "risk": Risk.HIGH,
        "victim": Party("Harrow", "Wren", dob=date(1990, 4, 3)),
        "perpetrator": Party("Garnet", "Colm", dob=date(1988, 8, 9)),
        "reason": "She has moved here.", "plans": "Locks fitted.",
    }  # fmt: skip
    return Arrival(**usual | told)  # type: ignore[arg-type]


def on_its_way(area_id: UUID, case_id: UUID, by: UUID, name: str = "Invented") -> dict[str, UUID]:
    """Of one case: a transfer out, confirmed and with its file, and an arrival that it came of; what went."""
    transfer, arrival = uuid4(), uuid4()
    row = TransferRow(id=transfer, area_id=area_id, case_id=case_id, to_area=OUTSIDE.area, why=WHY,
                      officer=OUTSIDE.officer, email=OUTSIDE.email, proposed_by=by, proposed_at=NOW,
                      state="confirmed", made_at=NOW, content=b"%PDF", words=_words())  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add_all([
        TransferStepRow(transfer_id=transfer, area_id=area_id, step="confirm", at=NOW, by=by,
                        who="the chair"),
        TransferInRow(id=arrival, area_id=area_id, from_area="Westvale", victim=f"{name} arrival",
                      perpetrator=f"{name} other", state="accepted", received_at=NOW, case_id=case_id,
                      reference="TRF-000900", decided_by=by, decided_at=NOW),
        TransferRecordRow(area_id=area_id, case_id=case_id, from_area="Westvale", to_area="Here", made_at=NOW,
                          words=_words(name)),
    ])  # fmt: skip
    db.session.flush()
    return {"transfer_id": transfer, "arrival_id": arrival}


def behind(arrival_id: UUID, incident: IncidentRow, account_id: UUID) -> list[Base]:
    """Who is kept from an arrival, and who was told of an incident."""
    return [
        TransferWallRow(transfer_in_id=arrival_id, account_id=account_id, area_id=incident.area_id),
        NotificationRow(area_id=incident.area_id, incident_id=incident.id, agency="health", task="notify",
                        occurrence_number=incident.occurrence_number, done_at=NOW, recorded_by=account_id,
                        recorded_at=NOW),
    ]  # fmt: skip


def _words(name: str = "Invented") -> dict[str, Any]:
    between = Between("Westvale", "Northmoor", NOW)
    return kept(arrived(between, an_arrival(victim=Party(f"{name} arrival")), "TRF-000900"))
