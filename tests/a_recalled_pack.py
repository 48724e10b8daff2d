"""Builds an area whose pack is out, with people who hold it and a record that changes under it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.pack import Worded
from agenda.pack_parts import references
from meetingsvc.models import AreaRow, MeetingRow, NamedRow, NoteRow, PackRow, RestrictionRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, line_of, referred

LATER, TOMORROW = NOW + timedelta(hours=1), NOW + timedelta(days=1)
CANARY = "Canary told the meeting"


class Out:
    """The pack of two cases, and Joan and Tomasz of one agency, who may have it."""

    def __init__(self, area_id: UUID) -> None:
        with saved():
            row = db.session.get_one(AreaRow, area_id)
            row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
        council, homes = an_agency(area_id, "Northmoor Council"), an_agency(area_id)
        self.coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
        self.second = a_person(council, Role.COORDINATOR, "Priya Raman")
        self.chair = a_person(council, Role.CHAIR, "Imelda Quillfeather")
        self.joan, self.tomasz = a_person(homes), a_person(homes, name="Tomasz Wolny")
        self.daily = referred(self.coordinator, (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS))
        self.cases = [line_of(item).case_id for item in self.daily]
        self.meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
        marac.close(self.coordinator, self.meeting_id, NOW)

    def publish(self) -> "Out":
        marac_publishing.publish(self.coordinator, self.meeting_id, NOW)
        return self

    @property
    def pack_id(self) -> UUID:
        return db.session.scalars(select(PackRow.id)).one()

    def tell(self, case: int, text: str = CANARY) -> None:
        """Something more that an agency told the daily meeting about a case."""
        who = self.coordinator
        with saved():
            db.session.add(
                NoteRow(area_id=who.area_id, item_id=self.daily[case], agency_id=who.agency_id, text=text,
                        author="Priya Raman", recorded_by=who.account_id, recorded_at=LATER, kind="fact",
                        source="a call")
            )  # fmt: skip

    def restrict(self, case: int, *named: Principal) -> None:
        """From now on the case is for these people alone."""
        case_id = self.cases[case]
        with saved():
            db.session.add(RestrictionRow(area_id=self.coordinator.area_id, case_id=case_id, put_at=NOW,
                                          state="restricted", hides="unnamed", reason="staff"))  # fmt: skip
            for who in named:
                db.session.add(NamedRow(area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                                        named_by=self.chair.account_id, named_at=NOW))  # fmt: skip

    def read(self, who: Principal) -> Worded:
        return usecase.read(who, self.pack_id, LATER)[1]

    def says(self, who: Principal) -> list[tuple[str, ...]]:
        """What the front of somebody's pack says changed, row by row."""
        opening = self.read(who).opening
        return [row for section in opening for block in section.blocks for row in block.rows]

    def sees(self, who: Principal) -> list[str]:
        return references(self.read(who))

    def fetched(self, who: Principal) -> UUID:
        """Their copy, made and fetched."""
        made = usecase.make_copy(who, self.pack_id, 0, NOW)
        assert made is not None
        usecase.fetch(who, made.copy_id, NOW)
        return made.copy_id
