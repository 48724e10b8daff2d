"""Emergency MARACs: who asks, who accepts, and what follows at once (Rulebook M4, T6)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.emergency import Soon
from agenda.meetings import MeetingState
from agenda.need_to_know import WallGround
from agenda.pack import PackCase
from agenda.rules import RuleBroken
from meetingsvc import jobs
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    EmergencyAskRow,
    EntryRow,
    HearingRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    acting,
    areas,
    corrections,
    marac,
    outcomes,
    pack_content,
    research,
    research_boxes,
)
from meetingsvc.store import emergency as store
from meetingsvc.store.scope import audit_of
from meetingsvc.usecases import emergency as usecase
from meetingsvc.usecases import emergency_chasing, marac_publishing, packs
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases.carry_over import carry_over
from meetingsvc.usecases.transaction import saved
from tests.a_marac import (
    NOW,
    TUESDAY,
    a_person,
    an_agency,
    decided,
    line_of,
    listed,
    people_rows,
    referred,
    shared,
    to_day,
)
from tests.a_wall import a_wall
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

WHY = "He is released tonight and knows where she is."
AT = NOW + timedelta(hours=5)


@dataclass
class Panel:
    """A daily list with one case, and people of every kind."""

    coordinator: Principal
    chair: Principal
    rep: Principal  # sees the case by the daily list alone
    homes: Principal  # attends MARACs alone: sees no case of a daily list
    case_id: UUID

    def ask(self, who: Principal | None = None) -> UUID:
        return usecase.ask(who or self.rep, self.case_id, WHY, Soon.TODAY, NOW)


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
    council = an_agency(area_id, "Council")
    coordinator = a_person(council, Role.COORDINATOR, "Morgan")
    chair = a_person(council, Role.CHAIR, "Ansel")
    rep = a_person(an_agency(area_id, "School", marac=False, daily=True), name="Wren")
    homes = a_person(an_agency(area_id, "Homes"), name="Joan Akande")
    (item,) = listed(area_id, people_rows(1, NOW.date()))
    return Panel(coordinator, chair, rep, homes, db.session.get_one(ItemRow, item).case_id)


def count(of: type) -> int:
    return db.session.scalar(select(func.count()).select_from(of)) or 0


def meeting(meeting_id: UUID) -> MeetingRow:
    db.session.rollback()
    return db.session.get_one(MeetingRow, meeting_id)


def test_M4_whoever_may_open_a_case_may_ask_and_nobody_else_learns_of_it(panel: Panel) -> None:
    with pytest.raises(NotFound):
        panel.ask(panel.homes)
    ask_id = panel.ask()
    for who, sees in ((panel.rep, 1), (panel.chair, 1), (panel.coordinator, 1), (panel.homes, 0)):
        with acting.acting(who):
            assert len(store.asks(who, NOW)) == sees, who.name
    told = db.session.scalars(select(AuditRow).where(AuditRow.action == "emergency.asked")).one()
    assert told.detail["ask"] == str(ask_id) and WHY not in str(told.detail)


def test_M4_without_a_reason_or_while_one_waits_nothing_is_asked(panel: Panel) -> None:
    with pytest.raises(RuleBroken, match="cannot wait"):
        usecase.ask(panel.rep, panel.case_id, " ", Soon.TODAY, NOW)
    first = panel.ask()
    with pytest.raises(RuleBroken, match="asked for already"):
        panel.ask(panel.coordinator)
    usecase.refuse(panel.chair, first, "The daily meeting heard it an hour ago.", NOW)
    panel.ask(panel.coordinator)
    assert count(EmergencyAskRow) == 2


def test_M4_an_accepted_one_sits_at_once_with_its_case_shared_and_agencies_told(panel: Panel) -> None:
    made = usecase.accept(panel.chair, panel.ask(), AT, NOW)
    row = meeting(made)
    assert (row.state, row.sits_on, row.starts_at, row.emergency) == (
        MeetingState.PUBLISHED, NOW.date(), AT, 1,
    )  # fmt: skip
    assert row.closed_at == row.published_at == NOW
    with acting.acting(panel.homes):
        found = marac.agenda(panel.homes, made)
    assert found is not None and found.sitting.title == "Emergency MARAC"
    (line,) = found.lines
    assert (line.case_id, line.purpose, line.added_reason) == (panel.case_id, "for discussion", WHY)
    assert line.group is Group.NEW_NO_SAFEGUARDS
    assert count(PackRow) == 1
    told = set(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == "agenda_published")))
    assert panel.homes.account_id in told and panel.rep.account_id not in told


def test_T6_its_hearing_counts_and_makes_the_next_a_repeat(panel: Panel) -> None:
    usecase.accept(panel.chair, panel.ask(), AT, NOW)
    heard = db.session.scalars(select(HearingRow)).one()
    assert (heard.case_id, heard.heard_on, heard.source) == (panel.case_id, NOW.date(), "marac")
    later = NOW + timedelta(days=30)
    again = usecase.ask(panel.coordinator, panel.case_id, WHY, Soon.TOMORROW, later)
    made = usecase.accept(panel.chair, again, later + timedelta(days=1), later)
    line = db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == made)).one()
    assert line.repeat and line.group == Group.REPEAT_NO_SAFEGUARDS


def test_M4_only_a_chair_decides_and_never_their_own(panel: Panel) -> None:
    ask_id = panel.ask()
    for who in (panel.coordinator, panel.rep, panel.homes):
        with pytest.raises(Forbidden):
            usecase.accept(who, ask_id, AT, NOW)
        with pytest.raises(Forbidden):
            usecase.refuse(who, ask_id, "No.", NOW)
    usecase.refuse(panel.chair, ask_id, "The daily meeting heard it an hour ago.", NOW)
    own = panel.ask(panel.chair)
    with pytest.raises(RuleBroken, match="yourself"):
        usecase.accept(panel.chair, own, AT, NOW)
    assert count(HearingRow) == 0


def test_M4_it_is_decided_once_in_time_and_refused_with_a_reason(panel: Panel) -> None:
    ask_id = panel.ask()
    with pytest.raises(RuleBroken, match="Say why"):
        usecase.refuse(panel.chair, ask_id, " ", NOW)
    for start, words in ((NOW, "passed"), (NOW + timedelta(days=2), "today or tomorrow")):
        with pytest.raises(RuleBroken, match=words):
            usecase.accept(panel.chair, ask_id, start, NOW)
    usecase.accept(panel.chair, ask_id, AT, NOW)
    with pytest.raises(RuleBroken, match="already"):
        usecase.accept(panel.chair, ask_id, AT, NOW)
    with acting.acting(panel.rep):
        (told,) = store.asks(panel.rep, NOW)
    assert (told.accepted, told.chair, told.waits) == (True, "Ansel", False)


def test_M4_M6_of_a_hidden_case_nobody_asks_reads_or_decides(panel: Panel, area_id: UUID) -> None:
    ask_id = panel.ask()
    a_wall(area_id, panel.case_id, panel.chair.account_id)
    a_wall(area_id, panel.case_id, panel.coordinator.account_id)
    with acting.acting(panel.chair):
        assert store.asks(panel.chair, NOW) == [] and store.one(panel.chair, ask_id) is None
    with pytest.raises(NotFound):
        usecase.accept(panel.chair, ask_id, AT, NOW)
    with pytest.raises(NotFound):
        panel.ask(panel.coordinator)


def hidden(meeting_id: UUID, who: Principal) -> bool:
    """Whether nothing of a meeting is there for somebody: no agenda, no line, no trace in the access log."""
    db.session.rollback()
    with acting.acting(who):
        told = select(AuditRow.id).where(audit_of(who), AuditRow.subject.contains(str(meeting_id)))
        of_packs = select(AuditRow.id).where(
            audit_of(who), AuditRow.action.like("pack.%") | AuditRow.action.like("minutes.%")
        )
        sits = [one for one in marac.meetings(who) if one.id == meeting_id]
        seen = [
            marac.agenda(who, meeting_id),
            sits,
            *(db.session.scalars(one).all() for one in (told, of_packs)),
        ]
    return not any(seen)


@pytest.mark.parametrize("before", [True, False])
def test_M4_M6_the_meeting_is_hidden_from_whom_its_case_is_kept_from(
    panel: Panel, area_id: UUID, before: bool
) -> None:
    """It hears one case, so it would tell that there is one: whether the wall stood before it was called or
    was put later."""
    ask_id = panel.ask()
    if before:
        a_wall(area_id, panel.case_id, panel.coordinator.account_id)
    made = usecase.accept(panel.chair, ask_id, AT, NOW)
    if not before:
        assert not hidden(made, panel.coordinator)
        a_wall(area_id, panel.case_id, panel.coordinator.account_id)
    assert hidden(made, panel.coordinator) and not hidden(made, panel.chair)
    if before:
        told = select(OutboxRow.account_id).where(OutboxRow.notice == "agenda_published")
        assert panel.coordinator.account_id not in db.session.scalars(told).all()


def by_itself(who: Principal) -> int:
    """How many emergency MARACs PostgreSQL answers past scope and fence; elsewhere, what it should."""
    if db.engine.dialect.name != "postgresql":
        return int(who.role is Role.CHAIR)
    with acting.acting(who):
        db.session.execute(text("SELECT 1"))  # tells the database who acts
        cursor = db.session.connection().connection.cursor()
        cursor.execute("SELECT count(*) FROM meeting WHERE emergency > 0")
        found: int = cursor.fetchone()[0]
        db.session.rollback()
    return found


def test_M4_M6_the_database_hides_the_meeting_too(panel: Panel, area_id: UUID) -> None:
    usecase.accept(panel.chair, panel.ask(), AT, NOW)
    a_wall(area_id, panel.case_id, panel.coordinator.account_id)
    assert (by_itself(panel.chair), by_itself(panel.coordinator)) == (1, 0)


def test_M4_M6_one_that_is_seen_tells_of_no_other_that_day(panel: Panel, area_id: UUID) -> None:
    usecase.accept(panel.chair, panel.ask(), AT, NOW)
    second = usecase.accept(panel.chair, panel.ask(panel.coordinator), AT + timedelta(hours=1), NOW)
    with acting.acting(panel.homes):
        found = marac.agenda(panel.homes, second)
    assert found is not None and found.sitting.title == "Emergency MARAC"


def test_M4_it_hears_no_other_case(panel: Panel) -> None:
    made = usecase.accept(panel.chair, panel.ask(), AT, NOW)
    (item,) = referred(panel.coordinator, (Group.NEW_SAFEGUARDS,), NOW.date() + timedelta(days=1))
    with pytest.raises(RuleBroken, match="hears its one case"):
        planning.add_late(panel.coordinator, made, [item], "It came in too", NOW)


def test_M4_M1_a_case_that_an_emergency_marac_did_not_hear_goes_on_the_next_one(panel: Panel) -> None:
    ask_id = panel.ask()
    meeting_id = usecase.accept(panel.chair, ask_id, AT, NOW)
    planning.plan(panel.coordinator, AT.date() + timedelta(days=7), NOW)
    marac_publishing.did_not_sit(panel.coordinator, meeting_id, "The building was closed", NOW)
    sits = select(MeetingRow.emergency).join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
    there = sits.where(ItemRow.case_id == panel.case_id, MeetingRow.kind == "MARAC").order_by(
        MeetingRow.sits_on
    )
    assert db.session.scalars(there).all() == [1, 0]


def test_M4_M1_nor_does_it_stay_behind_where_that_one_does_not_reach_it_either(panel: Panel) -> None:
    meeting_id = usecase.accept(panel.chair, panel.ask(), AT, NOW)
    marac_publishing.did_not_sit(panel.coordinator, meeting_id, "The building was closed", NOW)
    again = select(ItemRow).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    regular = again.where(
        MeetingRow.emergency == 0, MeetingRow.kind == "MARAC", ItemRow.case_id == panel.case_id
    )
    first = db.session.scalars(regular).one()
    with saved():
        row = db.session.get_one(MeetingRow, first.meeting_id)
        row.state, row.published_at = MeetingState.PUBLISHED, NOW
        db.session.get_one(ItemRow, first.id).not_reached = "No time was left"
        day = row.sits_on
    carry_over(NOW.replace(year=day.year, month=day.month, day=day.day) + timedelta(days=1))
    sits = db.session.scalars(regular.order_by(MeetingRow.sits_on)).all()
    assert [one.came_back for one in sits] == [1, 2]


def test_M4_it_leaves_its_day_and_the_next_agenda_as_they_are(panel: Panel) -> None:
    (item,) = referred(panel.coordinator, (Group.NEW_SAFEGUARDS,), NOW.date() + timedelta(days=1))
    regular = line_of(item).meeting_id
    to_day(panel.coordinator, regular, NOW.date() + timedelta(days=1))
    made = usecase.accept(panel.chair, panel.ask(), AT + timedelta(days=1), NOW)
    assert meeting(made).sits_on == meeting(regular).sits_on
    second = usecase.accept(panel.chair, panel.ask(panel.coordinator), AT + timedelta(days=1, hours=1), NOW)
    assert meeting(second).emergency == 2
    planning.plan(panel.coordinator, NOW.date() + timedelta(days=2), NOW)
    with pytest.raises(RuleBroken, match="already"):
        planning.plan(panel.coordinator, NOW.date() + timedelta(days=1), NOW)
    assert marac_publishing.did_not_sit(panel.chair, second, "She is safe.", NOW) == 0


def test_M4_who_runs_the_meetings_is_told_at_once_that_one_is_asked_for(panel: Panel) -> None:
    panel.ask()
    rows = select(OutboxRow.account_id, OutboxRow.context).where(OutboxRow.notice == "emergency")
    found = {account: context["path"] for account, context in db.session.execute(rows)}
    assert found == dict.fromkeys([panel.chair.account_id, panel.coordinator.account_id], "/emergencies")


def test_M6_a_chair_who_may_not_open_the_case_is_not_told(panel: Panel) -> None:
    with saved():
        a_wall(panel.chair.area_id, panel.case_id, panel.chair.account_id)
    panel.ask()
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == "emergency")
    assert list(db.session.scalars(rows)) == [panel.coordinator.account_id]


def pack_case(meeting_id: UUID, area_id: UUID) -> PackCase:
    with acting.whole_area(area_id):
        (case,) = pack_content.cases(acting.Host(area_id), meeting_id, 0)
    return case


def test_M4_its_pack_tells_of_a_case_that_was_heard_before(panel: Panel, area_id: UUID) -> None:
    """The incident with the names and the score, what was shared, judged and set (Rulebook M1)."""
    with acting.whole_area(area_id):
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == panel.case_id)).one()
    decided(panel.coordinator, item, Group.NEW_SAFEGUARDS)
    shared(panel.coordinator, item)
    case = pack_case(usecase.accept(panel.chair, panel.ask(), AT, NOW), area_id)
    (incident,) = case.incidents
    assert incident.victim.name and incident.summary == "He held her by the throat."
    assert case.daily_meeting_on == NOW.date() and case.judgement[0] == "Risk: high."
    assert [one.text for one in case.shared] == ["Rent arrears since June."]
    assert [one.what for one in case.actions] == ["Fit a new lock"] and case.safeguards
    assert case.judgement[-1] == f"Called in an emergency: {WHY}"


def test_M4_its_pack_tells_what_is_newer_than_every_meeting(panel: Panel, area_id: UUID) -> None:
    """A case no meeting has heard has its incidents all the same, and one that no list has taken yet."""
    with acting.whole_area(area_id):
        listed = db.session.scalars(select(IncidentRow)).one()
        same = {"victim_nominal": listed.victim_nominal, "perpetrator_nominal": listed.perpetrator_nominal}
    again = a_row(recorded_at=NOW.isoformat(), incident_at=NOW.isoformat(), summary="He came back.", **same)
    take_in(area_id, again)
    case = pack_case(usecase.accept(panel.chair, panel.ask(), AT, NOW), area_id)
    assert [one.summary for one in case.incidents] == ["He held her by the throat.", "He came back."]
    assert case.daily_meeting_on is None and case.incidents[1].reasons == ("On no daily list",)


def test_M4_its_outcome_page_has_the_incident_and_what_was_shared(panel: Panel, area_id: UUID) -> None:
    with acting.whole_area(area_id):
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == panel.case_id)).one()
    decided(panel.coordinator, item, Group.NEW_SAFEGUARDS)
    shared(panel.coordinator, item)
    made = usecase.accept(panel.chair, panel.ask(), AT, NOW)
    with acting.whole_area(area_id):
        line = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == made)).one()
    with acting.acting(panel.chair):
        sheet = outcomes.worksheet(panel.chair, line)
    assert sheet and sheet.line and sheet.line.emergency and len(sheet.incidents) == 1
    assert [one.note.text for one in sheet.notes] == ["Rent arrears since June."] and len(sheet.before) == 1


def told_of(notice: str) -> list[UUID]:
    return list(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == notice)))


@pytest.mark.parametrize("walled", [True, False])
def test_M4_M6_where_no_chair_can_decide_who_asked_and_governance_know_it(
    panel: Panel, area_id: UUID, walled: bool
) -> None:
    governs = a_person(an_agency(area_id, "Governance"), Role.INFORMATION_GOVERNANCE, "Idris")
    if walled:
        a_wall(area_id, panel.case_id, panel.chair.account_id)
    by = panel.rep if walled else panel.chair
    ask_id = panel.ask(by)
    assert usecase.nobody_decides(by, ask_id, NOW)
    assert told_of("alarm") == [governs.account_id]
    assert len(emergency_chasing.undecidable(area_id, NOW, governs.account_id)) == 1
    a_wall(area_id, panel.case_id, governs.account_id)
    assert emergency_chasing.undecidable(area_id, NOW, governs.account_id) == []


def test_M4_where_a_chair_can_decide_nobody_else_is_alarmed(panel: Panel, area_id: UUID) -> None:
    governs = a_person(an_agency(area_id, "Governance"), Role.INFORMATION_GOVERNANCE, "Idris")
    assert not usecase.nobody_decides(panel.rep, panel.ask(), NOW)
    assert told_of("alarm") == []
    assert emergency_chasing.undecidable(area_id, NOW, governs.account_id) == []


def test_M4_one_that_waits_is_told_again_each_hour_until_it_is_decided(panel: Panel) -> None:
    ask_id = panel.ask()
    assert emergency_chasing.remind(NOW + timedelta(minutes=30)) == 0
    hour = NOW + timedelta(hours=1)
    assert (emergency_chasing.remind(hour), emergency_chasing.remind(hour)) == (2, 0)
    assert emergency_chasing.remind(hour + timedelta(hours=1)) == 2
    for days in (1, 2, 30):
        assert emergency_chasing.remind(NOW + timedelta(days=days)) == 2, "nobody decided"
    usecase.refuse(panel.chair, ask_id, "She is safe.", NOW + timedelta(days=30))
    assert emergency_chasing.remind(NOW + timedelta(days=31)) == 0
    job = next(job for job in jobs.JOBS if job.name == "remind-of-emergencies")
    assert job.every < timedelta(hours=1)


def test_M4_once_the_day_it_was_needed_is_over_governance_is_told_that_no_chair_decided(
    panel: Panel, area_id: UUID
) -> None:
    governs = a_person(an_agency(area_id, "Governance"), Role.INFORMATION_GOVERNANCE, "Idris")
    ask_id, late = panel.ask(), NOW + timedelta(days=1)
    assert emergency_chasing.remind(NOW + timedelta(hours=2)) == 2 and told_of("alarm") == []
    assert emergency_chasing.undecided(area_id, NOW + timedelta(hours=2), governs.account_id) == []
    assert emergency_chasing.remind(late) == 3 and told_of("alarm") == [governs.account_id]
    assert len(emergency_chasing.undecided(area_id, late, governs.account_id)) == 1
    a_wall(area_id, panel.case_id, governs.account_id)
    assert emergency_chasing.undecided(area_id, late, governs.account_id) == []
    usecase.refuse(panel.chair, ask_id, "She is safe.", late)
    assert emergency_chasing.remind(late + timedelta(days=1)) == 0 and len(told_of("alarm")) == 1


def test_M4_one_asked_for_late_in_the_evening_is_told_again_that_night_to_who_can_decide(
    panel: Panel, area_id: UUID
) -> None:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(
            replace(areas.settings_of(row), quiet_from=time(19, 0), quiet_until=time(8, 0))
        )
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    usecase.ask(panel.rep, panel.case_id, WHY, Soon.TODAY, late)
    told = OutboxRow.notice == "emergency"
    for minutes in (65, 130, 195):
        with saved():
            db.session.execute(delete(OutboxRow))
        now = late + timedelta(minutes=minutes)
        assert emergency_chasing.remind(now) == 2
        db.session.rollback()
        rows = db.session.execute(select(OutboxRow.account_id, OutboxRow.not_before).where(told)).all()
        assert panel.chair.account_id in {key for key, _ in rows}
        assert all(at is None or at <= now for _, at in rows), "quiet hours hold no emergency"


def test_M4_R2_who_read_its_pack_is_told_where_what_was_shared_is_corrected(
    panel: Panel, area_id: UUID
) -> None:
    with acting.whole_area(area_id):
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == panel.case_id)).one()
    decided(panel.coordinator, item, Group.NEW_SAFEGUARDS)
    shared(panel.coordinator, item)
    usecase.accept(panel.chair, panel.ask(), AT, NOW)
    with acting.whole_area(area_id):
        pack_id = db.session.scalars(select(PackRow.id)).one()
    with acting.acting(panel.homes):
        packs.read(panel.homes, pack_id, NOW)
    with acting.acting(panel.coordinator):
        (note,) = corrections.shared(panel.coordinator, panel.case_id)
    assert panel.homes.account_id in corrections.receivers(area_id, note)


def test_M2_M4_M6_who_researches_it_is_told_its_children_but_of_nothing_that_names_them(
    panel: Panel, area_id: UUID
) -> None:
    child = {"children": "Wren Moss|2019-05-03|Y|victim", "children_present": "Y"}
    (item,) = listed(area_id, [people_rows(1, TUESDAY)[0] | child], TUESDAY)
    with acting.whole_area(area_id):
        case_id = db.session.get_one(ItemRow, item).case_id
        incident = db.session.scalars(select(EntryRow.incident_id).where(EntryRow.item_id == item)).one()
    ask_id = usecase.ask(panel.coordinator, case_id, WHY, Soon.TODAY, NOW)
    made = usecase.accept(panel.chair, ask_id, AT, NOW)

    def asked() -> research_boxes.Case:
        with acting.acting(panel.homes):
            request = research.request(panel.homes, made)
            assert request is not None and request.title == "Emergency MARAC"
            (box,) = research_boxes.boxes(panel.homes, request)
            return box.case

    assert asked().children == "1: Wren Moss (7)" and asked().why[0] == f"Called in an emergency: {WHY}"
    with saved(), acting.service():
        db.session.add(
            IncidentWallRow(incident_id=incident, account_id=panel.homes.account_id, area_id=area_id,
                            ground=WallGround.PARTY, shared="name")
        )  # fmt: skip
    assert asked().children == ""
