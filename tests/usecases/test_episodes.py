"""Missing episodes: told on a page or in a file, version by version, and read by whom (E1, E3, E4)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.clocks import Met
from agenda.missing import Episode
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AuditRow,
    CaseRow,
    ImmediateAskedRow,
    ImportRow,
    MissingEpisodeRow,
    OutboxRow,
    RejectedRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, uploads
from meetingsvc.store import episodes as store
from meetingsvc.store.episodes import Version
from meetingsvc.usecases import episodes as usecase
from meetingsvc.usecases.episodes import Answered
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import episode_lines
from notifications.messages import Notice
from tests.a_marac import a_person, an_agency
from tests.a_wall import a_wall
from tests.an_episode import BACK, NOW, ROW, RUNG, TYPED, a_file, sent, told
from tests.an_exploitation_referral import runs_exploitation

LATER = NOW + timedelta(hours=3)
NO = Answered("no", "", True)


@pytest.fixture
def office(area_id: UUID) -> UUID:
    """The agency of those who run meetings."""
    return an_agency(area_id, "Northmoor Office")


@pytest.fixture
def runner(office: UUID) -> Principal:
    """Who runs the panels of exploitation as well."""
    return runs_exploitation(a_person(office, Role.COORDINATOR, "Wren Teal").account_id, NOW)


@pytest.fixture
def other(office: UUID) -> Principal:
    """Who runs those of domestic abuse alone."""
    return a_person(office, Role.COORDINATOR, "Gil Stone")


@pytest.fixture
def officer(area_id: UUID, runner: Principal) -> Principal:
    """Who sits in a panel of exploitation for the police."""
    return attends(area_id, "Northmoor Police", AgencyKind.POLICE)


def attends(area_id: UUID, name: str, kind: AgencyKind) -> Principal:
    agency = an_agency(area_id, name)
    who = a_person(agency, Role.REPRESENTATIVE, f"Sam of {name}")
    with saved(), acting.service():
        row = db.session.get_one(AgencyRow, agency)
        row.kind = kind
        row.attends = {*row.attends, "DREAM"}
    found = accounts.principal(who.account_id, NOW)
    assert found is not None
    return found


def versions(who: Principal, key: UUID) -> list[Version]:
    return store.one(who, key)


def change(
    who: Principal, key: UUID, answered: Answered = RUNG, now: datetime = LATER, **typed: str
) -> object:
    """What is typed over what the page shows."""
    current = usecase.now_of(versions(who, key))
    assert current is not None
    shown = {
        "missing_from": "22/11/2026 17:30", "reported_at": "22/11/2026 19:10",
        "from_where": current.episode.from_where,
    }  # fmt: skip
    return usecase.change(who, key, shown | typed, str(current.version), answered, now)


def count(row: type) -> int:
    return db.session.scalar(select(func.count()).select_from(row)) or 0


def seen(who: Principal, table: str) -> int:
    """How many rows the database itself shows to a person; on SQLite the scope alone would narrow them."""
    with acting.acting(who):
        return int(db.session.execute(text(f"SELECT count(*) FROM {table} /*scope*/")).scalar_one())


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_E3_no_episode_is_kept_before_the_first_question_is_answered(runner: Principal) -> None:
    unread = Answered("yes", "Rang", False)
    for answered, at in ((Answered("", "", True), "before-answer"),
                         (Answered("yes", " ", True), "before-done"),
                         (unread, "before-answer")):  # fmt: skip
        assert set(usecase.first(runner, answered, NOW)) == {at}
        assert set(usecase.add(runner, TYPED, answered, NOW)) == {at}  # type: ignore[arg-type]
    assert count(MissingEpisodeRow) == 0
    assert "risk.asked" in actions(), "that it was said whom to call is recorded all the same"


def test_E3_a_child_who_is_not_back_is_at_immediate_risk_whatever_was_answered(runner: Principal) -> None:
    assert set(usecase.add(runner, TYPED, NO, NOW)) == {"before-answer"}  # type: ignore[arg-type]
    assert count(MissingEpisodeRow) == 0
    told(runner, answered=NO, returned_at="23/11/2026 06:15")


def test_E3_what_was_said_is_kept_with_the_episode(runner: Principal) -> None:
    key = told(runner)
    (asked,) = store.asked(runner, versions(runner, key))
    assert asked.answer == "yes" and asked.done == RUNG.done and "999" in asked.said
    row = db.session.scalars(select(ImmediateAskedRow)).one()
    assert (row.episode_id, row.referral_id) == (key, None)


def test_E1_the_child_becomes_a_case_once_and_is_still_missing_until_said_to_be_back(
    runner: Principal,
) -> None:
    first = told(runner)
    told(runner, missing_from="20/11/2026 10:00", reported_at="20/11/2026 10:00",
         returned_at="20/11/2026 12:00")  # fmt: skip
    case = db.session.scalars(select(CaseRow).where(CaseRow.kind == "child")).one()
    assert case.family == "exploitation"
    assert store.still_missing(runner) == {case.id}
    assert change(runner, first, returned_at="23/11/2026 08:00", found_where="Moor Park")
    assert store.still_missing(runner) == frozenset()
    assert "episode.returned" in actions()


def test_E1_the_home_page_says_who_is_missing_and_which_interview_is_late(
    runner: Principal, other: Principal
) -> None:
    key = told(runner)
    assert episode_lines.on_home(runner, NOW) == episode_lines.OnHome(missing=1)
    assert episode_lines.on_home(other, NOW) == episode_lines.OnHome(tells=False)
    change(runner, key, returned_at="23/11/2026 08:00")
    due = datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert episode_lines.on_home(runner, due) == episode_lines.OnHome(due=1)
    late = due + timedelta(minutes=1)
    assert episode_lines.on_home(runner, late) == episode_lines.OnHome(late=1)
    years = due + timedelta(days=800)
    assert episode_lines.on_home(runner, years) == episode_lines.OnHome(late=1), "however old it is"
    change(runner, key, now=late, returned_at="23/11/2026 08:00", interviewed_at="26/11/2026 08:00")
    (line,) = episode_lines.lines(runner, late)
    assert line.interview is Met.IN_TIME and episode_lines.on_home(runner, late) == episode_lines.OnHome()


def test_E1_every_version_stays_and_two_people_do_not_write_over_one_another(runner: Principal) -> None:
    key = told(runner)
    was = "1"
    shown = {name: TYPED[name] for name in ("missing_from", "reported_at", "from_where")}
    back = usecase.change(runner, key, shown | {"returned_at": "23/11/2026 08:00"}, was, RUNG, LATER)
    with pytest.raises(RuleBroken, match="Somebody has changed"):
        usecase.change(runner, key, shown, was, RUNG, LATER)
    found = versions(runner, key)
    assert [(one.version, one.current) for one in found] == [(1, False), (2, True)]
    assert found[0].episode.returned_at is None and found[1].id == back
    assert versions(runner, found[1].id) == found, "any version's address shows the episode"


def test_E3_a_child_who_is_missing_again_is_asked_about_again(runner: Principal, area_id: UUID) -> None:
    key = told(runner)
    change(runner, key, NO, returned_at="23/11/2026 08:00")
    assert set(change(runner, key, NO, LATER + timedelta(hours=1))) == {"before-answer"}  # type: ignore[call-overload]
    assert isinstance(change(runner, key, RUNG, LATER + timedelta(hours=1)), UUID)
    assert store.still_missing(runner)


def test_E1_a_reference_is_used_for_one_episode(runner: Principal) -> None:
    told(runner, reference="MP/1")
    assert set(usecase.add(runner, TYPED | {"reference": "MP/1"}, RUNG, NOW)) == {"reference"}  # type: ignore[arg-type]
    key = told(runner, missing_from="21/11/2026 10:00", returned_at="21/11/2026 12:00",
               reported_at="21/11/2026 11:00")  # fmt: skip
    assert versions(runner, key)[0].episode.reference == "MIS-000001"


def test_T13_a_file_sent_twice_changes_nothing_and_a_newer_row_counts(
    area_id: UUID, runner: Principal
) -> None:
    tally = sent(area_id, ROW)
    assert (tally.created, tally.rejected) == (1, 0)
    assert sent(area_id, ROW).unchanged == 1 and count(MissingEpisodeRow) == 1
    assert sent(area_id, ROW | BACK).updated == 1
    assert store.still_missing(runner) == frozenset()
    late = sent(area_id, ROW)
    assert late.unchanged == 1 and store.still_missing(runner) == frozenset(), "it never comes back over it"


def test_T13_an_older_version_that_was_held_back_is_kept_and_does_not_count(
    area_id: UUID, runner: Principal
) -> None:
    sent(area_id, ROW | BACK)
    tally = sent(area_id, ROW)
    assert tally.updated == 1 and "not taken over" in tally.warnings[0]
    assert count(MissingEpisodeRow) == 2 and store.still_missing(runner) == frozenset()


def test_E3_a_file_that_says_a_child_is_missing_after_all_is_believed(
    area_id: UUID, runner: Principal
) -> None:
    sent(area_id, ROW | BACK)
    tally = sent(area_id, ROW | {"updated_at": "2026-11-23T08:00"})
    assert "missing again" in tally.warnings[0] and len(store.still_missing(runner)) == 1


def test_E3_a_page_that_says_a_child_is_back_does_not_hide_what_the_force_said_after_that(
    area_id: UUID, runner: Principal
) -> None:
    sent(area_id, ROW)
    (one,) = store.current(runner)
    change(runner, one.id, NO, now=LATER, returned_at="23/11/2026 08:00")
    before = ROW | {"updated_at": "2026-11-23T07:30", "from_where": "School"}
    assert sent(area_id, before, now=LATER).updated == 1
    assert store.still_missing(runner) == frozenset(), "she came back after the force said it"
    told_before = count(OutboxRow)
    tally = sent(area_id, ROW | {"updated_at": "2026-11-23T09:30", "from_where": "School"}, now=LATER)
    assert "missing again" in tally.warnings[0] and store.still_missing(runner)
    assert count(OutboxRow) == told_before + 1
    back = ROW | {"updated_at": "2026-11-23T10:30", "returned_at": "2026-11-23T10:00"}
    assert sent(area_id, back, now=LATER).updated == 1 and store.still_missing(runner) == frozenset()


def test_E1_a_number_that_names_another_child_takes_nobody_off(area_id: UUID, runner: Principal) -> None:
    sent(area_id, ROW)
    missing = store.still_missing(runner)
    tally = sent(area_id, ROW | BACK | {"child_forename": "Ada", "child_dob": "2012-02-02"})
    assert (tally.rejected, tally.updated) == (1, 0) and store.still_missing(runner) == missing
    row = db.session.scalars(select(RejectedRow)).one()
    assert row.column == "reference" and "Ada" in row.cells, "nothing of the row is lost"
    same_name = sent(area_id, ROW | BACK | {"child_dob": "2012-02-02"})
    assert same_name.rejected == 1 and store.still_missing(runner) == missing


def test_E3_a_row_put_aside_for_another_child_never_counts_as_come_in(
    area_id: UUID, runner: Principal
) -> None:
    sent(area_id, ROW)
    aside = sent(area_id, ROW | {"child_forename": "Ada", "child_dob": "2012-02-02"})
    assert aside.import_id is not None
    sent(area_id, ROW | BACK, now=LATER)
    found = uploads.found(runner, aside.import_id)
    assert found is not None and uploads.still_out(runner, found) == 1, "what came in was the other child's"


def test_E3_who_runs_the_panels_is_told_of_a_row_put_aside_of_which_nobody_is_back(
    area_id: UUID, runner: Principal, officer: Principal, other: Principal
) -> None:
    ada = ROW | BACK | {"child_forename": "Ada", "child_dob": "2012-02-02"}
    sent(area_id, ROW | BACK)
    sent(area_id, ada)
    assert count(OutboxRow) == 0, "she is back, whoever she is"
    bad = ROW | {"reference": "MP/3", "missing_from": "yesterday"}
    for row in (ada | {"returned_at": ""}, bad):
        assert sent(area_id, row).rejected == sent(area_id, row).rejected == 1
    told_of = db.session.scalars(select(OutboxRow)).all()
    assert [(one.notice, one.account_id, one.context["path"]) for one in told_of] == [
        (Notice.STILL_MISSING, runner.account_id, "/feed/episodes")
    ] * 2, "once a day, not with each file"
    a_wall(area_id, store.current(runner)[0].episode.child_id, runner.account_id)
    sent(area_id, ada | {"returned_at": "", "from_where": "School"})
    assert count(OutboxRow) == 2, "whoever is kept from the child of that number is told nothing"


def test_E1_a_bad_row_keeps_no_other_out(area_id: UUID, runner: Principal) -> None:
    bad = ROW | {"reference": "MP/2", "missing_from": "yesterday"}
    tally = sent(area_id, bad, ROW)
    assert (tally.rows, tally.created, tally.rejected) == (2, 1, 1)
    assert tally.rejects == [{"line": 2, "column": "missing_from", "error": tally.rejects[0]["error"]}]


def test_E1_an_interview_that_was_recorded_here_outlives_a_row_that_says_nothing_of_it(
    area_id: UUID, runner: Principal
) -> None:
    sent(area_id, ROW | BACK)
    (one,) = store.current(runner)
    shown = {"missing_from": "22/11/2026 17:30", "reported_at": "22/11/2026 19:10",
             "returned_at": "23/11/2026 06:15", "interview_refused": "Would not talk"}  # fmt: skip
    usecase.change(runner, one.id, shown, "1", NO, NOW)
    newer = ROW | BACK | {"updated_at": "2026-11-23T10:00", "found_where": "Moor Park gate"}
    assert sent(area_id, newer, now=LATER).updated == 1
    (current,) = store.current(runner)
    assert current.episode.refused == "Would not talk" and current.episode.found_where == "Moor Park gate"


def test_E1_an_interview_that_was_recorded_by_mistake_is_taken_back_on_the_page(runner: Principal) -> None:
    key = told(runner)
    change(runner, key, NO, returned_at="23/11/2026 08:00", interviewed_at="23/11/2026 09:00")
    change(runner, key, NO, LATER + timedelta(hours=1), returned_at="23/11/2026 08:00")
    (current,) = store.current(runner)
    assert current.episode.interviewed_at is None and current.version == 3
    due = datetime(2026, 11, 26, 8, 1, tzinfo=UTC)
    assert episode_lines.on_home(runner, due) == episode_lines.OnHome(late=1), "it is owed again"


def test_E3_who_runs_the_panels_is_told_by_a_notice_that_names_nobody(
    area_id: UUID, runner: Principal, other: Principal
) -> None:
    sent(area_id, ROW, ROW | {"reference": "MP/2", "child_forename": "Ada", "child_dob": "2012-02-02"})
    row = db.session.scalars(select(OutboxRow)).one()
    assert (row.notice, row.account_id) == (Notice.STILL_MISSING, runner.account_id), "once for a file"
    assert "Valewright" not in str(row.context) and row.context["path"] == "/episodes"
    sent(area_id, ROW)
    sent(area_id, ROW | BACK)
    assert count(OutboxRow) == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA])
def test_E4_who_runs_no_panel_of_exploitation_finds_nothing(
    runner: Principal, office: UUID, role: Role
) -> None:
    key, other = told(runner), a_person(office, role, "Gil Stone")
    assert not store.tells(other) and versions(other, key) == [] and store.current(other) == []
    assert store.asked(other, versions(runner, key)) == []
    refused = Forbidden if role is Role.IDVA else NotFound
    with pytest.raises(refused):
        usecase.add(other, TYPED, RUNG, NOW)
    with pytest.raises(refused):
        usecase.change(other, key, TYPED, "1", RUNG, NOW)


def test_E4_the_police_tell_and_read_on_what_they_told_and_nothing_else(
    area_id: UUID, runner: Principal, officer: Principal
) -> None:
    by_others = told(runner, missing_from="20/11/2026 10:00", reported_at="20/11/2026 10:00",
                     returned_at="20/11/2026 12:00")  # fmt: skip
    key = told(officer)
    assert [one.id for one in store.current(officer)] == [key] and versions(officer, by_others) == []
    change(runner, key, returned_at="23/11/2026 08:00")
    assert usecase.now_of(versions(officer, key)).version == 2  # type: ignore[union-attr]
    school = attends(area_id, "Northmoor Academy", AgencyKind.EDUCATION)
    assert not store.tells(school) and store.current(school) == []
    with pytest.raises(NotFound):
        usecase.add(school, TYPED, RUNG, NOW)


def test_M6_a_child_who_is_kept_from_somebody_is_missing_to_them_like_no_child(
    runner: Principal, officer: Principal
) -> None:
    key = told(officer)
    case_id = versions(runner, key)[0].episode.child_id
    a_wall(runner.area_id, case_id, runner.account_id)
    assert versions(runner, key) == [] and store.still_missing(runner) == frozenset()
    assert episode_lines.on_home(runner, NOW) == episode_lines.OnHome()
    with pytest.raises(NotFound):
        usecase.change(runner, key, TYPED, "no such version", RUNG, LATER)


def test_M6_who_told_of_a_child_reads_just_what_they_typed_and_learns_of_no_wall(
    area_id: UUID, runner: Principal, officer: Principal
) -> None:
    first = told(officer)
    case_id = versions(runner, first)[0].episode.child_id
    a_wall(area_id, case_id, officer.account_id)
    change(runner, first, from_where="Where he took her")
    for key in (first, told(officer, reference="MP/9", missing_from="22/11/2026 18:00")):
        assert [one.from_where for one in shown(officer, key)] == ["1 Fell Lane"], "and nothing after"
    assert store.still_missing(officer) == frozenset() and episode_lines.on_home(officer, NOW).missing == 1
    by_file = ROW | {"reference": "MP/7", "child_surname": "Oxley"}
    sent(area_id, by_file)
    assert told(officer, reference="MP/7"), "a number of one that they may not read is refused to nobody"
    with pytest.raises(AssertionError, match="in use"):
        told(officer, reference="MP/9")
    back = change(officer, first, returned_at="23/11/2026 08:00")
    assert isinstance(back, UUID)
    assert [one.returned_at is None for one in shown(officer, back)] == [True, False]
    now = usecase.now_of(versions(runner, first))
    assert now is not None and now.version == 2 and now.episode.returned_at is None, "it takes nobody off"
    if db.engine.dialect.name == "postgresql":
        assert seen(officer, "missing_episode") == 4 and seen(runner, "missing_episode") == 6


def shown(who: Principal, key: UUID) -> list[Episode]:
    """The episode as its page shows it, by versions that are numbered as if there were no others."""
    found = versions(who, key)
    assert [one.version for one in found] == [*range(1, len(found) + 1)]
    assert [one.is_apart for one in found] == [True] * len(found) and usecase.now_of(found) == found[-1]
    return [one.episode for one in found]


def test_E4_M6_the_database_itself_keeps_them_from_others(
    area_id: UUID, runner: Principal, officer: Principal, other: Principal
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no policies")
    key = told(officer)
    sent(area_id, ROW | {"missing_from": "never"})
    tables = ("missing_episode", "immediate_asked", "feed_import", "rejected_row")
    assert [seen(runner, one) for one in tables] == [1, 1, 1, 1]
    assert [seen(officer, one) for one in tables] == [1, 1, 0, 0]
    assert [seen(other, one) for one in tables] == [0, 0, 0, 0]
    a_wall(area_id, versions(runner, key)[0].episode.child_id, runner.account_id)
    assert [seen(runner, one) for one in tables[:2]] == [0, 0]


def test_E4_a_file_of_missing_children_is_no_file_to_who_runs_domestic_abuse_alone(
    area_id: UUID, runner: Principal, other: Principal
) -> None:
    sent(area_id, ROW | {"missing_from": "never"})
    key = db.session.scalars(select(ImportRow.id)).one()
    assert uploads.found(other, key) is None and uploads.recent(other, 1) == ([], 0)
    found = uploads.found(runner, key)
    assert found is not None and found.rejected == 1 and uploads.still_out(runner, found) == 1
    sent(area_id, ROW)
    assert uploads.still_out(runner, found) == 0


def test_E1_a_file_may_be_sent_from_the_command_line_and_its_rows_are_numbered(area_id: UUID) -> None:
    assert a_file(ROW).readline().startswith(b"reference,updated_at,")
    assert sent(area_id, ROW).created == 1
