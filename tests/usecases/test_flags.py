"""Flags in the agencies' own records, on both databases (Rulebook G1 to G3)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AreaRow,
    AuditRow,
    ClarificationRow,
    EntryRow,
    FlagRow,
    FlagStepRow,
    HearingRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    OutboxRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, audit, flags, flags_children, flags_late
from meetingsvc.store.areas import settings_json
from meetingsvc.store.flags_late import Deadlines
from meetingsvc.usecases import agencies, flags_done, marac, marac_publishing
from meetingsvc.usecases import flags as usecase
from meetingsvc.usecases.transaction import saved
from minutes.flags import Said, State, Whose
from notifications.messages import Notice
from tests.a_marac import NOW, SECRET, a_person, an_agency, line_of, referred

SITS = date(2026, 12, 3)
AFTER = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
RECORDED = date(2026, 11, 20)
ENDS = date(2027, 11, 20)
END = datetime(2027, 11, 20, 2, 0, tzinfo=UTC)
#: What is no matter of the database.
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@dataclass
class Panel:
    """A MARAC that heard two cases, and three agencies that attend."""

    coordinator: Principal
    rep: Principal
    idva: Principal
    meeting_id: UUID
    cases: list[UUID]

    def follow(self, now: datetime = AFTER) -> int:
        db.session.rollback()
        return usecase.follow_all(now)

    def kept(self, who: Principal | None = None, case: int = 0, whose: Whose = Whose.VICTIM) -> flags.Kept:
        db.session.rollback()
        who = who or self.rep
        with acting.acting(who):
            found = [one for one in flags.of_case(who, self.cases[case]) if one.flag.whose is whose]
        (one,) = found
        return one

    def say(self, what: Said = Said.DONE, case: int = 0, now: datetime = AFTER) -> None:
        kept = self.kept(case=case)
        flags_done.say(self.rep, kept.id, kept.flag.state, what, now)

    def state(self, case: int = 0) -> State:
        return self.kept(case=case).flag.state


@pytest.fixture
def panel(area_id: UUID, area: AreaRow) -> Panel:
    with saved():
        area.settings = settings_json(AreaSettings(marac_anchor=SITS))
    homes, council = an_agency(area_id), an_agency(area_id, "Northmoor Council", daily=True)
    an_agency(area_id, "Only Daily", marac=False, daily=True)
    with saved():
        service = agencies.create(area_id, "Harbour IDVA Service", AgencyKind.IDVA_SERVICE, date(2026, 1, 5),
                                  "test", NOW, attends_daily=True, attends_marac=True)  # fmt: skip
    coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
    rep, idva = a_person(homes), a_person(service, Role.IDVA, "Niamh Carrow")
    daily = referred(coordinator, [Group.NEW_NO_SAFEGUARDS, Group.REPEAT_NO_SAFEGUARDS])
    meeting_id = line_of(daily[0]).meeting_id
    cases = [line_of(one).case_id for one in daily]
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    with saved():
        db.session.query(OutboxRow).delete()
    return Panel(coordinator, rep, idva, meeting_id, cases)


def again(panel: Panel, day: date) -> None:
    """A further incident of the first case, recorded on `day`."""
    entry, incident = EntryRow, IncidentRow
    with saved():
        rows = select(incident).join(entry, entry.incident_id == incident.id)
        rows = rows.join(ItemRow, ItemRow.id == entry.item_id).where(ItemRow.case_id == panel.cases[0])
        db.session.scalars(rows).first().recorded_day = day  # type: ignore[union-attr]


def notices() -> list[OutboxRow]:
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.FLAGS)))


@ON_ONE
def test_G1_after_the_marac_each_agency_that_attends_has_the_victim_to_flag(panel: Panel) -> None:
    assert panel.follow(datetime(2026, 12, 3, 2, 0, tzinfo=UTC)) == 0  # it has not sat yet
    assert panel.follow() == 2 * 3
    rows = db.session.execute(select(AgencyRow.name, FlagRow.whose, FlagRow.state, FlagRow.until).join(
        AgencyRow, AgencyRow.id == FlagRow.agency_id)).all()  # fmt: skip
    assert {row[0] for row in rows} == {"Fellside Homes", "Northmoor Council", "Harbour IDVA Service"}
    assert {row[1:] for row in rows} == {("victim", "to add", ENDS)}
    kept = panel.kept()
    assert kept.text == "Subject to MARAC on 3 December 2026. Contact Harbour IDVA Service."


def test_G1_following_twice_changes_and_tells_nothing_more(panel: Panel) -> None:
    panel.follow()
    told = len(notices())
    assert told == 2 and {row.context["path"] for row in notices()} == {"/flags"}
    assert panel.follow() == 0 and len(notices()) == told
    assert SECRET not in str([row.context for row in notices()])


@ON_ONE
def test_G1_one_click_for_each_and_one_for_all(panel: Panel) -> None:
    panel.follow()
    panel.say()
    assert panel.state() is State.ADDED
    with pytest.raises(RuleBroken, match="has changed"):
        flags_done.say(panel.rep, panel.kept().id, State.TO_ADD, Said.DONE, AFTER)
    ids = [panel.kept(case=n).id for n in (0, 1)]
    assert flags_done.all_done(panel.rep, ids, State.TO_ADD, AFTER) == 1
    assert panel.state(1) is State.ADDED
    assert audit.verify()[1] is None


@ON_ONE
def test_G1_not_held_here_is_nothing_to_flag(panel: Panel) -> None:
    panel.follow()
    panel.say(Said.NOT_HELD)
    assert panel.state() is State.NOT_HELD and panel.follow() == 0
    panel.say()
    assert panel.state() is State.ADDED


def test_G1_at_twelve_months_it_is_to_be_removed_and_the_record_shows_that_it_was(panel: Panel) -> None:
    panel.follow()
    panel.say()
    before = END - timedelta(days=1)
    assert panel.follow(before) == 0
    with saved():
        db.session.query(OutboxRow).delete()
    panel.follow(END)
    assert panel.state() is State.TO_REMOVE and panel.state(1) is State.LAPSED
    assert [row.account_id for row in notices()] == [panel.rep.account_id]
    panel.say(now=END)
    assert panel.state() is State.REMOVED
    with acting.acting(panel.rep):
        steps = flags.steps(panel.rep, panel.kept().id)
    assert [(step.state, step.by) for step in steps] == [
        (State.REMOVED, "Joan Akande"),
        (State.TO_REMOVE, "The service"),
        (State.ADDED, "Joan Akande"),
        (State.TO_ADD, "The service"),
    ]
    assert panel.follow(END + timedelta(days=1)) == 0


def test_G1_what_stands_too_long_is_told_again_once_a_week_until_it_is_off(panel: Panel) -> None:
    panel.follow()
    panel.say()
    panel.follow(END)  # a Saturday

    def told(days: int) -> list[UUID]:
        with saved():
            db.session.query(OutboxRow).delete()
        for hours in (0, 1):
            panel.follow(END + timedelta(days=days, hours=hours))
        return [row.account_id for row in notices()]

    assert [told(days) for days in range(1, 7)] == [[]] * 6, "it was told on its day"
    assert told(7) == [panel.rep.account_id] == told(9) and notices()[0].context["path"] == "/flags"
    assert [told(days) for days in range(10, 16)] == [[]] * 6, "once in a week of the calendar"
    assert told(16) == [panel.rep.account_id]
    panel.say(now=END + timedelta(days=17))
    assert told(30) == []


@ON_ONE
@pytest.mark.parametrize("what", [Said.DONE, Said.NOT_HELD])
def test_G1_what_was_said_by_mistake_is_taken_back_once_and_stays_on_the_record(
    panel: Panel, what: Said
) -> None:
    panel.follow()
    with pytest.raises(RuleBroken):
        panel.say(Said.MISTAKE)  # nobody has said anything yet
    panel.say(what)
    panel.say(Said.MISTAKE)
    assert panel.state() is State.TO_ADD and panel.kept().flag.noted is None and panel.follow() == 0
    with pytest.raises(RuleBroken):
        panel.say(Said.MISTAKE)
    with acting.acting(panel.rep):
        assert len(flags.steps(panel.rep, panel.kept().id)) == 3
    panel.say()
    assert panel.state() is State.ADDED and audit.verify()[1] is None


@ON_ONE
def test_G1_what_was_taken_off_by_mistake_is_to_be_taken_off_still(panel: Panel) -> None:
    panel.follow()
    panel.say()
    panel.follow(END)
    with pytest.raises(RuleBroken):
        panel.say(Said.MISTAKE, now=END)  # the service had the last word
    panel.say(now=END)
    panel.say(Said.MISTAKE, now=END)
    panel.follow(END + timedelta(days=1))
    assert panel.state() is State.TO_REMOVE


@ON_ONE
def test_G1_a_flag_is_overdue_after_its_working_days_and_not_on_the_last(panel: Panel) -> None:
    panel.follow()
    last = SITS + timedelta(days=5)  # a Thursday, three working days, and a weekend between
    for today, count in ((last, 0), (last + timedelta(days=1), 2)):
        by = Deadlines(today, AreaSettings())
        kept = panel.kept()
        assert by.add_by(kept.flag) == last and by.is_late(kept.flag) is bool(count)
        with acting.acting(panel.rep):
            assert flags_late.count_late(panel.rep, by) == count
    panel.say()
    panel.follow(END)
    for today, count in ((ENDS, 0), (ENDS + timedelta(days=1), 1)):
        by = Deadlines(today, AreaSettings())
        assert by.is_late(panel.kept().flag) is bool(count)
        with acting.acting(panel.rep):
            assert flags_late.count_late(panel.rep, by) == count


@ON_ONE
def test_G1_29_February_ends_on_the_28th(panel: Panel) -> None:
    with saved():
        for row in db.session.scalars(select(IncidentRow)):
            row.recorded_day = date(2028, 2, 29)
        meeting = db.session.get_one(MeetingRow, panel.meeting_id)
        for hearing in db.session.scalars(select(HearingRow)):
            hearing.heard_on = meeting.sits_on = date(2028, 3, 16)
    panel.follow(datetime(2028, 3, 17, 2, tzinfo=UTC))
    assert panel.kept().flag.until == date(2029, 2, 28)
    panel.say(now=datetime(2028, 3, 17, 9, tzinfo=UTC))
    panel.follow(datetime(2029, 2, 28, 2, tzinfo=UTC))
    assert panel.state() is State.TO_REMOVE


@ON_ONE
def test_G1_a_repeat_starts_the_months_again_and_the_agency_changes_the_end(panel: Panel) -> None:
    panel.follow()
    panel.say()
    again(panel, date(2027, 3, 1))
    assert panel.follow(datetime(2027, 3, 2, 2, tzinfo=UTC)) == 1
    assert panel.state() is State.TO_CHANGE and panel.kept().flag.until == date(2028, 3, 1)
    panel.say(now=datetime(2027, 3, 2, 9, tzinfo=UTC))
    assert panel.state() is State.ADDED and panel.follow(END) == 3  # the other case's
    assert panel.state() is State.ADDED


@ON_ONE
def test_G1_a_marac_that_did_not_sit_flags_nobody(panel: Panel) -> None:
    panel.follow()
    panel.say()
    marac_publishing.did_not_sit(panel.coordinator, panel.meeting_id, "Snow", NOW)
    panel.follow()
    assert panel.state() is State.TO_REMOVE and panel.state(1) is State.LAPSED


@ON_ONE
def test_G1_nothing_is_added_after_its_time(panel: Panel) -> None:
    panel.follow()
    with pytest.raises(RuleBroken, match="time of this flag is over"):
        panel.say(now=END)
    ids = [panel.kept(case=n).id for n in (0, 1)]
    assert flags_done.all_done(panel.rep, ids, State.TO_ADD, END) == 0


def test_each_agency_sees_and_says_its_own_alone(panel: Panel) -> None:
    panel.follow()
    theirs = panel.kept().id
    with acting.acting(panel.idva):
        assert flags.one(panel.idva, theirs) is None
        assert {one.flag.state for one in flags.to_do(panel.idva)} == {State.TO_ADD}
    with pytest.raises(NotFound):
        flags_done.say(panel.idva, theirs, State.TO_ADD, Said.DONE, AFTER)
    assert flags_done.all_done(panel.idva, [theirs], State.TO_ADD, AFTER) == 0
    with pytest.raises(Forbidden):
        flags_done.say(panel.coordinator, theirs, State.TO_ADD, Said.DONE, AFTER)
    with acting.acting(panel.coordinator):
        late = Deadlines(SITS + timedelta(days=6), AreaSettings()).late
        told = flags.outstanding(panel.coordinator, late)
    assert [(one.agency, one.to_add, one.late) for one in told] == [
        ("Fellside Homes", 2, 2), ("Harbour IDVA Service", 2, 2), ("Northmoor Council", 2, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("kept_by", ["wall", "restriction"])
def test_M6_a_flag_on_a_case_that_is_kept_from_somebody_is_not_there(panel: Panel, kept_by: str) -> None:
    panel.follow()
    theirs, colleague = panel.kept().id, a_person(panel.rep.agency_id, name="Sam Okoro")
    case_id, area_id = panel.cases[0], panel.rep.area_id
    with saved():
        if kept_by == "wall":
            db.session.add(WallRow(case_id=case_id, account_id=panel.rep.account_id, state="stands",
                                   area_id=area_id, ground="declared", shared="", put_at=NOW))  # fmt: skip
        else:
            db.session.add(RestrictionRow(case_id=case_id, area_id=area_id, state="restricted",
                                          hides="unnamed", reason="staff", put_at=NOW))  # fmt: skip
            db.session.add(NamedRow(case_id=case_id, account_id=colleague.account_id, area_id=area_id,
                                    named_by=panel.coordinator.account_id, named_at=NOW))  # fmt: skip
    with acting.acting(panel.rep):
        assert flags.one(panel.rep, theirs) is None and flags.count_to_do(panel.rep) == 1
        assert len(flags.to_do(panel.rep)) == 1 and flags.steps(panel.rep, theirs) == []
    with pytest.raises(NotFound):
        flags_done.say(panel.rep, theirs, State.TO_ADD, Said.DONE, AFTER)
    with acting.acting(colleague):
        assert flags.count_to_do(colleague) == 2


def a_child(panel: Panel) -> None:
    with saved():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == panel.cases[0])).first()
        assert item is not None
        db.session.add(
            ClarificationRow(area_id=item.area_id, item_id=item.id, case_id=item.case_id, about="child",
                             name="Wren Moss", dob=date(2019, 5, 3), text="", recorded_at=NOW,
                             recorded_by=panel.coordinator.account_id)
        )  # fmt: skip


def test_G1_children_as_appropriate_by_the_agency_and_never_by_default(panel: Panel) -> None:
    a_child(panel)
    panel.follow()
    assert {row.whose for row in db.session.scalars(select(FlagRow))} == {"victim"}
    db.session.rollback()
    with acting.acting(panel.rep):
        (child,) = flags_children.of_case(panel.rep, panel.cases[0])
    with pytest.raises(NotFound):
        flags_done.add_child(panel.rep, panel.kept().id, "somebody else|", AFTER)
    flags_done.add_child(panel.rep, panel.kept().id, child.key, AFTER)
    flagged = panel.kept(whose=Whose.CHILD)
    assert (flagged.name, flagged.flag.state, flagged.flag.until) == ("Wren Moss", State.ADDED, ENDS)
    with pytest.raises(RuleBroken):
        flags_done.add_child(panel.rep, panel.kept().id, child.key, AFTER)
    again(panel, date(2027, 3, 1))
    panel.follow(datetime(2027, 3, 2, 2, tzinfo=UTC))
    assert panel.kept(whose=Whose.CHILD).flag.state is State.TO_CHANGE
    flags_done.say(panel.rep, flagged.id, State.TO_CHANGE, Said.TAKEN_OFF, AFTER)
    assert panel.kept(whose=Whose.CHILD).flag.state is State.REMOVED and panel.follow(AFTER) in (0, 1)
    flags_done.add_child(panel.rep, panel.kept().id, child.key, AFTER)
    assert panel.kept(whose=Whose.CHILD).flag.state is State.ADDED


def test_G3_a_perpetrators_file_only_with_two_statements_and_who_made_them(panel: Panel) -> None:
    panel.follow()
    beside = panel.kept().id
    for told in (("", "x"), ("x", " ")):
        with pytest.raises(flags_done.Unfit):
            flags_done.add_perpetrator(panel.rep, beside, *told, AFTER)
    made = flags_done.add_perpetrator(panel.rep, beside, "Visits by two", "Staff-only file", AFTER)
    kept = panel.kept(whose=Whose.PERPETRATOR)
    assert (kept.id, kept.flag.state, kept.stated_by) == (made, State.TO_ADD, "Joan Akande")
    assert (kept.necessary, kept.cannot_reach) == ("Visits by two", "Staff-only file")
    assert "MARAC" not in kept.text and panel.kept().name not in kept.text
    with pytest.raises(RuleBroken, match="already"):
        flags_done.add_perpetrator(panel.rep, beside, "x", "x", AFTER)
    flags_done.say(panel.rep, made, State.TO_ADD, Said.DONE, AFTER)
    again(panel, date(2027, 3, 1))
    panel.follow(datetime(2027, 3, 2, 2, tzinfo=UTC))
    assert panel.kept(whose=Whose.PERPETRATOR).flag.until == ENDS  # no repeat makes it longer
    panel.follow(END)
    assert panel.kept(whose=Whose.PERPETRATOR).flag.state is State.TO_REMOVE
    assert "Visits" not in str([row.detail for row in db.session.scalars(select(AuditRow))])


@ON_ONE
def test_G1_an_agency_that_signed_later_is_not_asked(panel: Panel) -> None:
    late = an_agency(panel.rep.area_id, "Late Signer")
    with saved():
        db.session.get_one(AgencyRow, late).signed_on = date(2026, 12, 4)
    panel.follow()
    assert db.session.scalars(select(FlagRow).where(FlagRow.agency_id == late)).all() == []
    assert db.session.query(FlagStepRow).count() == db.session.query(FlagRow).count() == 6


@ON_ONE
def test_G1_both_ends_of_a_meeting_follow_the_flags_of_its_own_cases(panel: Panel) -> None:
    panel.follow()
    panel.say()
    panel.say(case=1)
    again(panel, date(2027, 3, 1))
    with saved():
        elsewhere = usecase.follow(panel.rep.area_id, datetime(2027, 3, 2, tzinfo=UTC), uuid4())
        here = usecase.follow(panel.rep.area_id, datetime(2027, 3, 2, tzinfo=UTC), panel.meeting_id)
    assert (elsewhere, here) == (0, 1)


def test_G1_a_flag_that_the_door_kept_from_everybody_is_told_to_whoever_joins(panel: Panel) -> None:
    with saved():
        for case_id in panel.cases:
            db.session.add(WallRow(case_id=case_id, account_id=panel.rep.account_id, state="stands",
                                   area_id=panel.rep.area_id, ground="declared", shared="",
                                   put_at=NOW))  # fmt: skip
    panel.follow()
    assert panel.rep.account_id not in {row.account_id for row in notices()}
    colleague = a_person(panel.rep.agency_id, name="Sam Okoro")
    panel.follow(AFTER + timedelta(days=1))
    panel.follow(AFTER + timedelta(days=2))
    assert [row.account_id for row in notices()].count(colleague.account_id) == 1
