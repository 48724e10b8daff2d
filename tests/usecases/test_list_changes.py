"""What people do to a daily list: by hand onto it (T5), closed once, built once."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.daily_list import DailyList
from agenda.meetings import MeetingKind, MeetingState
from agenda.need_to_know import WallState
from agenda.rules import RuleBroken
from meetingsvc.models import EntryRow, ItemRow, OutcomeRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import audit, lists
from meetingsvc.store.acting import Host
from meetingsvc.usecases import accounts, agencies, areas, list_changes
from meetingsvc.usecases.transaction import saved
from tests.a_meeting_record import nothing_missing
from tests.a_wall import a_wall
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history

NOW = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)  # a Tuesday, after the cut-off
TUESDAY, WEDNESDAY = date(2026, 11, 3), date(2026, 11, 4)
WEDNESDAY_MORNING = datetime(2026, 11, 4, 8, 30, tzinfo=UTC)


def person(area_id: UUID, role: Role, email: str) -> Principal:
    with saved():
        agency = agencies.create(
            area_id,
            f"Agency of {email}",
            AgencyKind.POLICE,
            date(2026, 1, 5),
            "test",
            NOW,
            attends_daily=True,
        )
        account = accounts.create(agency, role, "Ada", email, "x" * 12, "test", NOW)
    found = account_store.principal(account, NOW)
    assert found is not None
    return found


@pytest.fixture
def coordinator(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Principal:
    monkeypatch.setattr(accounts, "hashed", lambda password: "x")
    return person(area_id, Role.COORDINATOR, "ada@northmoor.example")


def shown(area_id: UUID, day: date = TUESDAY) -> DailyList:
    db.session.rollback()
    found = lists.daily_list(Host(area_id), area_id, day)
    assert found is not None
    return found


def by_hand(
    who: Principal, row: dict[str, str], reason: str = "The pattern worries us", day: date = TUESDAY
) -> UUID:
    return list_changes.add(who, day, row["occurrence_number"], reason, NOW)


def test_T5_put_on_by_hand_with_the_reason(area_id: UUID, coordinator: Principal) -> None:
    row = a_row(risk="standard")
    take_in(area_id, row)
    list_changes.build(coordinator, TUESDAY, NOW)
    assert [left.reference for left in shown(area_id).not_listed] == [row["occurrence_number"]]
    item_id = by_hand(coordinator, row)
    told = shown(area_id)
    assert told.not_listed == ()
    (item,) = told.items
    (entry,) = item.entries
    assert (item.id, entry.reasons, entry.added_reason) == (item_id, ("T5",), "The pattern worries us")
    assert not entry.late and not entry.changed
    kept = db.session.query(EntryRow).one()
    assert kept.added_by == coordinator.account_id


def test_T5_it_is_appended_after_what_the_rules_listed(area_id: UUID, coordinator: Principal) -> None:
    listed, left = a_row(risk="medium", children_present="Y"), a_row(risk="standard")
    take_in(area_id, listed, left)
    list_changes.build(coordinator, TUESDAY, NOW)
    by_hand(coordinator, left)
    assert [item.position for item in shown(area_id).items] == [1, 2]
    assert shown(area_id).items[1].entries[0].reference == left["occurrence_number"]


def test_T11_under_its_case_where_that_is_on_the_list(area_id: UUID, coordinator: Principal) -> None:
    listed = a_row(risk="medium", children_present="Y")
    left = listed | {"occurrence_number": "LEFT", "risk": "standard", "children_present": ""}
    take_in(area_id, listed, left)
    list_changes.build(coordinator, TUESDAY, NOW)
    by_hand(coordinator, left)
    (item,) = shown(area_id).items
    assert {entry.reasons for entry in item.entries} == {("T3",), ("T5",)}
    assert item.risk == "medium"


def test_T6_an_incident_by_hand_is_triaged_like_any_other(area_id: UUID, coordinator: Principal) -> None:
    known = {"victim_nominal": "V-A", "perpetrator_nominal": "P-A"}
    take_in_history(area_id, a_hearing(**known))
    repeat = a_row(**known, risk="standard", domestic="N")
    other = a_row(victim_nominal="V-A", perpetrator_nominal="P-B", risk="standard")
    take_in(area_id, repeat, other)
    list_changes.build(coordinator, TUESDAY, NOW)
    by_hand(coordinator, other)
    (item,) = shown(area_id).items
    assert (item.repeat, item.victim_known) == (False, True)


def test_T12_one_put_on_by_hand_is_not_taken_again(area_id: UUID, coordinator: Principal) -> None:
    list_changes.build(coordinator, TUESDAY, NOW)
    row = a_row(recorded_at="2026-11-03T08:15:00+00:00", order_kind="DVPN", order_terms="no contact")
    take_in(area_id, row)
    by_hand(coordinator, row)
    (entry,) = shown(area_id).items[0].entries
    assert entry.reasons == ("T2",), "it qualifies by a rule, and no list had considered it"
    assert [notice.reference for notice in shown(area_id).notices] == [row["occurrence_number"]]
    list_changes.build(coordinator, WEDNESDAY, WEDNESDAY_MORNING)
    assert shown(area_id, WEDNESDAY).items == () and shown(area_id, WEDNESDAY).notices == ()


def test_history_is_put_on_by_hand_and_late(area_id: UUID, coordinator: Principal) -> None:
    row = a_row(recorded_at="2026-01-05T10:00:00+00:00")
    take_in(area_id, row)
    list_changes.build(coordinator, TUESDAY, NOW)
    by_hand(coordinator, row)
    (entry,) = shown(area_id).items[0].entries
    assert (entry.reasons, entry.late) == (("T5",), True)


def test_T13_what_a_later_version_dates_before_the_first_list_is_put_on_by_its_rule(
    area_id: UUID, coordinator: Principal
) -> None:
    row = a_row()
    list_changes.build(coordinator, TUESDAY, NOW)
    take_in(area_id, row)
    take_in(
        area_id,
        row | {"recorded_at": "2026-01-05T10:00:00+00:00", "incident_at": "2026-01-05T09:00:00+00:00"},
    )
    by_hand(coordinator, row)
    assert shown(area_id).items[0].entries[0].reasons == ("T2",)


def test_T13_others_under_its_number_do_not_keep_one_from_the_list(
    area_id: UUID, coordinator: Principal
) -> None:
    row = a_row(risk="high")
    others = row | {"victim_nominal": "V-OTHER", "victim_surname": "Quillon", "risk": "standard"}
    take_in(area_id, row)
    list_changes.build(coordinator, TUESDAY, NOW)
    take_in(area_id, others)
    by_hand(coordinator, others)
    assert len(shown(area_id).items) == 2
    take_in(area_id, others | {"summary": "More is known."})
    with pytest.raises(RuleBroken, match="on this list already"):
        by_hand(coordinator, others)


def test_T5_T13_what_was_left_out_stands_there_though_others_of_its_number_were_put_on(
    area_id: UUID, coordinator: Principal
) -> None:
    row = a_row(risk="standard")
    take_in(area_id, row)
    take_in(area_id, row | {"victim_nominal": "V-OTHER", "victim_surname": "Quillon"})
    list_changes.build(coordinator, TUESDAY, NOW)
    assert len(shown(area_id).not_listed) == 2
    by_hand(coordinator, row)
    assert len(shown(area_id).not_listed) == 1


def test_twice_on_one_list_is_refused(area_id: UUID, coordinator: Principal) -> None:
    row = a_row()
    take_in(area_id, row)
    list_changes.build(coordinator, TUESDAY, NOW)
    with pytest.raises(RuleBroken, match="on this list already, as number 1"):
        by_hand(coordinator, row)
    take_in(area_id, row | {"offence": "Assault"})
    with pytest.raises(RuleBroken, match="on this list already"):
        by_hand(coordinator, row)


def test_M6_a_case_that_a_wall_keeps_from_anybody_has_no_number_and_is_said_by_its_reference(
    area_id: UUID, coordinator: Principal
) -> None:
    row = a_row()
    take_in(area_id, row, a_row())
    list_changes.build(coordinator, TUESDAY, NOW)
    first, second = shown(area_id).items
    kept = next(one for one in (first, second) if one.entries[0].reference == row["occurrence_number"])
    wall_id = a_wall(area_id, kept.case_id, person(area_id, Role.REPRESENTATIVE, "bo@x.example").account_id)
    assert {one.case: one.number for one in shown(area_id).items} == {
        one.case: "R" if one is kept else "1" for one in (first, second)
    }
    assert [one.position for one in shown(area_id).items] == [1, 2], "the contract's own order stays"
    with pytest.raises(RuleBroken, match=f"on this list already, as {kept.case}"):
        by_hand(coordinator, row)
    with saved():
        db.session.get_one(WallRow, wall_id).state = WallState.LIFTED
    assert [one.number for one in shown(area_id).items] == ["1", "2"]


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 2001])
def test_a_reason_is_asked(area_id: UUID, coordinator: Principal, reason: str) -> None:
    row = a_row(risk="standard")
    take_in(area_id, row)
    list_changes.build(coordinator, TUESDAY, NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        by_hand(coordinator, row, reason)
    assert shown(area_id).items == ()


def test_what_is_not_there_is_not_found(area_id: UUID, coordinator: Principal) -> None:
    other = areas.create("southmoor", date(2026, 11, 2), BEFORE_ALL)
    hidden = a_row(risk="standard")
    take_in(other, hidden)
    with pytest.raises(NotFound):
        by_hand(coordinator, hidden)  # no list is built
    list_changes.build(coordinator, TUESDAY, NOW)
    for row in (hidden, {"occurrence_number": "NONE"}):
        with pytest.raises(NotFound):
            by_hand(coordinator, row)


def decide_all(who: Principal) -> None:
    """Every case that has no outcome yet is not referred."""
    decided = select(OutcomeRow.item_id)
    with saved():
        for item_id in db.session.scalars(select(ItemRow.id).where(ItemRow.id.not_in(decided))).all():
            db.session.add(
                OutcomeRow(item_id=item_id, area_id=who.area_id, version=1, risk="high", refer=False,
                           proposed_why="", group_reason="", notes="", recorded_by=who.account_id,
                           recorded_at=NOW)
            )  # fmt: skip


def test_D3_a_meeting_is_not_closed_while_a_case_has_no_outcome(
    area_id: UUID, coordinator: Principal
) -> None:
    late = a_row(risk="standard")
    take_in(area_id, a_row(), a_row(), late)
    list_changes.build(coordinator, TUESDAY, NOW)
    with pytest.raises(RuleBroken, match="2 cases have no outcome: C-"):
        list_changes.close(coordinator, TUESDAY, NOW)
    decide_all(coordinator)
    by_hand(coordinator, late)
    with pytest.raises(RuleBroken, match="1 case has no outcome"):
        list_changes.close(coordinator, TUESDAY, NOW)
    assert shown(area_id).state is MeetingState.OPEN
    decide_all(coordinator)
    nothing_missing(coordinator, at=NOW)
    list_changes.close(coordinator, TUESDAY, NOW)
    assert shown(area_id).state is MeetingState.CLOSED


def test_a_closed_meeting_changes_no_more(area_id: UUID, coordinator: Principal) -> None:
    row = a_row(risk="standard")
    take_in(area_id, row, a_row())
    list_changes.build(coordinator, TUESDAY, NOW)
    decide_all(coordinator)
    nothing_missing(coordinator, at=NOW)
    list_changes.close(coordinator, TUESDAY, NOW)
    assert shown(area_id).state is MeetingState.CLOSED
    with pytest.raises(RuleBroken, match="is closed"):
        by_hand(coordinator, row)
    with pytest.raises(RuleBroken, match="is closed"):
        list_changes.close(coordinator, TUESDAY, NOW)
    assert len(shown(area_id).items) == 1


def test_T1_a_list_is_built_once_on_a_day_that_has_one(area_id: UUID, coordinator: Principal) -> None:
    take_in(area_id, a_row())
    first = list_changes.build(coordinator, TUESDAY, NOW)
    again = list_changes.build(coordinator, TUESDAY, NOW)
    assert (first.new, again.new, again.meeting_id) == (True, False, first.meeting_id)
    with pytest.raises(RuleBroken, match=r"covers it\.$"):
        list_changes.build(coordinator, date(2026, 11, 7), NOW)
    with pytest.raises(RuleBroken, match="window begins on Wednesday 4 November 2026"):
        list_changes.build(coordinator, date(2026, 11, 5), NOW)
    with pytest.raises(RuleBroken, match="The first list"):
        list_changes.build(coordinator, date(2026, 10, 30), NOW)


def test_who_may_not_is_refused_inside_the_transaction(area_id: UUID, coordinator: Principal) -> None:
    chair = person(area_id, Role.CHAIR, "chair@northmoor.example")
    idva = person(area_id, Role.IDVA, "idva@northmoor.example")
    row = a_row(risk="standard")
    take_in(area_id, row)
    list_changes.build(chair, TUESDAY, NOW)
    with pytest.raises(Forbidden):
        list_changes.close(chair, TUESDAY, NOW)
    for change in (
        lambda: list_changes.build(idva, WEDNESDAY, NOW),
        lambda: list_changes.close(idva, TUESDAY, NOW),
        lambda: by_hand(idva, row),
    ):
        with pytest.raises(Forbidden):
            change()
    assert lists.meeting_id(area_id, MeetingKind.DRAMM, WEDNESDAY) is None
    assert db.session.query(ItemRow).count() == 0


def test_every_change_leaves_its_audit_line(area_id: UUID, coordinator: Principal) -> None:
    row = a_row(risk="standard")
    take_in(area_id, row)
    before, _ = audit.verify()
    list_changes.build(coordinator, TUESDAY, NOW)
    by_hand(coordinator, row)
    decide_all(coordinator)
    nothing_missing(coordinator, at=NOW)
    list_changes.close(coordinator, TUESDAY, NOW)
    assert audit.verify() == (before + 5, None), "of each change, and of the research asked for by two"
