"""The ground of proof 3: an area with its people and cases, and what the steps themselves have closed.

The ledger is kept beside the service and read from none of its tables: who declared or told what, who is
disabled, which case was destroyed.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    CaseRow,
    EntryRow,
    ItemRow,
    MeetingRow,
    TotpRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, areas
from meetingsvc.usecases import areas as make_areas
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, an_agency
from tests.builders import BEFORE_ALL, a_row, take_in
from tests.proofs.machine_words import Words

WHY = "invented for this proof"
COUPLES = 5
#: The days of lists, from the first on; the MARAC of the timetable sits after the last.
DAYS = [MONDAY + timedelta(days) for days in (0, 1, 2, 3, 4, 7)]
some = st.integers(0, 15)
_ROLES = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)
#: Which agency has whom: one attends everything, one the daily meeting alone, one the MARAC alone.
STAFF = (
    (*_ROLES, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR),
    (*_ROLES, Role.AGENCY_ADMINISTRATOR),
    (Role.REPRESENTATIVE, Role.IDVA, Role.INFORMATION_GOVERNANCE),
)
_tokens = count()


@dataclass
class Clock:
    """What time it is for everything, the pages too."""

    at: datetime = NOW


CLOCK = Clock()


def token() -> str:
    """A new one (`canaries.TOKEN`): its letters are those of a number, so no two are alike."""
    number, letters = next(_tokens), ""
    for _ in range(5):
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
    return f"qz{letters}vq"


@dataclass
class Couple:
    """Two people the police send incidents of: the victim's surname, and each summary, is a token."""

    surname: str
    row: dict[str, str]
    told: dict[str, str] = field(default_factory=dict)  # the summary's token, by occurrence number
    case_id: UUID | None = None


@dataclass(frozen=True)
class Copy:
    """Somebody's own copy of a pack, as it was made."""

    id: UUID
    holder: Principal  # as they were then
    cases: frozenset[UUID]


class Ground(RuleBasedStateMachine):
    """One area, from its first list on."""

    @initialize(published=st.sampled_from([True, True, False]), over=st.sampled_from([True, False]))
    def begin(self, published: bool, over: bool) -> None:
        CLOCK.at = NOW
        self.walled = set[tuple[UUID, UUID]]()  # who is kept from which case
        self.party, self.cleared, self.collide = (set[tuple[UUID, int]]() for _ in range(3))  # by couple
        self.disabled, self.destroyed = set[UUID](), set[UUID]()
        self.couples, self.notes = list[Couple](), dict[str, UUID]()  # on which item a note is
        self.copies, self.days = list[Copy](), list[date]()
        self.touched, self.turn, self.sent = set[UUID](), 0, 0
        self.words, self.case_of = dict[str, Words](), dict[UUID, UUID]()  # by token, and by item
        self.actions = dict[UUID, tuple[UUID, str]]()  # of which item, and what it is
        self.ended = dict[UUID, frozenset[UUID]]()  # by meeting, the items that who ended it could not see
        self.writers, self.issued = dict[tuple[UUID, int], set[UUID]](), dict[tuple[UUID, UUID], str]()
        self._found()
        for number in range(3):
            self.send_incident(number)
        self.build_list()
        self.begin_governed()
        self.begin_requests()
        if published:
            self.begin_published()
        if published and over:
            self.begin_over()

    def _found(self) -> None:
        self.area_id = make_areas.create(f"area{uuid4().hex[:12]}", date(2026, 11, 2), BEFORE_ALL)
        with saved():
            row = db.session.get_one(AreaRow, self.area_id)
            kept = replace(areas.settings_of(row), marac_anchor=date(2026, 12, 3))
            row.settings = areas.settings_json(kept)
        self.agencies = [an_agency(self.area_id, f"Agency {number}", marac=number != 1, daily=number != 2)
                         for number in range(3)]  # fmt: skip
        self.people = list[UUID]()
        with saved():
            db.session.get_one(AgencyRow, self.agencies[1]).kind = AgencyKind.POLICE
            for agency, roles in zip(self.agencies, STAFF, strict=True):
                self.people += [self.employ(agency, role) for role in roles]

    def begin_governed(self) -> None:
        """With something in each register."""
        raise NotImplementedError

    def begin_requests(self) -> None:
        """With requests of third parties."""
        raise NotImplementedError

    def begin_published(self) -> None:
        """Most runs begin with a pack that some have a copy of."""
        raise NotImplementedError

    def begin_over(self) -> None:
        """Some of them, once that MARAC has sat."""
        raise NotImplementedError

    def employ(self, agency: UUID, role: Role) -> UUID:
        """Somebody new who could sign in. Call it inside a transaction."""
        who = uuid4()
        name, email = f"Person {who.hex[:8]}", f"{who.hex}@northmoor.example"
        db.session.add(AccountRow(id=who, agency_id=agency, role=role, name=name, email=email,
                                  password_hash="-", created_at=NOW))  # fmt: skip
        db.session.flush()
        db.session.add(TotpRow(account_id=who, secret=b"-", last_step=0, added_at=NOW))
        return who

    def say(self, kind: str, item: UUID, agency: UUID | None = None, police: UUID | None = None) -> str:
        """A token, as what is typed of an item now."""
        with acting.service():
            self.case_of[item] = db.session.get_one(ItemRow, item).case_id
        said = token()
        self.words[said] = Words(kind, item, self.case_of[item], agency, police)
        return said

    @property
    def now(self) -> datetime:
        return CLOCK.at

    def whom(self, number: int) -> UUID:
        """One of the people; what they do or what is done to them is looked at next."""
        account_id = self.people[number % len(self.people)]
        self.touched.add(account_id)
        return account_id

    def case(self, number: int) -> UUID:
        rows = select(CaseRow.id).where(CaseRow.area_id == self.area_id).order_by(CaseRow.number)
        found = db.session.scalars(rows).all()
        return found[number % len(found)] if found else uuid4()

    def does(self, number: int, what: Callable[[Principal], Any]) -> bool:
        """One person does something, as in a request; a refusal changes nothing."""
        who = account_store.principal(self.whom(number), self.now)
        db.session.rollback()
        if who is None:
            return False
        with acting.acting(who), suppress(RuleBroken, NotFound, Forbidden):
            what(who)
            return True
        db.session.rollback()
        return False

    def anybody(self, number: int, what: Callable[[Principal], Any]) -> UUID | None:
        """The first of them, from this one on, who may."""
        for each in range(number, number + len(self.people)):
            touched = set(self.touched)
            if self.does(each, what):
                return self.whom(each)
            self.touched = touched
        return None

    def send_incident(self, number: int) -> None:
        """Of a couple of before, or of a new one."""
        number = min(number, len(self.couples))
        if number == len(self.couples):
            surname = token()
            self.couples.append(Couple(surname, a_row(victim_surname=surname)))
        couple, said = self.couples[number], token()
        day = DAYS[min(len(self.days), len(DAYS) - 1)] - timedelta(days=1)
        sent = f"{couple.row['occurrence_number']}-{len(couple.told)}"
        couple.told[sent] = said
        take_in(self.area_id, couple.row | {"occurrence_number": sent, "summary": f"He said {said} to her.",
                "recorded_at": f"{day}T06:00:00+00:00", "incident_at": f"{day}T05:00:00+00:00"})  # fmt: skip

    def build_list(self) -> None:
        """That of the next day, at half past eight; whoever told of themselves is kept from what is new."""
        day = DAYS[len(self.days)]
        self.days.append(day)
        CLOCK.at = max(self.now, datetime.combine(day, NOW.timetz()))
        with saved():
            lists.build(db.session.get_one(AreaRow, self.area_id), day, "test", self.now)
        for number, couple in enumerate(self.couples):
            couple.case_id = couple.case_id or self._case_of(couple)
            self.wall_off(number)
        db.session.rollback()

    def wall_off(self, number: int) -> None:
        """From what is of this couple, whoever said that they are one of them, or know one."""
        if case_id := self.couples[number].case_id:
            self.walled |= {(who, case_id) for who, told in self.party if told == number}

    def number_of(self, case_id: UUID) -> int:
        """Of which couple a case is; -1 of none."""
        return next((n for n, one in enumerate(self.couples) if one.case_id == case_id), -1)

    def _case_of(self, couple: Couple) -> UUID | None:
        rows = select(ItemRow.case_id).join(EntryRow, EntryRow.item_id == ItemRow.id)
        here = rows.where(ItemRow.area_id == self.area_id, EntryRow.occurrence_number.in_(couple.told))
        return db.session.scalars(here).first()

    def meetings(self, kind: str) -> list[UUID]:
        rows = select(MeetingRow.id).where(MeetingRow.kind == kind, MeetingRow.area_id == self.area_id)
        return list(db.session.scalars(rows.order_by(MeetingRow.sits_on, MeetingRow.emergency)))

    def gone(self) -> Iterator[UUID]:
        """Who reads no case at all: the disabled, and whoever leaves with an agency that withdrew (V1)."""
        yield from self.disabled
        leaves = (*_ROLES, Role.AGENCY_ADMINISTRATOR)
        rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        away = rows.where(AgencyRow.id.in_(self.agencies), AgencyRow.withdrawn_on.is_not(None))
        yield from db.session.scalars(away.where(AccountRow.role.in_(leaves)))
