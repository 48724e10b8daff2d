"""A panel set up by settings and one rule alone: Derby's twice-weekly triage of medium risk (Rulebook P3).

Whatever panels there are, and whenever one is set up or taken off, nothing falls between their lists (T12).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.list_output import as_json
from agenda.meetings import MeetingState
from agenda.panel_kept import kept
from agenda.panels import DREAM, MACE, TRIAGE, Family, Panel
from agenda.rhythm import EveryDays, OnWeekdays
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    PanelRow,
    ProposalRow,
    TriageRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import lists as stored
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store import outcome_history
from meetingsvc.store import panels as store
from meetingsvc.store.acting import Host
from meetingsvc.store.proposals import State
from meetingsvc.usecases import account_changes, account_families, accounts, areas, lists, panels, proposals
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, an_agency, decided, line_of
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history
from tests.usecases.test_matching import HEARD, MISSPELT

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)
THURSDAY, FRIDAY = date(2026, 11, 5), date(2026, 11, 6)
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
MEDIUM = {"risk": "medium", "children_present": "Y"}
WHY = "Medium risk is triaged twice a week here."


def at(day: date, hour: int = 7) -> str:
    """A wall time as the feed writes it."""
    return f"{day.isoformat()}T{hour:02}:00"


def set_up(area: AreaRow, *there: Panel) -> None:
    """These, and no others, beside the DRAMM and the MARAC: as two people would have done it."""
    area_id = area.id
    who = db.session.scalars(select(AccountRow.id)).first() or a_person(an_agency(area_id)).account_id
    with saved():
        for row in db.session.scalars(select(PanelRow).where(PanelRow.area_id == area_id)):
            db.session.delete(row)
        db.session.flush()
        for panel in there:
            db.session.add(
                PanelRow(area_id=area_id, code=panel.code, settings=kept(panel), set_by=who, set_at=NOW)
            )


def build(area: AreaRow, day: date, code: str = "DRAMM") -> lists.Built:
    with saved():
        return lists.build(area, day, "command line", BEFORE_ALL, code)


def shown(area: AreaRow, day: date, code: str = "DRAMM") -> dict[str, Any]:
    """The entries of a list by their numbers."""
    build(area, day, code)
    found = stored.daily_list(Host(area.id), area.id, day, code)
    assert found is not None and found.kind == code
    told: Any = as_json(found)
    return {entry["reference"]: entry for item in told["items"] for entry in item["entries"]}


def ledger(area_id: UUID) -> dict[str, list[tuple[str, str]]]:
    """By number, the panel of each version that a list considered, and what that did."""
    rows = select(TriageRow.occurrence_number, MeetingRow.kind, TriageRow.outcome)
    rows = rows.join(MeetingRow, MeetingRow.id == TriageRow.meeting_id).where(MeetingRow.area_id == area_id)
    found: dict[str, list[tuple[str, str]]] = {}
    for number, kind, outcome in db.session.execute(rows.order_by(TriageRow.incident_id)):
        found.setdefault(number, []).append((kind, outcome))
    return found


# -- whose list --


def test_P3_the_triage_hears_medium_risk_and_the_daily_list_what_cannot_wait(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    take_in(
        area.id,
        a_row(occurrence_number="HIGH", risk="high", recorded_at=at(MONDAY)),
        a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM),
        a_row(occurrence_number="ALONE", risk="medium", recorded_at=at(MONDAY)),
        a_row(occurrence_number="LOW", risk="standard", recorded_at=at(MONDAY)),
    )
    first = build(area, MONDAY)
    assert (first.items, first.waits) == (1, 2)
    assert shown(area, MONDAY).keys() == {"HIGH"} and not shown(area, TUESDAY)
    triage = shown(area, TUESDAY, "TRIAGE")
    assert {number: entry["reasons"] for number, entry in triage.items()} == {
        "CHILD": ["P3", "T3"], "ALONE": ["P3"],
    }  # fmt: skip
    assert not any(entry["late"] for entry in triage.values()), "its window begins when it sat before"
    assert ledger(area.id)["LOW"] == [("DRAMM", "left out")], (
        "what nobody hears is kept, with the reason (T5)"
    )


def test_P3_an_area_without_the_triage_hears_all_of_it_daily(area: AreaRow) -> None:
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM))
    assert shown(area, MONDAY)["CHILD"]["reasons"] == ["T3"]
    with pytest.raises(RuleBroken, match="no panel TRIAGE"):
        build(area, TUESDAY, "TRIAGE")


def test_P3_T12_a_triage_built_late_takes_what_waited_and_marks_it(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM))
    for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY):
        assert not shown(area, day)
    assert shown(area, date(2026, 11, 10), "TRIAGE")["CHILD"]["late"]


def test_P3_T11_a_case_is_not_torn_apart(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    one = a_row(occurrence_number="HIGH", risk="high", recorded_at=at(MONDAY, 6))
    take_in(area.id, one, one | {"occurrence_number": "CHILD", "recorded_at": at(MONDAY)} | MEDIUM)
    assert not shown(area, TUESDAY, "TRIAGE"), "both are the daily list's, whichever is built first"
    assert shown(area, TUESDAY).keys() == {"HIGH", "CHILD"}


def test_P3_T6_a_further_incident_on_a_case_heard_is_not_put_off(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    heard = a_hearing(heard_on="2026-06-04")
    take_in_history(area.id, heard)
    people = {name: value for name, value in heard.items() if name.startswith(("victim_", "perpetrator_"))}
    take_in(area.id, a_row(**{**people, "occurrence_number": "AGAIN", "recorded_at": at(MONDAY)} | MEDIUM))
    assert "T6" in shown(area, MONDAY)["AGAIN"]["reasons"]


def test_P3_T11_nor_from_a_daily_list_that_is_open(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    one = a_row(occurrence_number="HIGH", risk="high", recorded_at=at(MONDAY, 6))
    take_in(area.id, one)
    assert shown(area, MONDAY).keys() == {"HIGH"}
    take_in(area.id, one | {"occurrence_number": "CHILD", "recorded_at": at(MONDAY, 20)} | MEDIUM)
    assert not shown(area, TUESDAY, "TRIAGE") and shown(area, TUESDAY).keys() == {"CHILD"}


def test_P3_T6_a_repeat_that_a_spelling_hides_is_looked_for_before_the_triage_sits(area: AreaRow) -> None:
    """The triage may sit days later, and nobody knows when its list is built."""
    set_up(area, TRIAGE)
    take_in_history(area.id, a_hearing(**HEARD))
    take_in(area.id, a_row(**(MISSPELT | {"occurrence_number": "NEAR", "recorded_at": at(MONDAY)} | MEDIUM)))
    assert not shown(area, MONDAY), "it waits for the triage"
    assert len(matches.undecided(Host(area.id), NOW)) == 1


def test_P3_the_triage_does_not_sit_on_other_days_and_moves_with_a_holiday(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    with pytest.raises(RuleBroken, match="does not sit"):
        build(area, WEDNESDAY, "TRIAGE")
    with saved():
        db.session.get_one(AreaRow, area.id).settings = {"extra_holidays": [TUESDAY.isoformat()]}
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(TUESDAY), **MEDIUM))
    assert shown(area, WEDNESDAY, "TRIAGE").keys() == {"CHILD"}


# -- what changes between two lists --


def test_P3_T12_what_waited_for_a_triage_that_is_taken_off_goes_on_the_daily_list(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM))
    assert not shown(area, MONDAY)
    set_up(area)
    assert shown(area, TUESDAY)["CHILD"]["late"]


def test_P3_T12_what_a_triage_took_before_it_was_taken_off_is_not_listed_again(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    row = a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM)
    take_in(area.id, row)
    assert shown(area, TUESDAY, "TRIAGE").keys() == {"CHILD"}
    set_up(area)
    take_in(area.id, row | {"offence": "Something more exact"})
    assert not shown(area, TUESDAY) and ledger(area.id)["CHILD"][-1] == ("DRAMM", "unmentioned")


def test_P3_T13_a_risk_that_is_raised_while_it_waits_is_the_next_daily_lists(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    row = a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM)
    take_in(area.id, row)
    assert not shown(area, MONDAY)
    take_in(area.id, row | {"risk": "high"})
    assert shown(area, TUESDAY)["CHILD"]["reasons"] == ["T2"]
    assert not shown(area, TUESDAY, "TRIAGE")


def test_P3_T13_a_risk_that_is_raised_after_the_triage_comes_back_changed(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    row = a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM)
    take_in(area.id, row)
    assert shown(area, TUESDAY, "TRIAGE").keys() == {"CHILD"}
    take_in(area.id, row | {"risk": "high"})
    assert shown(area, TUESDAY)["CHILD"]["changed"]


def test_P3_T13_what_was_high_risk_is_put_off_to_no_triage_while_it_qualifies(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    rows = [a_row(occurrence_number=number, risk="high", recorded_at=at(MONDAY)) for number in "AB"]
    take_in(area.id, *rows)
    take_in(area.id, rows[0] | MEDIUM, rows[1] | {"risk": "medium"})
    assert shown(area, MONDAY)["A"]["reasons"] == ["T3"]
    assert shown(area, TUESDAY, "TRIAGE")["B"]["reasons"] == ["P3"], "the daily list would leave it out"


def test_P3_T13_one_that_a_daily_list_has_heard_comes_to_no_triage_for_being_medium(area: AreaRow) -> None:
    row = a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM)
    take_in(area.id, row)
    assert shown(area, MONDAY).keys() == {"CHILD"}
    set_up(area, TRIAGE)
    take_in(area.id, row | {"offence": "Something more exact"})
    assert not shown(area, TUESDAY, "TRIAGE")
    with saved():  # while it is open, the case is the daily list's (T11)
        db.session.execute(update(MeetingRow).values(state=MeetingState.CLOSED))
    take_in(area.id, row | {"victim_consents_to_share": "Y"})
    assert shown(area, THURSDAY, "TRIAGE")["CHILD"]["reasons"] == ["P3", "T3", "T4"]


def test_P3_T10_an_order_is_announced_by_the_daily_list_and_once(area: AreaRow) -> None:
    set_up(area, TRIAGE)
    order = {"order_kind": "DVPO", "order_made_at": at(MONDAY, 6), "order_terms": "Not to go there"}
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM, **order))
    build(area, MONDAY)
    build(area, TUESDAY, "TRIAGE")
    told = [stored.daily_list(Host(area.id), area.id, *one) for one in ((MONDAY,), (TUESDAY, "TRIAGE"))]
    assert [len(one.notices) for one in told if one] == [1, 0]


def test_P3_M1_what_the_triage_refers_goes_to_the_marac(area: AreaRow) -> None:
    area_id = area.id
    with saved():
        db.session.get_one(AreaRow, area_id).settings = {"marac_anchor": "2026-12-03"}
    set_up(area, TRIAGE)
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM))
    meeting_id = build(area, TUESDAY, "TRIAGE").meeting_id
    item_id = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting_id)).one()
    who = a_person(an_agency(area_id, "Wharfside Homes"), Role.COORDINATOR, "Wren Teal")
    decided(who, item_id, Group.NEW_NO_SAFEGUARDS, "medium")
    line = line_of(item_id)
    assert line.case_id == db.session.get_one(ItemRow, item_id).case_id
    told = outcome_history.history(Host(area_id), line.case_id, line.id, heard=False)
    assert "TRIAGE" in {one.meeting for one in told}


# -- the invariant --

DAYS = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7)]
#: A Monday, a Tuesday and the day after: whichever panels there are, each of them sits.
LAST = [
    date(2026, 11, 16), ("TRIAGE", date(2026, 11, 16)),
    date(2026, 11, 17), ("TRIAGE", date(2026, 11, 17)), date(2026, 11, 18),
]  # fmt: skip
FIRST_START = datetime(2026, 10, 30, 8, tzinfo=UTC)
ROWS = {
    "high": {"risk": "high"}, "child": MEDIUM, "medium": {"risk": "medium"}, "low": {"risk": "standard"},
    "other": {"domestic": "N", "risk": "high"},
}  # fmt: skip
SETS: tuple[tuple[Panel, ...], ...] = (
    (), (TRIAGE,), (replace(TRIAGE, rhythm=OnWeekdays((0, 2, 4)), cut_off=time(13)),), (TRIAGE, DREAM),
)  # fmt: skip
made = count()
arrivals = st.tuples(st.sampled_from("ABCDE"), st.sampled_from(sorted(ROWS)), st.integers(0, 24 * 8))
steps = st.lists(
    st.one_of(arrivals, st.sampled_from(DAYS), st.tuples(st.just("TRIAGE"), st.sampled_from(DAYS)),
              st.sampled_from(SETS)),
    max_size=16,
)  # fmt: skip


def play(home: AreaRow, done: Iterable[Any]) -> None:
    """Lists late, out of order or never; panels set up and taken off; incidents changed and back again."""
    same = {number: a_row(occurrence_number=number) for number in "ABCD"}
    same["E"] = same["A"] | {"occurrence_number": "E"}  # another incident on the case of A
    for step in done:
        match step:
            case date():
                build(home, step)
            case ("TRIAGE", date() as day):
                try:
                    build(home, day, "TRIAGE")
                except RuleBroken:
                    pass  # no such panel then, or it does not sit that day
            case (str() as number, str() as kind, int() as hours):
                recorded_at = (FIRST_START + timedelta(hours=hours)).isoformat()
                take_in(home.id, same[number] | ROWS[kind] | {"recorded_at": recorded_at})
            case _:
                set_up(home, *step)


@settings(max_examples=40, deadline=None)
@given(steps=steps, there=st.sampled_from(SETS))
def test_P3_T12_each_qualifying_version_is_on_exactly_one_list_of_exactly_one_panel(
    area: AreaRow, steps: list[Any], there: tuple[Panel, ...]
) -> None:
    """None on two, none on none, whichever panels there were meanwhile and whichever there are at the end."""
    home = db.session.get(AreaRow, areas.create(f"p{next(made)}", MONDAY, BEFORE_ALL))
    assert home is not None
    play(home, [*steps, there, *LAST])
    row, entry = IncidentRow, EntryRow
    rows = (
        select(row.id, row.risk, row.domestic, row.current, TriageRow.outcome, MeetingRow.kind,
               func.count(entry.id))
        .outerjoin(TriageRow, TriageRow.incident_id == row.id)
        .outerjoin(MeetingRow, MeetingRow.id == TriageRow.meeting_id)
        .outerjoin(entry, entry.incident_id == row.id)
        .where(row.area_id == home.id)
        .group_by(row.id, TriageRow.incident_id, MeetingRow.id)
    )  # fmt: skip
    for key, risk, domestic, current, outcome, kind, entries in db.session.execute(rows):
        assert not current or outcome, "the newest version of each was considered by a list"
        assert entries == (outcome == "listed"), key
        if kind == "TRIAGE":
            assert risk == "medium" and domestic, "nothing that cannot wait is put off"
    assert not db.session.scalar(select(func.count()).where(row.area_id == home.id, ~row.considered))
    numbers = ledger(home.id)
    high = select(row.occurrence_number).where(
        row.area_id == home.id, row.risk == "high", row.domestic, row.current
    )
    for number in db.session.scalars(high):
        assert ("DRAMM", "listed") in numbers[number], number


# -- by two --


@pytest.fixture
def two(area_id: UUID) -> tuple[Principal, Principal]:
    """Who proposes, and who confirms."""
    office = an_agency(area_id)
    return (
        a_person(office, Role.COORDINATOR, "Wren Teal"),
        a_person(office, Role.INFORMATION_GOVERNANCE, "Gil Stone"),
    )


def the_proposal() -> UUID:
    return db.session.scalars(select(ProposalRow.id).where(ProposalRow.state == State.OPEN)).one()


def confirmed(who: Principal) -> None:
    assert proposals.decide(who, the_proposal(), True, "", NOW).state is State.APPROVED


def codes(area_id: UUID) -> set[str]:
    return {panel.code for panel in store.of(db.session.get_one(AreaRow, area_id))}


def test_P3_a_panel_is_set_up_changed_and_taken_off_by_two(
    area_id: UUID, two: tuple[Principal, Principal]
) -> None:
    first, second = two
    assert panels.propose(first, "TRIAGE", TRIAGE, panels.seen(None), WHY, NOW)
    assert codes(area_id) == {"DRAMM", "MARAC"}, "nothing has happened yet"
    told = proposals.readable(second, the_proposal())
    assert told and proposals.changes(told)[0] == (
        "Domestic abuse triage (TRIAGE)",
        "None",
        "Sits in this area",
    )
    with pytest.raises((NotFound, RuleBroken)):
        proposals.decide(first, the_proposal(), True, "", NOW)
    confirmed(second)
    assert store.set_up(area_id) == (TRIAGE,)
    weekly = replace(TRIAGE, name="Triage", rhythm=OnWeekdays((2,)))
    assert panels.propose(first, "TRIAGE", weekly, panels.seen(TRIAGE), WHY, NOW)
    confirmed(second)
    assert store.set_up(area_id) == (weekly,)
    assert not panels.propose(first, "TRIAGE", weekly, panels.seen(weekly), WHY, NOW), "as it is"
    with pytest.raises(RuleBroken, match="changed this panel"):
        panels.propose(first, "TRIAGE", None, panels.seen(TRIAGE), WHY, NOW)
    assert panels.propose(first, "TRIAGE", None, panels.seen(weekly), WHY, NOW)
    confirmed(second)
    assert not store.set_up(area_id)
    rows = select(AuditRow.action).where(AuditRow.action.like("panel.%")).order_by(AuditRow.id)
    assert list(db.session.scalars(rows)) == ["panel.set", "panel.set", "panel.removed"]


def test_P3_what_cannot_work_or_is_none_of_the_offered_is_refused(two: tuple[Principal, Principal]) -> None:
    first, second = two
    for new, why in (
        (replace(TRIAGE, rhythm=OnWeekdays(())), "at least one"), (replace(TRIAGE, name=" "), "called"),
        (replace(TRIAGE, takes="T2"), "cannot be set"),
    ):  # fmt: skip
        with pytest.raises(RuleBroken, match=why):
            panels.propose(first, "TRIAGE", new, panels.seen(None), WHY, NOW)
    for code in ("DRAMM", "MARAC", "KIDS"):
        with pytest.raises(NotFound):
            panels.propose(first, code, TRIAGE, panels.seen(None), WHY, NOW)
    assert second.role is Role.INFORMATION_GOVERNANCE
    reader = a_person(first.agency_id, Role.REPRESENTATIVE, "Nora Fell")
    with pytest.raises(Forbidden):
        panels.propose(reader, "TRIAGE", TRIAGE, panels.seen(None), WHY, NOW)


def test_E1_a_panel_that_is_taken_off_leaves_nobody_at_it(
    area: AreaRow, two: tuple[Principal, Principal]
) -> None:
    first, second = two
    set_up(area, TRIAGE)
    take_in(area.id, a_row(occurrence_number="CHILD", recorded_at=at(MONDAY), **MEDIUM))
    assert panels.propose(first, "TRIAGE", None, panels.seen(TRIAGE), WHY, NOW)
    build(area, TUESDAY, "TRIAGE")
    with pytest.raises(RuleBroken, match="A meeting of this panel is not over"):
        proposals.decide(second, the_proposal(), True, "", NOW)
    assert codes(area.id) == {"DRAMM", "MARAC", "TRIAGE"}


def test_E1_a_panel_that_nobody_runs_is_not_set_up(area_id: UUID, two: tuple[Principal, Principal]) -> None:
    first, second = two
    with pytest.raises(RuleBroken, match="none of the area"):
        panels.propose(first, "DREAM", DREAM, panels.seen(None), WHY, NOW)
    mace = replace(MACE, rhythm=EveryDays(THURSDAY, 28))
    assert panels.propose(first, "MACE", mace, panels.seen(None), WHY, NOW)
    with pytest.raises(RuleBroken, match="Nobody runs panels of exploitation"):
        proposals.decide(second, the_proposal(), True, "", NOW)
    assert codes(area_id) == {"DRAMM", "MARAC"}


# -- families --


@pytest.fixture
def three(area_id: UUID) -> tuple[Principal, Principal, Principal]:
    """Whose families change, who proposes it and who confirms."""
    office = an_agency(area_id)
    return (
        a_person(office, Role.COORDINATOR, "Wren Teal"),
        a_person(office, Role.INFORMATION_GOVERNANCE, "Gil Stone"),
        a_person(office, Role.INFORMATION_GOVERNANCE, "Iris Weir"),
    )


ABUSE, BOTH = frozenset({Family.ABUSE}), frozenset(Family)


def test_E4_a_family_is_granted_by_two_and_taken_by_two(
    area_id: UUID, three: tuple[Principal, Principal, Principal]
) -> None:
    whose, first, second = three
    asked = whose.account_id, BOTH, account_families.seen(ABUSE), WHY, NOW
    with pytest.raises((Forbidden, RuleBroken)):
        account_families.propose(whose, *asked)
    account_families.propose(first, *asked)
    told = proposals.readable(second, the_proposal())
    assert told and proposals.changes(told)[0][1:] == ("Domestic abuse", "Domestic abuse, exploitation")
    confirmed(second)
    now = account_store.principal(whose.account_id, NOW)
    assert now is not None and now.families == BOTH and now.runs_meetings
    account_families.propose(first, whose.account_id, ABUSE, account_families.seen(BOTH), WHY, NOW)
    confirmed(second)
    rows = select(AuditRow.action).where(AuditRow.action.like("family.%")).order_by(AuditRow.id)
    assert list(db.session.scalars(rows)) == ["family.granted", "family.taken"]


def test_E4_a_family_is_not_taken_from_the_last_who_runs_it(
    area: AreaRow, three: tuple[Principal, Principal, Principal]
) -> None:
    whose, first, _ = three
    none, seen = frozenset[Family](), account_families.seen(ABUSE)
    with pytest.raises(RuleBroken, match="Nobody else runs"):
        account_families.propose(first, whose.account_id, none, seen, WHY, NOW)
    a_person(whose.agency_id, Role.CHAIR, "Ines Marsh")
    account_families.propose(first, whose.account_id, none, seen, WHY, NOW)


def test_E4_nor_does_the_last_who_runs_it_leave(
    area: AreaRow, three: tuple[Principal, Principal, Principal]
) -> None:
    whose, first, second = three
    a_person(whose.agency_id, Role.CHAIR, "Ines Marsh")
    account_families.propose(first, whose.account_id, BOTH, account_families.seen(ABUSE), WHY, NOW)
    confirmed(second)
    set_up(area, replace(DREAM, up=""))
    with pytest.raises(RuleBroken, match="panels of exploitation"):
        accounts.disable(first, whose.account_id, NOW)


def test_E4_who_could_do_nothing_runs_no_panel(
    area: AreaRow, three: tuple[Principal, Principal, Principal]
) -> None:
    """Nor whose agency has withdrawn, nor who was granted exploitation alone."""
    whose, first, _ = three
    elsewhere = a_person(an_agency(area.id, "Fell Homes"), Role.CHAIR, "Ines Marsh")
    with saved():
        db.session.get_one(AgencyRow, elsewhere.agency_id).withdrawn_on = date(2026, 10, 1)
    asked = whose.account_id, frozenset[Family](), account_families.seen(ABUSE), WHY, NOW
    with pytest.raises(RuleBroken, match="Nobody else runs"):
        account_families.propose(first, *asked)
    with saved():
        db.session.get_one(AgencyRow, elsewhere.agency_id).withdrawn_on = None
        (theirs,) = db.session.get_one(AccountRow, elsewhere.account_id).families
        theirs.family = Family.EXPLOITATION
    with pytest.raises(RuleBroken, match="Nobody else runs"):
        account_families.propose(first, *asked)


def test_E4_a_family_goes_with_the_role_that_ran_it(three: tuple[Principal, Principal, Principal]) -> None:
    """Or a coordinator made anew would run what nobody granted them again."""
    whose, first, second = three
    a_person(whose.agency_id, Role.COORDINATOR, "Ines Marsh")
    account_families.propose(first, whose.account_id, BOTH, account_families.seen(ABUSE), WHY, NOW)
    confirmed(second)
    for old, new in (
        (Role.COORDINATOR, Role.INFORMATION_GOVERNANCE),
        (Role.INFORMATION_GOVERNANCE, Role.CHAIR),
    ):
        account_changes.propose_role(first, whose.account_id, new, old, WHY, NOW)
        confirmed(second)
    assert store.families_of(whose.account_id) == ABUSE


def test_E4_families_are_for_who_runs_meetings(three: tuple[Principal, Principal, Principal]) -> None:
    whose, first, _ = three
    reader = a_person(whose.agency_id, Role.REPRESENTATIVE, "Nora Fell")
    with pytest.raises(RuleBroken, match="Only a coordinator or a chair"):
        account_families.propose(first, reader.account_id, BOTH, account_families.seen(ABUSE), WHY, NOW)
