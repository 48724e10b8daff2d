"""What the door lets out, person by person: a compact set of the combinations of `test_outbound.py`.

Three cases of one published MARAC: one with which people collide, a clean one, and one restricted to its
coordinator.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.details import Shared
from agenda.meetings import MeetingKind
from agenda.named_case import State
from agenda.need_to_know import Hides, RestrictionState, WallGround, WallState
from agenda.panel_kept import of_meeting
from agenda.panels import ESP
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AssociateRow,
    CaseRow,
    ContactRow,
    MeetingRow,
    NamedRow,
    PackRow,
    PersonRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.usecases import areas, marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, line_of, referred
from tests.a_named_case import a_held_row, a_part_row
from tests.builders import BEFORE_ALL

LATER = NOW + timedelta(minutes=5)
BORN = date(1981, 2, 3)
FIRST, SECOND, CLOSED = range(3)


@dataclass(frozen=True)
class Place:
    """What there is."""

    people: dict[str, Principal]
    area_id: UUID
    cases: list[UUID]
    meeting_id: UUID
    open_id: UUID
    call_id: UUID  # an emergency MARAC of the first case
    extra_id: UUID  # a further sitting that is not shared yet
    elsewhere_id: UUID  # another area's MARAC that is not shared yet
    child_id: UUID  # a panel's of another family
    pack_id: UUID


def build() -> Place:
    """The meeting and whoever may, or may not, have something of it."""
    settings = AreaSettings(marac_anchor=date(2026, 12, 3))
    area_id = areas.create("northmoor", date(2026, 11, 2), BEFORE_ALL, "Northmoor", settings)
    council = an_agency(area_id, "Northmoor Council")
    who = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
    groups = (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS, Group.NEW_NO_SAFEGUARDS)
    lines = [line_of(item) for item in referred(who, groups)]
    cases, meeting_id = [line.case_id for line in lines], lines[0].meeting_id
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with saved():
        open_id = uuid4()
        db.session.add(MeetingRow(id=open_id, area_id=area_id, kind=MeetingKind.MARAC, state="open",
                                  sits_on=date(2027, 3, 4), **_times()))  # fmt: skip
        extra_id = uuid4()
        db.session.add(MeetingRow(id=extra_id, area_id=area_id, kind=MeetingKind.MARAC, state="open",
                                  sits_on=date(2027, 3, 5), **_times() | {"extra_of": open_id}))  # fmt: skip
        call_id = uuid4()
        called = _times() | {"case_id": cases[FIRST], "emergency": 1}
        db.session.add(MeetingRow(id=call_id, area_id=area_id, kind=MeetingKind.MARAC, state="published",
                                  sits_on=date(2027, 3, 4), **called))  # fmt: skip
        child_id = uuid4()
        of_children = _times() | of_meeting(ESP)
        db.session.add(MeetingRow(id=child_id, area_id=area_id, state="published", sits_on=date(2027, 3, 4),
                                  **of_children))  # fmt: skip
        pack_id = db.session.scalars(select(PackRow.id)).one()
    people = {"who": who, **_people(area_id, council)}
    with saved():
        elsewhere_id, its_area = uuid4(), people["stranger"].area_id
        db.session.add(MeetingRow(id=elsewhere_id, area_id=its_area, kind=MeetingKind.MARAC, state="open",
                                  sits_on=date(2027, 3, 4), **_times()))  # fmt: skip
        _restrict(area_id, cases[CLOSED], who)
        _collide(area_id, cases[FIRST], people)
        guests, by = people["guest"].agency_id, who.account_id
        over = a_part_row(area_id, cases[SECOND], guests, by, state=State.ENDED)
        others = a_part_row(area_id, cases[SECOND], people["other guest"].agency_id, by)
        for row in (a_part_row(area_id, cases[FIRST], guests, by), over, others, a_held_row(over)):
            db.session.add(row)
            db.session.flush()
    return Place(
        people, area_id, cases, meeting_id, open_id, call_id, extra_id, elsewhere_id, child_id, pack_id
    )


def _times() -> dict[str, object]:
    row = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == MeetingKind.MARAC)).first()
    assert row is not None
    taken = {"id", "area_id", "kind", "state", "sits_on"}
    return {one.name: getattr(row, one.name) for one in MeetingRow.__table__.columns if one.name not in taken}


def _people(area_id: UUID, council: UUID) -> dict[str, Principal]:
    daily = an_agency(area_id, "Daily Only", marac=False, daily=True)
    left, new = an_agency(area_id, "Left Since"), an_agency(area_id, "Attends Marac")
    never, other = (an_agency(area_id, name, marac=False) for name in ("Never Signed", "Nor Has This"))
    elsewhere = an_agency(areas.create("elsewhere", date(2026, 11, 2), BEFORE_ALL), "Elsewhere")
    chairs = ("chair", "walled", "email", "phone", "name", "born", "associate", "cleared", "cleared more",
              "lifted", "knows", "victim", "secure", "below", "unusable", "gone")  # fmt: skip
    found = {one: a_person(council, Role.CHAIR, f"Chair {one}") for one in chairs}
    found |= {
        "marac": a_person(new), "daily": a_person(daily), "stranger": a_person(elsewhere, Role.CHAIR),
        "withdrawn": a_person(left), "withdrawn chair": a_person(left, Role.CHAIR),
        "governs": a_person(council, Role.INFORMATION_GOVERNANCE),
        "guest": a_person(never), "guest email": a_person(never), "other guest": a_person(other),
        "refers": a_person(never, Role.REFERRER), "left": a_person(left, Role.REFERRER),
    }  # fmt: skip
    with saved():
        for one, address in (
            ("secure", "i@harbour.gov.uk"), ("below", "i@gov.uk.example"), ("unusable", "i@nowhere"),
        ):  # fmt: skip
            db.session.get_one(AccountRow, found[one].account_id).email = address
        db.session.get_one(AccountRow, found["gone"].account_id).disabled_at = NOW
        db.session.get_one(AgencyRow, left).withdrawn_on = NOW.date()
        for unsigned in (never, other):
            db.session.get_one(AgencyRow, unsigned).signed_on = None
    return found


def _restrict(area_id: UUID, case_id: UUID, who: Principal) -> None:
    db.session.add(RestrictionRow(area_id=area_id, case_id=case_id, state=RestrictionState.RESTRICTED,
                                  hides=Hides.UNNAMED, reason="staff", put_at=NOW))  # fmt: skip
    db.session.add(NamedRow(case_id=case_id, account_id=who.account_id, area_id=area_id,
                            named_by=who.account_id, named_at=NOW))  # fmt: skip


def _collide(area_id: UUID, case_id: UUID, people: dict[str, Principal]) -> None:
    """The perpetrator is Bram Sedgewick; his brother and the victim have an e-mail address each."""
    told = {"agency_id": people["who"].agency_id, "author": "Wren", "recorded_by": people["who"].account_id,
            "recorded_at": NOW, "source": "a call", "area_id": area_id, "case_id": case_id}  # fmt: skip
    case = db.session.get_one(CaseRow, case_id)
    perpetrator = db.session.get_one(PersonRow, case.perpetrator_id)
    perpetrator.forename, perpetrator.surname, perpetrator.dob = "Bram", "Sedgewick", BORN
    brother = PersonRow(id=uuid4(), area_id=area_id, forename="", surname="Nobody Yet", dob=None)
    db.session.add(brother)
    db.session.flush()
    db.session.add(AssociateRow(person_id=brother.id, relation="brother", **told))
    for person, kind, value in (
        (perpetrator.id, "e-mail", "bram@post.example"), (perpetrator.id, "phone", "07700 900111"),
        (brother.id, "e-mail", "brother@post.example"), (case.victim_id, "e-mail", "her@post.example"),
    ):  # fmt: skip
        db.session.add(ContactRow(person_id=person, kind=kind, value=value, key=value, ended=False, **told))
    named = {"surname": "Bram Sedgewick"}
    for one, own in {
        "email": {"email": "bram@post.example"}, "phone": {"phone": "07700 900111"}, "name": named,
        "born": named | {"dob": BORN}, "associate": {"email": "brother@post.example"}, "cleared": named,
        "cleared more": named | {"phone": "07700 900111"}, "lifted": named, "walled": named,
        "guest email": {"email": "bram@post.example"},
        "knows": {"email": "bram@post.example", "of_whom": "knows"}, "victim": {"email": "her@post.example"},
    }.items():  # fmt: skip
        details = {"of_whom": "self", "told_at": NOW, "account_id": people[one].account_id} | own
        db.session.add(StaffDetailRow(area_id=area_id, **details))
    for one, state, shared in (
        ("walled", WallState.STANDS, Shared.NAME), ("cleared", WallState.LIFTED, Shared.NAME),
        ("cleared more", WallState.LIFTED, Shared.NAME), ("lifted", WallState.LIFTED, Shared.EMAIL),
    ):  # fmt: skip
        db.session.add(WallRow(area_id=area_id, case_id=case_id, account_id=people[one].account_id,
                               ground=WallGround.PARTY, shared=shared, state=state, put_at=NOW))  # fmt: skip
