"""The fence: nothing protected is read but through the scope, however a statement is made (security.md B)."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import exists, func, insert, select, text, union, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from agenda.circulation import Group
from meetingsvc.models import (
    AgencyRow,
    AreaRow,
    Base,
    CaseRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    SignInAttemptRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, fence
from meetingsvc.store.fence import Kind, Unscoped
from meetingsvc.store.scope import MARK, cases_of, people_of
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, an_agency, referred
from tests.a_wall import a_wall

#: Written out, so that a new table is put on one side by a person.
PROTECTED = frozenset(
    {
        *("alarm", "allocation_ask", "closed_reason", "proposal", "refusal"),
        *(
            "action",
            "address",
            "address_share",
            "allocation",
            "associate",
            "case",
            "clarification",
            "contact",
        ),
        "feed_message",
        "subject",
        *("calendar_entry", "invitation"),
        *("agency_attendance", "attendee", "attendee_apart", "attendee_stay", "item_absence", "item_hearing"),
        "statement_reading",
        "meeting_move",
        *("offline_alarm", "offline_key", "offline_pack"),
        *("meeting_minutes", "minutes_case", "minutes_copy", "minutes_writer"),
        *("match_proposal", "match_weights", "name_count", "person_detail", "person_key", "child_key"),
        *("person_merge", "person_merge_change"),
        *("applicant_contact_shown", "application_step", "disclosure_application", "disclosure_telling"),
        *("disclosure_answer", "disclosure_asked", "disclosure_release", "disclosure_request"),
        "disclosure_step",
        *("disclosure_update_step", "order_reminder", "protection_order", "sharing_decision"),
        "sharing_review",
        *("named_case_entry", "named_case_held", "named_case_part"),
        *(
            "case_hold",
            "destroyed_mark",
            "destruction",
            "retention_ask",
            "retention_review",
            "retention_step",
        ),
        *("breach", "breach_case", "breach_entry", "breach_walled"),
        *("complained_of", "complaint", "complaint_entry"),
        *("disagreement", "disagreement_agency", "disagreement_entry"),
        *("action_owner", "action_reminder", "action_step"),
        *("exploitation_referral", "immediate_asked", "missing_episode", "screening"),
        *("level_said", "link", "pattern", "pattern_child", "subject_trait"),
        "care_document",
        "agenda_put",
        *("exploitation_entry", "exploitation_taken", "ladder_place", "ladder_step"),
        *("feedback", "feedback_try", "flag", "flag_step"),
        *("research_answer", "research_draft", "research_item", "research_named"),
        *("research_notice", "research_request"),
        *("referral", "referral_case", "referral_move", "referral_told", "relationship", "risk_assessment"),
        *("confirmation", "confirmation_notice", "consent", "consent_incident", "emergency_ask"),
        *("public_letter", "public_referral", "public_referrer", "public_session"),
        *("transfer", "transfer_in", "transfer_record", "transfer_step", "transfer_wall", "notification"),
        *("correction_request", "correction_told", "decoy", "entry", "feed_import", "hearing", "incident"),
        *(
            "incident_text",
            "incident_wall",
            "item",
            "meeting",
            "named",
            "note",
            "notice",
            "notice_told",
            "opening",
            *("outcome", "outcome_version"),
            *("live_field", "plan_review", "crime_disclosed"),
        ),
        *(
            "pack",
            "pack_copy",
            "pack_destruction",
            "pack_edition",
            "pack_recall",
            "person",
            "person_identity",
            "rejected_row",
            "restriction",
        ),
        *("restriction_step", "reveal", "safeguard", "staff_detail", "triage", "wall"),
    }
)

Shape = Callable[[], Any]


def rows(statement: Any) -> list[Any]:
    return [tuple(row) for row in db.session.execute(statement)]


def raw(sql: str) -> list[Any]:
    """On the driver's own cursor, which no event of SQLAlchemy sees."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(sql)
        return list(cursor.fetchall())
    finally:
        connection.close()


def of_the_session(sql: str) -> list[Any]:
    cursor = db.session.connection().connection.cursor()
    cursor.execute(sql)
    return list(cursor.fetchall())


def copied() -> list[Any]:
    """Into a table that is open to all, then read from there."""
    number = select(func.cast(CaseRow.id, SignInAttemptRow.subject.type), func.now()).select_from(CaseRow)
    db.session.execute(insert(SignInAttemptRow).from_select(["subject", "at"], number))
    return rows(select(SignInAttemptRow.subject))


def changed() -> list[Any]:
    with saved():
        return rows(update(CaseRow).values(number=CaseRow.number).returning(CaseRow.id))


def connected() -> list[Any]:
    """On a connection of its own."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text('SELECT id FROM "case"'))]


def streamed() -> list[Any]:
    with (
        db.engine.connect() as connection,
        connection.execution_options(yield_per=10).execute(select(CaseRow.__table__)) as found,
    ):
        return [tuple(row) for row in found]


def as_the_service() -> list[Any]:
    db.session.execute(text("SELECT set_config('meetingsvc.capacity', 'service', true)"))
    return of_the_session('SELECT id FROM "case"')


_other = aliased(CaseRow)
SHAPES: dict[str, Shape] = {
    "entity": lambda: [row.id for row in db.session.scalars(select(CaseRow))],
    "columns": lambda: rows(select(CaseRow.id)),
    "alias": lambda: rows(select(_other.id)),
    "legacy query": lambda: [row.id for row in db.session.query(CaseRow).all()],
    "core table": lambda: rows(select(CaseRow.__table__)),
    "text": lambda: rows(text('SELECT id FROM "case"')),
    "text, disguised": lambda: rows(text('SELECT id FROM/**/main."case"')),
    "text, schema": lambda: rows(text('SELECT id FROM public."case"')),
    "from_statement": lambda: [
        row.id for row in db.session.scalars(select(CaseRow).from_statement(text('SELECT * FROM "case"')))
    ],
    "insert from select": copied,
    "connection": connected,
    "exec_driver_sql": lambda: list(db.session.connection().exec_driver_sql('SELECT id FROM "case"')),
    "driver's cursor": lambda: raw('SELECT id FROM "case"'),
    "the session's cursor": lambda: of_the_session('SELECT id FROM "case"'),
    "cte": lambda: rows(select(select(CaseRow.id).cte().c.id)),
    "union": lambda: rows(union(select(AreaRow.id), select(CaseRow.id))),
    "count": lambda: rows(select(func.count()).select_from(CaseRow)),
    "subquery": lambda: rows(select(select(CaseRow.id).subquery().c.id)),
    "scalar subquery": lambda: rows(select(AreaRow.id, select(CaseRow.id).limit(1).scalar_subquery())),
    "exists": lambda: rows(select(AreaRow.name).where(exists().where(CaseRow.number > 0))),
    "join": lambda: rows(select(AreaRow.id, CaseRow.id).join(CaseRow, CaseRow.area_id == AreaRow.id)),
    "update returning": changed,
    "stream": streamed,
    "window": lambda: rows(select(func.row_number().over(), CaseRow.id)),
    "as the service": as_the_service,
}


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


@pytest.fixture
def hidden(coordinator: Principal) -> Iterator[CaseRow]:
    """The one case there is: the coordinator is walled from it, and the service holds it in memory."""
    (item,) = referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS])
    row = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)
    a_wall(row.area_id, row.id, coordinator.account_id)
    db.session.refresh(row)
    yield row


@pytest.mark.parametrize("shape", SHAPES)
def test_M6_no_shape_of_a_query_shows_a_hidden_case(
    shape: str, coordinator: Principal, hidden: CaseRow
) -> None:
    with acting.acting(coordinator):
        try:
            shown = repr(SHAPES[shape]())
        except (Unscoped, DBAPIError, sqlite3.Error, psycopg.Error) as refused:
            shown = str(refused)
    db.session.rollback()
    for secret in (hidden.id, hidden.id.hex, hidden.id.bytes):
        assert str(secret) not in shown
    assert shown not in ("[(1,)]", "[('northmoor',)]"), "not even that there is one"


def test_M6_what_the_service_read_is_not_answered_from_memory(
    coordinator: Principal, hidden: CaseRow
) -> None:
    assert db.session.get(CaseRow, hidden.id) is hidden
    with acting.acting(coordinator), pytest.raises(Unscoped):
        db.session.get(CaseRow, hidden.id)
    with acting.acting(coordinator), pytest.raises(Unscoped):
        db.session.refresh(hidden)


def test_M6_the_scope_itself_shows_it_to_nobody_who_is_walled(
    coordinator: Principal, hidden: CaseRow
) -> None:
    other = a_person(coordinator.agency_id, Role.CHAIR)
    for who, cases, people in ((coordinator, 0, 0), (other, 1, 2)):
        with acting.acting(who):
            assert len(rows(select(CaseRow.id).where(cases_of(who)))) == cases
            assert len(rows(select(PersonRow.id).where(people_of(who)))) == people
            db.session.rollback()


def test_nobody_reads_anything_protected_with_a_mark_or_without(
    coordinator: Principal, hidden: CaseRow
) -> None:
    with acting.acting(None):
        for statement in (select(CaseRow.id), select(CaseRow.id).where(cases_of(coordinator))):
            with pytest.raises(Unscoped):
                db.session.execute(statement)
        assert rows(select(AreaRow.name)) == [("northmoor",)]


def test_no_person_says_who_acts(coordinator: Principal, hidden: CaseRow) -> None:
    with acting.acting(coordinator), pytest.raises(Unscoped):
        as_the_service()


def test_a_person_writes_only_in_a_use_case(coordinator: Principal, hidden: CaseRow) -> None:
    change = update(MeetingRow).values(not_domestic=1)
    with acting.acting(coordinator):
        with pytest.raises(Unscoped):
            db.session.execute(change)
        db.session.rollback()
        with saved():
            db.session.execute(change)


def test_the_service_works_on_the_whole_of_one_area_and_hands_back(
    coordinator: Principal, hidden: CaseRow
) -> None:
    with acting.acting(coordinator):
        with acting.whole_area(coordinator.area_id):
            assert len(rows(select(CaseRow.id))) == 1
        with pytest.raises(Unscoped):
            rows(select(CaseRow.id))


def test_what_the_service_changed_is_written_before_it_hands_back(
    coordinator: Principal, hidden: CaseRow
) -> None:
    with acting.acting(coordinator), saved():
        with acting.whole_area(coordinator.area_id):
            (outcome,) = db.session.scalars(select(OutcomeRow))
            outcome.notes = "Seen."
        assert outcome not in db.session.dirty


def test_every_table_is_open_or_protected_and_a_new_one_is_protected() -> None:
    assert frozenset(Base.metadata.tables) | {"alembic_version"} == fence.OPEN | PROTECTED
    assert not fence.OPEN & PROTECTED
    assert fence.protected() == PROTECTED


@pytest.mark.parametrize(
    "statement, kind",
    [
        ("SELECT area.name FROM area", Kind.OPEN),
        ("SELECT audit.action FROM audit", Kind.OPEN),
        ("INSERT INTO audit (id, action) VALUES (?, ?)", Kind.OPEN),
        ("SELECT CASE WHEN area.name THEN 1 END FROM area", Kind.OPEN),
        ('SELECT "case".id FROM "case"', Kind.UNMARKED),
        ("SELECT * FROM `case`", Kind.UNMARKED),
        ("SELECT * FROM [case]", Kind.UNMARKED),
        ("SELECT * FROM 'case'", Kind.UNMARKED),
        ("select 1 from area,item", Kind.UNMARKED),
        ("TABLE item", Kind.UNMARKED),
        ("SELECT name FROM (item)", Kind.UNMARKED),
        ('SELECT id FROM "main"."case"', Kind.UNMARKED),
        ("SELECT area.name FROM area WHERE area.name = %(item)s", Kind.OPEN),
        ("COPY item TO STDOUT", Kind.UNMARKED),
        ("SELECT x FROM area WHERE x IN (SELECT id FROM ONLY Item)", Kind.UNMARKED),
        ("INSERT INTO item (id) SELECT id FROM item", Kind.UNMARKED),
        ("INSERT INTO item (id, note) VALUES (?, ?) RETURNING id", Kind.WRITE),
        ("UPDATE item SET position=? WHERE item.id = ?", Kind.WRITE),
        ("UPDATE item SET position=? RETURNING case_id", Kind.UNMARKED),
        ("UPDATE area SET name=note.text FROM note", Kind.UNMARKED),
        ("DELETE FROM item WHERE id = ?", Kind.WRITE),
        ("DELETE FROM item USING note WHERE 1 = 1", Kind.UNMARKED),
        (f"SELECT id FROM item WHERE 1{MARK} = 1", Kind.MARKED),
        ("SELECT set_config('x', 'y', true)", Kind.FORBIDDEN),
        ("SET LOCAL ROLE postgres", Kind.FORBIDDEN),
        ("SELECT meetingsvc_kept()", Kind.FORBIDDEN),
        ("SELECT meetingsvc_hidden_from_all()", Kind.FORBIDDEN),
        ("SELECT meetingsvc_given()", Kind.FORBIDDEN),
        ("SELECT meetingsvc_given_to_all()", Kind.FORBIDDEN),
        ("SELECT meetingsvc_of_families_all()", Kind.FORBIDDEN),
        ("SELECT meetingsvc_contributed_all()", Kind.FORBIDDEN),
    ],
)
def test_a_statement_is_judged_by_its_words(statement: str, kind: Kind) -> None:
    assert fence.kind(statement) is kind


def test_a_refusal_is_logged_without_what_was_asked_for(
    coordinator: Principal, hidden: CaseRow, capsys: pytest.CaptureFixture[str]
) -> None:
    with acting.acting(coordinator), pytest.raises(Unscoped):
        db.session.execute(select(CaseRow.id).where(CaseRow.number == 4711))
    said = capsys.readouterr()
    assert "statement refused" in said.out + said.err
    assert "4711" not in said.out + said.err


def test_a_command_acts_as_the_service_and_nobody_afterwards(core_app: Flask) -> None:
    with acting.acting(None):
        with acting.service():
            assert isinstance(acting.who(), acting.Service)
        assert acting.who() is None
    assert AgencyRow.__tablename__ in fence.OPEN
