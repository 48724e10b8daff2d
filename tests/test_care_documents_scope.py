"""Who sees a document of social care: the scope and the policies are the rule (Rulebook E4, M6)."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from agenda.agencies import AgencyKind
from agenda.need_to_know import OpeningKind, WallGround, WallState
from agenda.panels import Family
from meetingsvc.models import AccountRow, AgencyRow, Base, CareDocumentRow, CaseRow, OpeningRow, WallRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, Principal, Role
from meetingsvc.store import accounts, acting, doomed, retention_case
from meetingsvc.store.scope import cases_of
from meetingsvc.store.scope_documents import documents_of
from meetingsvc.usecases import agencies, areas
from meetingsvc.usecases.transaction import saved
from minutes.screen_only import Document, Way, may_read
from tests.a_care_document import put_child, put_document, put_on_agenda, runs_both, sits_on_mace
from tests.a_marac import NOW
from tests.builders import BEFORE_ALL

CARE, PARTNER, OUTSIDE = "Care", "Partner", "Outside"
ROLES = (Role.REPRESENTATIVE, Role.IDVA, Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_GOVERNANCE,
         Role.AGENCY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)  # fmt: skip


class Ground:
    """Two children, one on the agenda; each with a document, and one that was withdrawn."""

    def __init__(self) -> None:
        self.area_id = areas.create("northcare", date(2026, 11, 2), BEFORE_ALL)
        since = date(2026, 1, 5)
        with saved():
            self.agencies = {
                name: agencies.create(self.area_id, name, kind, since, "test", NOW)
                for name, kind in ((CARE, AgencyKind.CHILDRENS_SOCIAL_CARE), (PARTNER, AgencyKind.POLICE),
                                   (OUTSIDE, AgencyKind.HOUSING))
            }  # fmt: skip
            self.people = {
                (name, role): self._account(key, role)
                for (name, key), role in product(self.agencies.items(), ROLES)
            }
            for name in (CARE, PARTNER):
                sits_on_mace(self.agencies[name])
            self.runs = self.people[PARTNER, Role.COORDINATOR]
            runs_both(self.runs, NOW)
            by = self.people[CARE, Role.REPRESENTATIVE]
            self.listed = put_child(self.area_id, 500_000_200, "Fell")
            self.unlisted = put_child(self.area_id, 500_000_201, "Moor")
            put_on_agenda(self.area_id, self.listed, NOW)
            #: Document to its case, and whether it was withdrawn.
            self.documents: dict[UUID, tuple[UUID, bool]] = {}
            for case, withdrawn in product((self.listed, self.unlisted), (False, True)):
                told = (self.area_id, case, self.agencies[CARE], by, NOW)
                self.documents[put_document(*told, withdrawn=withdrawn)] = case, withdrawn
        db.session.remove()
        self.walled: set[tuple[UUID, UUID]] = set()

    def _account(self, agency: UUID, role: Role) -> UUID:
        row = AccountRow(id=uuid4(), agency_id=agency, role=role, name="-", password_hash="-",
                         email=f"{uuid4()}@northcare.example", created_at=NOW)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id

    def wall(self, account: UUID, case: UUID) -> None:
        with saved():
            db.session.add(WallRow(area_id=self.area_id, case_id=case, account_id=account, shared="",
                                   ground=WallGround.DECLARED, state=WallState.STANDS,
                                   put_at=NOW))  # fmt: skip
        db.session.remove()
        self.walled.add((account, case))

    def due(self, who: Principal, name: str) -> set[UUID]:
        """As the rule says it."""
        attends = who.role in ATTENDS_MEETINGS and name in (CARE, PARTNER)
        runs = who.account_id == self.runs
        found = set()
        for key, (case, withdrawn) in self.documents.items():
            opens = (attends and case == self.listed) or runs
            told = Document("-", "-", AgencyKind.CHILDRENS_SOCIAL_CARE, self.agencies[CARE], "-", withdrawn)
            if may_read(told, may_open=opens and (who.account_id, case) not in self.walled,
                        is_partner=attends, own_agency=who.agency_id == self.agencies[CARE],
                        runs_panel=runs):  # fmt: skip
                found.add(key)
        return found


@pytest.fixture
def ground(core_app: Flask) -> Ground:
    return Ground()


def found(who: Principal, way: Way = Way.SCREEN) -> set[UUID]:
    with acting.acting(who):
        rows = select(CareDocumentRow.id).where(documents_of(who, way))
        keys = set(db.session.scalars(rows))
        db.session.rollback()
    return keys


def test_E4_no_way_but_the_screen_has_any(ground: Ground) -> None:
    for way in Way:
        for account in ground.people.values():
            who = accounts.principal(account, NOW)
            assert who is not None
            assert not found(who, way) or way is Way.SCREEN
    with acting.whole_area(ground.area_id):  # what the service builds itself
        rows = select(CareDocumentRow.id).where(documents_of(acting.Host(ground.area_id), Way.SCREEN))
        assert not db.session.scalars(rows).all()


def answered_by_itself(who: Principal) -> set[UUID]:
    """By the database alone, past the scope and the fence."""
    with acting.acting(who):
        db.session.scalar(select(1))  # it is told who asks with the first statement
        cursor = db.session.connection().connection.cursor()
        cursor.execute("SELECT id FROM care_document")
        keys = {row[0] for row in cursor.fetchall()}
        db.session.rollback()
    return keys


def test_E4_M6_everybody_sees_exactly_the_documents_that_the_rule_lets_them_see(ground: Ground) -> None:
    ground.wall(ground.people[CARE, Role.IDVA], ground.listed)
    ground.wall(ground.runs, ground.unlisted)
    some = 0
    for (name, _), account in ground.people.items():
        who = accounts.principal(account, NOW)
        assert who is not None
        due = ground.due(who, name)
        assert found(who) == due, (name, who.role)
        if db.engine.dialect.name == "postgresql":
            assert answered_by_itself(who) == due, (name, who.role)
        some += len(due)
    assert some == 2 + 1 + 1 + 1  # care's representative both, the partner's two people and who runs it one


def test_E4_nobody_attaches_one_to_a_case_that_is_hidden_from_them(ground: Ground) -> None:
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has no policies: the use case asks first
    who = accounts.principal(ground.people[OUTSIDE, Role.REPRESENTATIVE], NOW)
    assert who is not None
    with pytest.raises(DBAPIError), saved(), acting.acting(who):
        put_document(ground.area_id, ground.listed, who.agency_id, who.account_id, NOW)


def test_E4_whoever_governs_reads_none_though_a_ticket_opens_the_case(ground: Ground) -> None:
    account = ground.people[PARTNER, Role.INFORMATION_GOVERNANCE]
    with saved():
        db.session.add(OpeningRow(area_id=ground.area_id, case_id=ground.listed, account_id=account,
                                  kind=OpeningKind.TICKET, reason="invented", asked_at=NOW,
                                  until=NOW + timedelta(hours=1)))  # fmt: skip
    db.session.remove()
    who = accounts.principal(account, NOW)
    assert who is not None
    with acting.acting(who):
        assert db.session.scalars(select(CaseRow.id).where(cases_of(who))).all() == [ground.listed]
        db.session.rollback()
    assert not found(who)
    if db.engine.dialect.name == "postgresql":
        assert not answered_by_itself(who)


@pytest.mark.parametrize("kind, family", [("abuse", Family.ABUSE), ("place", Family.EXPLOITATION)])
def test_E4_what_is_no_child_of_these_panels_has_none(ground: Ground, kind: str, family: Family) -> None:
    with acting.service(), saved():
        case = db.session.get_one(CaseRow, ground.listed)
        case.kind, case.family = kind, family
    db.session.remove()
    for account in ground.people.values():
        who = accounts.principal(account, NOW)
        assert who is not None and not found(who) & {
            key for key, (case_id, _) in ground.documents.items() if case_id == ground.listed
        }


def test_L2_a_document_goes_with_its_case_and_its_agency_is_asked(ground: Ground) -> None:
    """A new table that hangs on a case is found by itself; whose it is counts as a supplier (R2)."""
    with acting.service(), saved():
        rows = doomed.of_case(ground.area_id, ground.listed)
        table = Base.metadata.tables["care_document"]
        mine = {key for key, (case, _) in ground.documents.items() if case == ground.listed}
        assert {key for (key,) in rows.rows[table]} == mine
        names = retention_case.agencies(ground.area_id)
        assert CARE in retention_case._suppliers(rows.rows, names)
        doomed.delete_all(rows.rows)
        left = set(db.session.scalars(select(CareDocumentRow.id)))
    assert left == ground.documents.keys() - mine
    assert db.session.get(AgencyRow, ground.agencies[CARE]) is not None
