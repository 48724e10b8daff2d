"""Protection orders: the register, what lists announce, reminders and breaches (Rulebook T10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.daily_list import Notice
from agenda.details import Shared
from agenda.incidents import OrderKind, Risk
from agenda.list_output import as_json
from agenda.orders import Standing
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    AuditRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    NoticeRow,
    OrderRow,
    OutboxRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, case_incidents, case_page, incidents, lists, order_parties, search
from meetingsvc.store import order_register as register
from meetingsvc.store import orders as store
from meetingsvc.store.acting import Host
from meetingsvc.store.kept_from import Parties
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import (
    areas,
    list_changes,
    matching_decisions,
    order_register,
    order_reminders,
    restrictions,
    walls,
)
from meetingsvc.usecases import orders as usecase
from meetingsvc.usecases.orders import Breach
from meetingsvc.usecases.transaction import saved
from tests.a_wall import a_wall
from tests.an_application import a_police_force, an_order, somebody
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

TUESDAY, WEDNESDAY = date(2026, 11, 3), date(2026, 11, 4)
MORNING = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
NEXT_MORNING = MORNING + timedelta(days=1)
SEEN = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ORDER = {"order_kind": "DVPN", "order_made_at": "2026-11-02T20:00:00+00:00", "order_terms": "No contact",
         "order_live_together": "Y"}  # fmt: skip

#: What is not about the database is asked on one of the two.
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


class Panel:
    """A coordinator, a representative of the police, one of another force; and a case on Tuesday's list."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        self.force = a_police_force(area_id)
        self.coordinator = somebody(self.force, Role.COORDINATOR, "c@northmoor.example", "Jo Reed")
        self.police = somebody(self.force, Role.REPRESENTATIVE, "p@northmoor.example", "Pat Moor")
        other = a_police_force(area_id, "Westmoor Police")
        self.westmoor = somebody(other, Role.REPRESENTATIVE, "w@northmoor.example", "Kit Stone")
        self.row = a_row(recorded_at="2026-11-02T20:00:00+00:00")
        take_in(area_id, self.row)
        list_changes.build(self.coordinator, TUESDAY, MORNING)
        self.case_id = db.session.scalars(select(ItemRow.case_id)).one()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "hashed", lambda password: "x")


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    return Panel(area_id)


def running(who: Principal, now: datetime = SEEN) -> list[store.Kept]:
    db.session.rollback()
    with acting.acting(who):
        return store.running(who, now)


def notices(panel: Panel, day: date) -> list[dict[str, object]]:
    db.session.rollback()
    found = lists.daily_list(Host(panel.area_id), panel.area_id, day)
    assert found is not None
    told: list[dict[str, object]] = as_json(found)["notices"]
    return told


def recorded(panel: Panel, **told: object) -> UUID:
    return usecase.record(panel.police, panel.case_id, an_order(**told), SEEN)


def test_T10_an_order_without_an_incident_is_announced_once_on_the_next_list(panel: Panel) -> None:
    recorded(panel)
    assert notices(panel, TUESDAY) == []
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    (notice,) = notices(panel, WEDNESDAY)
    (kept,) = running(panel.coordinator)
    assert notice == {
        "reference": kept.reference, "kind": "DVPO", "made_at": "2026-11-02T11:00:00+00:00",
        "expires_at": "2026-11-30", "terms": "Not to go near her home", "live_together": False,
    }  # fmt: skip
    thursday = date(2026, 11, 5)
    list_changes.build(panel.coordinator, thursday, NEXT_MORNING + timedelta(days=1))
    assert notices(panel, thursday) == []


def test_T10_M6_the_announcement_says_between_whom_to_who_may_open_the_case(panel: Panel) -> None:
    recorded(panel)
    (kept,) = running(panel.coordinator)
    with acting.acting(panel.coordinator):
        notice = Notice(kept.reference, kept.order)
        told = order_parties.between(panel.coordinator, [notice], NEXT_MORNING)[notice]
    assert told.case_id == panel.case_id and told.victim != "Unknown"
    a_wall(panel.coordinator.area_id, panel.case_id, panel.coordinator.account_id)
    with acting.acting(panel.coordinator):
        assert order_parties.between(panel.coordinator, [notice], NEXT_MORNING) == {}


@ON_ONE
def test_T10_one_whose_terms_changed_is_announced_again(panel: Panel) -> None:
    key = recorded(panel)
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    later = NEXT_MORNING + timedelta(hours=2)
    newer = usecase.correct(panel.police, key, an_order(terms="Nor to ring her"), later)
    thursday = date(2026, 11, 5)
    list_changes.build(panel.coordinator, thursday, NEXT_MORNING + timedelta(days=1))
    assert [notice["terms"] for notice in notices(panel, thursday)] == ["Nor to ring her"]
    with acting.acting(panel.coordinator):
        versions = store.one(panel.coordinator, key, later)
    assert [(one.id, one.order.terms) for one in versions] == [
        (newer, "Nor to ring her"), (key, "Not to go near her home"),
    ]  # fmt: skip


@ON_ONE
def test_T10_what_was_recorded_after_the_cut_off_waits_for_the_next_list(panel: Panel) -> None:
    usecase.record(panel.police, panel.case_id, an_order(), NEXT_MORNING)
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    assert notices(panel, WEDNESDAY) == [], "its window ended at the cut-off"


def test_T10_the_feeds_orders_are_in_the_register_by_themselves(panel: Panel) -> None:
    told = a_row(**ORDER, recorded_at="2026-11-03T07:00:00+00:00")
    take_in(panel.area_id, told, at=SEEN)
    (kept,) = running(panel.coordinator)
    assert (kept.reference, kept.order.kind, kept.by_hand) == (told["occurrence_number"], "DVPN", False)
    assert kept.ends_at == datetime(2026, 11, 4, 20, 0, tzinfo=UTC), "48 hours from when it was made"
    longer = told | {"order_kind": "DVPO", "order_expires_at": "2026-11-27"}
    take_in(panel.area_id, longer, at=SEEN)
    (kept,) = running(panel.coordinator)
    assert (kept.order.kind, kept.order.expires_at) == (OrderKind.DVPO, date(2026, 11, 27))
    take_in(panel.area_id, longer | {"summary": "More is known."}, at=SEEN)
    assert len(db.session.scalars(select(OrderRow)).all()) == 2, "an order that stays the same is no new one"
    without = {name: "" if name.startswith("order_") else value for name, value in longer.items()}
    take_in(panel.area_id, without, at=SEEN)
    assert running(panel.coordinator) == []


@ON_ONE
def test_T10_following_twice_changes_nothing(panel: Panel) -> None:
    take_in(panel.area_id, a_row(**ORDER), at=SEEN)
    with saved():
        assert order_register.follow(panel.area_id, 0, SEEN) == 0
    assert len(db.session.scalars(select(OrderRow)).all()) == 1


@ON_ONE
def test_T10_a_running_order_ends_at_its_moment_and_one_without_an_end_stays(panel: Panel) -> None:
    recorded(panel)
    recorded(panel, kind=OrderKind.DAPO, expires_at=None)
    midnight = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    before, after = (running(panel.coordinator, at) for at in (midnight - timedelta(seconds=1), midnight))
    assert [one.order.kind for one in before] == ["DVPO", "DAPO"], "the first to end comes first"
    assert [(one.order.kind, one.standing) for one in after] == [("DAPO", Standing.NOT_KNOWN)]


@ON_ONE
@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"expires_at": date(2026, 12, 2)}, "ends on Monday 30 November 2026 at the latest"),
        ({"expires_at": None}, "Enter when the order ends"),
        ({"expires_at": date(2026, 11, 1)}, "must end after it was made"),
        ({"terms": " "}, "Enter the terms"),
        ({"live_together": None}, "live together"),
        ({"made_at": datetime(2026, 11, 4, tzinfo=UTC)}, "today or in the past"),
    ],
)
def test_T10_an_order_that_cannot_be_is_refused(panel: Panel, told: dict[str, object], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        recorded(panel, **told)
    assert db.session.scalars(select(OrderRow)).all() == []


def test_R2_only_the_agency_that_recorded_it_corrects_it(panel: Panel) -> None:
    key = recorded(panel)
    with pytest.raises(RuleBroken, match="Only the agency"):
        usecase.correct(panel.westmoor, key, an_order(terms="x"), SEEN)
    take_in(panel.area_id, panel.row | ORDER, at=SEEN)
    sent = next(one for one in running(panel.police) if not one.by_hand)
    with pytest.raises(RuleBroken, match="Only the agency"):
        usecase.correct(panel.police, sent.id, an_order(), SEEN)
    usecase.correct(panel.police, key, an_order(terms="x"), SEEN)
    with pytest.raises(RuleBroken, match="corrected this meanwhile"):
        usecase.correct(panel.police, key, an_order(terms="y"), SEEN)


def test_T10_a_breach_is_an_incident_of_the_case_on_the_next_list(panel: Panel) -> None:
    key = recorded(panel)
    told = Breach(SEEN + timedelta(hours=2), Risk.HIGH, "He came to her door.")
    later = SEEN + timedelta(hours=3)
    number = usecase.breach(panel.coordinator, key, told, later)
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    found = lists.daily_list(Host(panel.area_id), panel.area_id, WEDNESDAY)
    assert found is not None
    (item,) = found.items
    assert (item.case_id, item.entries[0].reference, item.entries[0].kind) == (
        panel.case_id, number, "police_incident",
    )  # fmt: skip
    assert "T2" in item.entries[0].reasons, "triaged like any other"


@ON_ONE
def test_T10_a_breach_must_fall_into_the_time_the_order_holds(panel: Panel) -> None:
    key = recorded(panel)
    told = Breach(datetime(2026, 11, 2, 10, tzinfo=UTC), Risk.HIGH, "He came to her door.")
    with pytest.raises(RuleBroken, match="had not been made then"):
        usecase.breach(panel.coordinator, key, told, SEEN)
    with pytest.raises(RuleBroken, match="is here already"):
        number = panel.row["occurrence_number"]
        usecase.breach(panel.coordinator, key, replace(told, happened_at=SEEN, number=number), SEEN)
    with pytest.raises(Forbidden):
        usecase.breach(panel.police, key, told, SEEN)
    assert len(db.session.scalars(select(IncidentRow)).all()) == 1


@ON_ONE
def test_M6_the_number_of_a_hidden_incident_is_not_told_to_be_here(panel: Panel) -> None:
    key = recorded(panel)
    told = Breach(SEEN, Risk.HIGH, "He came to her door.", "HIDDEN-1")
    assert take_in(panel.area_id, a_row(occurrence_number="HIDDEN-1")).rejected == 0
    with acting.acting(panel.coordinator):
        assert store.sees(panel.coordinator, "HIDDEN-1")
    with saved(), acting.service():
        hidden = db.session.scalars(
            select(IncidentRow.id).where(IncidentRow.occurrence_number == "HIDDEN-1")
        ).one()
        db.session.add(
            IncidentWallRow(incident_id=hidden, account_id=panel.coordinator.account_id,
                            area_id=panel.area_id, ground="party", shared="name")
        )  # fmt: skip
    assert usecase.breach(panel.coordinator, key, told, SEEN).startswith("ORD-")
    with acting.service():
        rows = select(IncidentRow.version).where(IncidentRow.occurrence_number == "HIDDEN-1")
        assert list(db.session.scalars(rows)) == [1], "the hidden one is left as it is"


@ON_ONE
def test_M6_a_breach_is_numbered_by_us_whatever_number_the_police_have_for_it(panel: Panel) -> None:
    key = recorded(panel)
    told = Breach(SEEN, Risk.HIGH, "He came to her door.", " FREE-1 ")
    number = usecase.breach(panel.coordinator, key, told, SEEN)
    assert number.startswith("ORD-"), "as where there is a hidden one of that number"
    assert usecase.breach(panel.coordinator, key, told, SEEN) == number, "a form that was sent twice"
    with acting.service():
        one = db.session.scalars(select(IncidentRow.id).where(IncidentRow.occurrence_number == number)).one()
        assert "Police occurrence number: FREE-1" in incidents.contents([one])[one].summary


def messages() -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "order_ending")))


@ON_ONE
def test_T10_coordinators_are_reminded_seven_and_two_days_before_each_once(panel: Panel) -> None:
    recorded(panel)
    ends = datetime(2026, 11, 30, 9, tzinfo=UTC)
    reminded = {}
    for before in range(9, -3, -1):
        now = ends - timedelta(days=before)
        reminded[before] = (order_reminders.remind(now), order_reminders.remind(now))
    assert {before: n for before, n in reminded.items() if n != (0, 0)} == {7: (1, 0), 2: (1, 0)}
    assert [(row.account_id, row.notice, row.context["path"]) for row in messages()] == [
        (panel.coordinator.account_id, "order_ending", "/orders")
    ] * 2  # fmt: skip
    assert not any(word in str(row.context) for row in messages() for word in ("ORD", "DVPO", "Thistlewood"))


@ON_ONE
def test_T10_a_reminder_missed_while_no_worker_ran_comes_while_the_order_holds(panel: Panel) -> None:
    recorded(panel)
    assert order_reminders.remind(datetime(2026, 11, 30, 23, tzinfo=UTC)) == 1
    recorded(panel, terms="Another")
    assert order_reminders.remind(datetime(2026, 12, 1, 1, tzinfo=UTC)) == 0, "it has ended"
    assert len(messages()) == 1


@ON_ONE
def test_T10_a_reminder_day_is_not_used_up_while_nobody_is_there_to_be_told(panel: Panel) -> None:
    recorded(panel)
    with saved():
        db.session.get_one(AccountRow, panel.coordinator.account_id).disabled_at = SEEN
    day = datetime(2026, 11, 24, tzinfo=UTC)
    assert order_reminders.remind(day) == 0 and messages() == []
    new = somebody(panel.force, Role.COORDINATOR, "new@northmoor.example", "Lee Shaw")
    assert order_reminders.remind(day + timedelta(hours=1)) == 1
    assert [row.account_id for row in messages()] == [new.account_id]
    assert order_reminders.remind(day + timedelta(hours=2)) == 0


@ON_ONE
@pytest.mark.parametrize("kept_by", ["a wall", "the door"])
def test_T10_the_chairs_are_reminded_of_what_no_coordinator_may_be_told(
    panel: Panel, kept_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chair = somebody(panel.force, Role.CHAIR, "chair@northmoor.example", "Lee Shaw")
    recorded(panel)
    if kept_by == "a wall":
        walls.declare(panel.coordinator, panel.case_id, SEEN)
    else:
        collides = Parties.collides
        monkeypatch.setattr(
            Parties, "collides", lambda self, account_id, *told: (
                frozenset(Shared) if account_id == panel.coordinator.account_id
                else collides(self, account_id, *told)
            ),
        )  # fmt: skip
    assert order_reminders.remind(datetime(2026, 11, 24, tzinfo=UTC)) == 1
    assert [row.account_id for row in messages()] == [chair.account_id]


def test_M6_nobody_is_reminded_of_an_order_that_is_kept_from_them(panel: Panel) -> None:
    recorded(panel)
    walls.declare(panel.coordinator, panel.case_id, SEEN)
    order_reminders.remind(datetime(2026, 11, 24, tzinfo=UTC))
    assert messages() == []


def test_M6_an_order_of_a_restricted_case_is_in_nobodys_register_nor_announced(panel: Panel) -> None:
    key = recorded(panel)
    take_in(panel.area_id, panel.row | ORDER, at=SEEN)
    assert len(running(panel.police)) == len(running(panel.westmoor)) == 2
    restrictions.restrict(panel.coordinator, panel.case_id, "Her sister works here.",
                          [panel.police.account_id], SEEN)  # fmt: skip
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    matching_decisions.circulate(panel.coordinator, WEDNESDAY, "Nobody is near.", NEXT_MORNING)
    assert len(running(panel.police)) == 2 and running(panel.westmoor) == []
    with acting.acting(panel.westmoor):
        assert store.one(panel.westmoor, key, SEEN) == []
        told = lists.daily_list(panel.westmoor, panel.area_id, WEDNESDAY)
        assert told is not None and told.notices == ()
    with acting.acting(panel.police):
        told = lists.daily_list(panel.police, panel.area_id, WEDNESDAY)
        assert told is not None and len(told.notices) == 2
    for act in (usecase.correct, usecase.record):
        with pytest.raises(NotFound):
            act(panel.westmoor, key if act is usecase.correct else panel.case_id, an_order(), SEEN)


@ON_ONE
def test_an_area_knows_nothing_of_anothers_orders(panel: Panel) -> None:

    recorded(panel)
    elsewhere = areas.create("westmoor", date(2026, 11, 2), MORNING)
    other = somebody(a_police_force(elsewhere, "Far Police"), Role.COORDINATOR, "far@westmoor.example")
    assert running(other) == []


@ON_ONE
def test_V5_recording_leaves_a_line_without_content(panel: Panel) -> None:
    key = recorded(panel)
    usecase.correct(panel.police, key, an_order(terms="Nor to ring her"), SEEN)
    lines = db.session.scalars(select(AuditRow).where(AuditRow.action.startswith("order."))).all()
    assert [(line.action, line.case_id) for line in lines] == [
        ("order.recorded", panel.case_id), ("order.corrected", panel.case_id),
    ]  # fmt: skip
    assert "ring" not in str([line.detail for line in lines])


@ON_ONE
def test_T10_a_notice_is_of_an_incident_or_of_a_case(panel: Panel) -> None:
    recorded(panel)
    take_in(panel.area_id, a_row(**ORDER, recorded_at="2026-11-03T20:00:00+00:00"), at=SEEN)
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    told = db.session.scalars(select(NoticeRow)).all()
    assert {(row.case_id is None, row.incident_id is None) for row in told} == {(True, False), (False, True)}


@ON_ONE
def test_T10_a_form_that_is_sent_twice_records_one_order_and_one_breach(panel: Panel) -> None:
    key = recorded(panel)
    assert recorded(panel) == key and recorded(panel, terms="Others") != key
    told = Breach(SEEN, Risk.HIGH, "He came to her door.")
    first = usecase.breach(panel.coordinator, key, told, SEEN)
    assert usecase.breach(panel.coordinator, key, told, SEEN + timedelta(minutes=1)) == first
    assert usecase.breach(panel.coordinator, key, replace(told, summary="Again."), SEEN) != first


def test_T10_an_order_taken_out_and_told_again_is_in_the_register_again(area: AreaRow) -> None:
    row = a_row()
    told = row | {"order_kind": "DVPO", "order_made_at": "2026-11-03T06:00:00+00:00"}
    for one in (told, row, told):
        assert take_in(area.id, one).rejected == 0
    kept = db.session.execute(select(OrderRow.version, OrderRow.current).order_by(OrderRow.version)).all()
    assert [tuple(one) for one in kept] == [(1, False), (2, True)]


@ON_ONE
def test_T10_a_search_by_an_orders_reference_finds_its_case(panel: Panel) -> None:
    recorded(panel)
    (kept,) = running(panel.coordinator)
    for typed in (kept.reference, kept.reference.lower()):
        with acting.acting(panel.coordinator):
            found = search.by_words(panel.coordinator, typed, SEEN, datetime.date)
        assert [one.id for one in found.cases] == [panel.case_id]
    with acting.acting(panel.coordinator):
        assert not search.by_words(panel.coordinator, "ORD-999999", SEEN, datetime.date).cases


#: Other people than those of `a_row`, and their order.
OTHERS = {"victim_nominal": "V-OTHER", "victim_forename": "Mara", "victim_surname": "Quillon",
          "perpetrator_nominal": "P-OTHER", "perpetrator_forename": "Tam"}  # fmt: skip
THEIRS = OTHERS | {"order_kind": "DVPO", "order_expires_at": "2026-11-27"}


def between(who: Principal, now: datetime = SEEN) -> dict[str, str]:
    """The kind of each running order, by its victim's surname."""
    with acting.acting(who):
        kept = store.running(who, now)
        parties = order_parties.parties(who, kept)
    return {parties[one.id].victim.split()[-1].rstrip("0123456789"): str(one.order.kind) for one in kept}


@pytest.mark.parametrize("together", [True, False])
def test_T10_T13_a_number_that_comes_again_about_others_ends_nobodys_order(
    area_id: UUID, panel: Panel, together: bool
) -> None:
    first = a_row(**ORDER)
    again = first | THEIRS
    without = first | OTHERS | dict.fromkeys(ORDER, "")
    take_in(area_id, first, *([again] if together else []), at=SEEN)
    take_in(area_id, again, at=SEEN)
    assert between(panel.coordinator) == {"Thistlewood": "DVPN", "Quillon": "DVPO"}
    take_in(area_id, without, at=SEEN)
    assert between(panel.coordinator) == {"Thistlewood": "DVPN"}, "their own is taken out, and no other"
    take_in(area_id, first | {"summary": "More is known."}, again, at=SEEN)
    assert between(panel.coordinator) == {"Thistlewood": "DVPN", "Quillon": "DVPO"}
    with saved():
        assert order_register.follow(area_id, 0, SEEN) == 0, "and safe to run twice"
    with acting.acting(panel.coordinator):
        for kept in store.running(panel.coordinator, SEEN):
            versions = store.one(panel.coordinator, kept.id, SEEN)
            assert {one.order.kind for one in versions} == {kept.order.kind}, "each has its own history"


def test_T10_T13_a_case_has_the_orders_of_its_own_people_and_no_reader_anothers(panel: Panel) -> None:
    first = a_row(**ORDER)
    take_in(panel.area_id, first, at=MORNING)
    list_changes.build(panel.coordinator, WEDNESDAY, NEXT_MORNING)
    take_in(
        panel.area_id,
        first | OTHERS | {"order_kind": "DVPO", "order_expires_at": "2026-11-27"},
        at=NEXT_MORNING,
    )
    assert between(panel.coordinator, NEXT_MORNING) == {"Thistlewood": "DVPN", "Quillon": "DVPO"}
    assert between(panel.police, NEXT_MORNING) == {"Thistlewood": "DVPN"}, "no list told them of the others"
    with acting.acting(panel.coordinator):
        items = lists.daily_list(panel.coordinator, panel.area_id, WEDNESDAY)
        assert items is not None
        case = case_page.case(panel.coordinator, items.items[0].case_id)
        assert case is not None
        found = case_incidents.incidents_on(panel.coordinator, case)
        versions = {one.reference: one.versions for one in found}
        (kept,) = store.on_case(panel.coordinator, case.id, versions, NEXT_MORNING)
        assert kept.order.kind is OrderKind.DVPN and register.announced_on(panel.coordinator, kept)
        told = order_parties.between(panel.coordinator, items.notices, NEXT_MORNING)
        assert [one.case_id for one in told.values()] == [case.id]
        (other,) = [one for one in store.running(panel.coordinator, NEXT_MORNING) if one.id != kept.id]
        assert not register.announced_on(panel.coordinator, other)
