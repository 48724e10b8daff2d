"""A crowd of accounts and rows, by lot but always the same: every clause of the scope decides about some."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, product
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.panel_kept import of_meeting
from agenda.panels import DREAM, ESP, TRIAGE, Family
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    ActionRow,
    AgencyRow,
    AlarmRow,
    AllocationRow,
    AssociateRow,
    Base,
    CaseRow,
    EntryRow,
    HearingRow,
    IdentityRow,
    ImportRow,
    IncidentRow,
    IncidentTextRow,
    IncidentWallRow,
    ItemRow,
    LinkRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    NoticeRow,
    OpeningRow,
    OutcomeRow,
    PackCopyRow,
    PackRow,
    PatternChildRow,
    PatternRow,
    PersonRow,
    RejectedRow,
    RelationshipRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit
from meetingsvc.usecases import agencies, areas
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.builders import BEFORE_ALL
from tests.proofs.crowd_after import contributed, left_behind
from tests.proofs.crowd_governed import governed, requested
from tests.proofs.crowd_schemes import elsewhere, schemes

CASES, OF_CHILDREN = 12, 6
#: Who attends the daily meeting, who the MARAC; since when, and whether no longer.
AGENCIES = ((True, True), (True, False), (False, True), (False, False), (True, True), (True, True))
#: Which of the other panels each sits in too; and which families its people run, whose role it is.
SIT = ({"DREAM", "ESP"}, {"ESP"}, set[str](), {"DREAM", "TRIAGE"}, {"DREAM", "ESP"}, {"DREAM", "ESP"})
RUN = (tuple(Family), (Family.ABUSE,), (Family.EXPLOITATION,), (Family.ABUSE,), tuple(Family), tuple(Family))
DAYS = (date(2025, 12, 30), date(2026, 11, 20), date(2026, 11, 23))
STATES = ("planned", "closed", "published", "heard", "cancelled")
ACTIONS = ("list.read", "account.changed", "search.made", "case.read", "pack.read")


class Crowd:
    """Two areas, drawn by lot."""

    def __init__(self, seed: int) -> None:
        self.lot, self.number, self.count, self.packs = Random(seed), 0, 0, 0
        self.people: list[UUID] = []

    def build(self) -> None:
        with acting.service():
            for name, count in (("northcrowd", len(AGENCIES)), ("southcrowd", 2)):
                area_id = areas.create(name, date(2026, 11, 2), BEFORE_ALL)
                with saved():
                    works = self._agencies(area_id, AGENCIES[:count])
                    self.count = 0  # occurrence numbers are each area's own: two may be alike
                    self._area(area_id, works)
            with saved():
                moved = db.session.scalars(select(AccountRow).where(AccountRow.role == Role.IDVA)).first()
                assert moved is not None  # their copies stay behind, with the agency they left
                moved.agency_id = works[0]
                self._from_elsewhere(area_id, works)
            db.session.remove()

    def _from_elsewhere(self, area_id: UUID, works: list[UUID]) -> None:
        """Who governs here has logged requests in the other area, before they came; and what stands there can
        be of cases and of an agency of here."""
        governs = AccountRow.role == Role.INFORMATION_GOVERNANCE, AccountRow.agency_id.in_(works)
        by = db.session.scalars(select(AccountRow.id).where(*governs)).first()
        incident = db.session.scalars(select(IncidentRow).where(IncidentRow.area_id != area_id)).first()
        assert by is not None and incident is not None
        for case in db.session.scalars(select(CaseRow).where(CaseRow.area_id != area_id)).all():
            self._add(requested(case.area_id, case.id, by))
        here = list(db.session.scalars(select(CaseRow.id).where(CaseRow.area_id == area_id)))
        elsewhere(incident.area_id, here, incident.id, works[0], by)

    def _add(self, *rows: Base) -> None:
        db.session.add_all(rows)
        db.session.flush()

    def _agencies(self, area_id: UUID, made_of: Sequence[tuple[bool, bool]]) -> list[UUID]:
        made = []
        for number, (daily, marac) in enumerate(made_of):
            agency_id = agencies.create(
                area_id, f"Agency {number}", AgencyKind.HOUSING, date(2026, 1, 5), "test", NOW,
                attends_daily=daily, attends_marac=marac,
            )  # fmt: skip
            row = db.session.get_one(AgencyRow, agency_id)
            row.signed_on = DAYS[2] if number == 4 else row.signed_on
            row.withdrawn_on = DAYS[2] if number == 5 else None
            made.append(agency_id)
            self._add(*(self._person(agency_id, role) for role in Role))
        return made

    def _person(self, agency_id: UUID, role: Role) -> AccountRow:
        who = uuid4()
        self.people.append(who)
        return AccountRow(id=who, agency_id=agency_id, role=role, name=f"Person {len(self.people)}",
                          email=f"{who}@crowd.example", password_hash="-", created_at=NOW)  # fmt: skip

    def _area(self, area_id: UUID, works: list[UUID]) -> None:
        mine = self.people[-len(works) * len(Role) :]
        imported = ImportRow(area_id=area_id, kind="feed", filename="f", received_at=NOW, state="done")
        self._add(imported)
        self._add(ImportRow(area_id=area_id, kind="episodes", filename="f", received_at=NOW, state="done"))
        self._add(RejectedRow(import_id=imported.id, line=1, column="", error="", cells=[]))
        meetings = [
            MeetingRow(area_id=area_id, kind=kind, sits_on=day, starts_at=NOW, built_at=NOW,
                       state=self.lot.choice(STATES), supplements=self.lot.choice([0, 1]),
                       held=kind == "DRAMM" and day == DAYS[1])
            for kind in ("DRAMM", "MARAC") for day in DAYS
        ]  # fmt: skip
        meetings += [
            MeetingRow(area_id=area_id, kind="MARAC", sits_on=DAYS[2] + timedelta(number + 1), starts_at=NOW,
                       built_at=NOW, state=state, supplements=number % 2)
            for number, state in enumerate(STATES)
        ]  # fmt: skip
        self._add(*meetings)
        cases = [self._case(area_id, imported.id, meetings, works, mine) for _ in range(CASES)]
        for meeting in meetings[-len(STATES) :: 2]:  # emergency MARACs, each about one case
            meeting.case_id = self.lot.choice(cases)
        db.session.flush()
        for who in mine:
            self._account(area_id, who, cases, meetings, works)
        self._give(area_id, cases, mine)
        left_behind(self.lot, area_id, works, mine[0])
        governed(area_id, cases, works, mine)
        schemes(area_id, cases, works, mine)
        self._others(area_id, imported.id, works, mine)

    def _others(self, area_id: UUID, import_id: UUID, works: list[UUID], mine: list[UUID]) -> None:
        """Other panels, what they hear, and who sits in them or runs them; by a lot of its own."""
        lot, self.lot = self.lot, Random(len(mine))
        for agency_id, codes in zip(works, SIT, strict=False):
            db.session.get_one(AgencyRow, agency_id).attends |= codes
        for number, who in enumerate(mine):
            account = db.session.get_one(AccountRow, who)
            families = RUN[number // len(Role)]
            account.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in families}
        db.session.flush()
        told: dict[str, Any] = {"area_id": area_id, "starts_at": NOW, "built_at": NOW, "supplements": 1}
        meetings = [
            MeetingRow(**of_meeting(panel), sits_on=DAYS[2] + timedelta(number), state=state, **told)
            for number, (panel, state) in enumerate(product((DREAM, ESP, TRIAGE), STATES))
        ]
        self._add(*meetings)
        of_children = [one for one in meetings if one.family == Family.EXPLOITATION]
        cases = [self._case(area_id, import_id, of_children, works, mine, Family.EXPLOITATION)
                 for _ in range(OF_CHILDREN)]  # fmt: skip
        place, child = (db.session.get_one(CaseRow, key) for key in cases[:2])
        place.kind, place.victim_id, place.perpetrator_id = "place", None, None  # nobody is on it
        child.kind, child.perpetrator_id = "child", None
        db.session.flush()
        for place_of, (one, other) in enumerate(combinations(cases, 2)):
            link = LinkRow(id=uuid4(), one_id=one, other_id=other, tie="seen at", strength="likely",
                           standing="fact", ended="", agency_id=works[0], author="a", recorded_by=mine[0],
                           recorded_at=NOW, source="s", area_id=area_id)  # fmt: skip
            said = PatternRow(id=uuid4(), area_id=area_id, about=uuid4(), state="linked", reason="r",
                              children=2, account_id=mine[0], at=NOW)  # fmt: skip
            self._add(link, said)
            told_of = (PatternChildRow(pattern_id=said.id, case_id=end, area_id=area_id)
                       for end in (one, other))  # fmt: skip
            self._add(*told_of)
            audit.record(mine[place_of % len(mine)], area_id, "link.told", f"link/{link.id}", NOW, case=one)
        triage = [one for one in meetings if one.family == Family.ABUSE]
        self._case(area_id, import_id, triage, works, mine)
        pack = PackRow(area_id=area_id, meeting_id=of_children[-1].id, built_at=NOW, expires_at=NOW,
                       content=b"", supplement=0)  # fmt: skip
        self._add(pack)
        for who in mine:
            self._may_open(area_id, who, cases)
            self._add(AllocationRow(area_id=area_id, case_id=self.lot.choice(cases), account_id=who,
                                    allocated_by=mine[0], allocated_at=NOW))  # fmt: skip
            for of in (f"meeting/{of_children[0].id}", f"meeting/{triage[0].id}", f"pack/{pack.id}"):
                audit.record(who, area_id, "pack.read", of, NOW)
        contributed(Random(len(mine)), area_id, works, mine)
        self.lot = lot

    def _give(self, area_id: UUID, cases: list[UUID], people: list[UUID]) -> None:
        """To everybody, by a lot of its own: it opens something to an IDVA alone."""
        lot = Random(len(people))
        for who in people:
            self._add(*(AllocationRow(area_id=area_id, case_id=case_id, account_id=who,
                                      allocated_by=people[0], allocated_at=NOW)
                        for case_id in lot.sample(cases, 3)))  # fmt: skip

    def _case(
        self, area_id: UUID, import_id: UUID, meetings: list[MeetingRow], works: list[UUID], mine: list[UUID],
        family: Family = Family.ABUSE,
    ) -> UUID:  # fmt: skip
        here: dict[str, Any] = {"area_id": area_id}
        people = [PersonRow(id=uuid4(), forename="", surname=part, **here) for part in "vpaco"]
        self._add(*people)
        self.number += 1
        case = CaseRow(
            id=uuid4(), number=self.number, victim_id=people[0].id, perpetrator_id=people[1].id,
            family=family, **here,
        )  # fmt: skip
        self._add(case)
        told = {
            "agency_id": works[0],
            "author": "a",
            "recorded_by": mine[0],
            "recorded_at": NOW,
            "source": "s",
        }
        self._add(
            HearingRow(case_id=case.id, heard_on=DAYS[1], source="history", **here),
            AssociateRow(case_id=case.id, person_id=people[2].id, relation="r", **told, **here),
            RelationshipRow(
                case_id=case.id,
                person_id=people[3].id,
                kind="friend",
                other_id=people[4].id,
                standing="fact",
                **told,
                **here,
            ),
            IdentityRow(person_id=people[0].id, kind="nominal", value=f"N{self.number}", **here),
            IdentityRow(person_id=people[1].id, kind="name", value=f"P{self.number}", **here),
        )
        if self.lot.random() < 0.5:
            hides = self.lot.choice(["", "agencies", "agencies", "unnamed"])
            self._add(
                RestrictionRow(case_id=case.id, state="proposed", hides=hides, reason="r", put_at=NOW, **here)
            )
        about = self.lot.choice(["", f"N{self.number - 1}"])  # listed here, and of somebody of another case
        incident = self._incident(area_id, import_id, named=about)
        lines = []
        for meeting in self.lot.sample(meetings, self.lot.choice([0, 1, 2, 3])):
            lines.append(self._item(area_id, case.id, meeting, incident, works, mine))
        daily = [line for line, kind in lines if kind == "DRAMM"]
        later = [line for line, kind in lines if kind == "MARAC"]
        if daily:
            self._add(
                OutcomeRow(item_id=daily[0], version=1, risk="high", refer=True, proposed_why="", notes="",
                           group_reason="", recorded_by=mine[0], recorded_at=NOW,
                           marac_item_id=later[0] if later else None, **here)
            )  # fmt: skip
            self._incident(area_id, import_id, again=incident)
        for named in (f"N{self.number}", f"P{self.number}"):
            self._incident(area_id, import_id, named=named)
        return case.id

    def _incident(
        self, area_id: UUID, import_id: UUID, again: IncidentRow | None = None,
        named: str = "",
    ) -> IncidentRow:  # fmt: skip
        self.count += 1
        row = IncidentRow(
            area_id=area_id, occurrence_number=again.occurrence_number if again else f"O{self.count}",
            version=2 if again else 1, current=True, considered=True, import_id=import_id, received_at=NOW,
            digest=b"", domestic=True, recorded_at=NOW, recorded_day=DAYS[1], due_at=NOW, risk="high",
            children=False, consents=False, victim_nominal=named if named[:1] == "N" else f"V{self.count}",
            victim_name=f"W{self.count}", perpetrator_nominal=f"X{self.count}",
            perpetrator_name=named if named[:1] == "P" else f"Y{self.count}", perpetrator_known=True,
            has_order=False,
        )  # fmt: skip
        self._add(row)
        self._add(IncidentTextRow(incident_id=row.id, content="{}"))
        return row

    def _item(
        self, area_id: UUID, case_id: UUID, meeting: MeetingRow, incident: IncidentRow, works: list[UUID],
        mine: list[UUID],
    ) -> tuple[UUID, str]:  # fmt: skip
        here: dict[str, Any] = {"area_id": area_id}
        item = ItemRow(id=uuid4(), meeting_id=meeting.id, case_id=case_id, position=1, repeat=False,
                       victim_known=False, risk="high", supplement=self.lot.choice([0, 0, 1]),
                       **here)  # fmt: skip
        self._add(item)
        agency = self.lot.choice(works)
        self._add(
            NoteRow(item_id=item.id, agency_id=agency, author="a", recorded_by=mine[0], recorded_at=NOW,
                    kind="fact", source="s", text="t", **here),
            *(ActionRow(item_id=item.id, category="victim", agency_id=one, what="", due=DAYS[1],
                        status="open", set_by=mine[0], set_at=NOW, **here) for one in works),
        )  # fmt: skip
        if meeting.kind == "DRAMM":
            self._add(
                EntryRow(item_id=item.id, incident_id=incident.id, reasons="", late=False,
                         changed=False, occurrence_number=incident.occurrence_number),
                NoticeRow(meeting_id=meeting.id, incident_id=incident.id, order={},
                          occurrence_number=incident.occurrence_number, **here),
                NoticeRow(meeting_id=meeting.id, case_id=case_id, order={}, occurrence_number="ORD", **here),
            )  # fmt: skip
        return item.id, meeting.kind

    def _account(
        self, area_id: UUID, who: UUID, cases: list[UUID], meetings: list[MeetingRow], works: list[UUID]
    ) -> None:
        here: dict[str, Any] = {"area_id": area_id, "account_id": who}
        self._may_open(area_id, who, cases)
        incidents = db.session.scalars(select(IncidentRow.id).where(IncidentRow.area_id == area_id)).all()
        for incident in self.lot.sample(sorted(incidents), 3):
            self._add(IncidentWallRow(incident_id=incident, ground="party", shared="", **here))
        audit.record(who, area_id, self.lot.choice(ACTIONS), f"area/{area_id}", NOW)
        audit.record(who, area_id, "pack.read", f"case/{uuid4()}", NOW)  # of one that was destroyed
        self.packs += 1
        pack = PackRow(area_id=area_id, meeting_id=meetings[3].id, built_at=NOW, expires_at=NOW, content=b"",
                       supplement=self.packs)  # fmt: skip
        self._add(pack)
        agency = db.session.get_one(AccountRow, who).agency_id
        self._add(
            PackCopyRow(pack_id=pack.id, account_id=who, agency_id=agency, copy_number=1, made_at=NOW),
            PackCopyRow(pack_id=pack.id, account_id=who, agency_id=self.lot.choice(works), copy_number=2,
                        made_at=NOW),
            StaffDetailRow(of_whom="self", surname="s", told_at=NOW, **here),
            AlarmRow(kind="many cases", raised_at=NOW, last_at=NOW, cases=26, **here),
        )  # fmt: skip

    def _may_open(self, area_id: UUID, who: UUID, cases: list[UUID]) -> None:
        """What keeps cases from somebody, and what opens them; and what they did with them."""
        here: dict[str, Any] = {"area_id": area_id, "account_id": who}
        for case_id in cases:
            drawn = self.lot.random
            if drawn() < 0.2:
                state = self.lot.choice(["stands", "lifted"])
                self._add(
                    WallRow(case_id=case_id, ground="party", shared="", state=state, put_at=NOW, **here)
                )
            if drawn() < 0.3:
                self._add(NamedRow(case_id=case_id, named_by=who, named_at=NOW, **here))
            if drawn() < 0.2:
                until = self.lot.choice([None, NOW, NOW + timedelta(minutes=1)])
                self._add(
                    OpeningRow(case_id=case_id, kind="ticket", reason="", asked_at=NOW, until=until, **here)
                )
            if drawn() < 0.3:
                audit.record(who, area_id, self.lot.choice(ACTIONS), f"case/{case_id}", NOW)
