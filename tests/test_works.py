"""Whether a meeting works as a list or an agenda follows from its panel, and not from what it is called."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from agenda import research
from agenda.area import AreaSettings
from agenda.meetings import MeetingState
from agenda.panel_kept import of_meeting
from agenda.panels import BUILT_IN, DRAMM, ESP, MARAC, OFFERED, TRIAGE, Panel, Works
from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, MeetingRow, db
from meetingsvc.store import meeting_record, minutes, minutes_due, research_told
from meetingsvc.store.acting import Host
from meetingsvc.store.meeting_record_strip import is_under_way
from meetingsvc.usecases.meeting_record import refuse_early, refuse_over
from meetingsvc.usecases.transaction import saved
from minutes.minutes import due_on
from tests.a_marac import NOW

HOUSE = Path(__file__).parent.parent
TODAY, SETTINGS = date(2026, 11, 23), AreaSettings()
ALL = (*BUILT_IN, *OFFERED)
#: What each says of a meeting of today, by how its panel works and its state.
TAKES_RESEARCH = {(Works.LIST, MeetingState.OPEN), (Works.AGENDA, MeetingState.PUBLISHED)}
UNDER_WAY = TAKES_RESEARCH
ENDED = {(Works.LIST, MeetingState.CLOSED), (Works.AGENDA, MeetingState.HEARD)}

#: Where a branch asks for one panel by its name, and why: what hears a case of domestic abuse there is
#: the DRAMM or the MARAC, and no other panel (the rule that says so), or a page of that panel alone.
ONE_PANEL = {
    "agenda/meetings.py": "the daily list alone has a day and nothing else for an address",
    "meetingsvc/store/address_shares.py": "addresses are shared at a MARAC (S3)",
    "meetingsvc/store/calendar_feeds.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/store/confirmations.py": "agencies confirm what a MARAC does not discuss (C3)",
    "meetingsvc/store/demo.py": "the demonstration has a DRAMM and a MARAC",
    "meetingsvc/store/disclosure_schemes.py": "applications are on the daily list, and go to the MARAC (C4)",
    "meetingsvc/store/disclosure_updates.py": "applications are on the daily list, and go to the MARAC (C4)",
    "meetingsvc/store/emergency.py": "an emergency meeting is a MARAC (M4)",
    "meetingsvc/store/home.py": "a first page has the DRAMM and the MARAC in places of their own",
    "meetingsvc/store/list_page.py": "the pages of daily lists have a day for an address",
    "meetingsvc/store/marac.py": "the pages of MARACs",
    "meetingsvc/store/marac_owed.py": "the pages of MARACs",
    "meetingsvc/store/marac_unreferred.py": "what the daily meeting did not send to the MARAC (M1)",
    "meetingsvc/store/marac_waiting.py": "a case that a MARAC did not reach comes back on the next (M1)",
    "meetingsvc/store/meeting_dates.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/store/meeting_record_closing.py": "what people call it",
    "meetingsvc/store/meeting_year.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/store/statistics.py": "what MARACs report (L5)",
    "meetingsvc/store/transfers_moved.py": "a case of domestic abuse moves from MARAC to MARAC (X)",
    "meetingsvc/usecases/carry_over.py": "a case that a MARAC did not reach comes back on the next (M1)",
    "meetingsvc/usecases/confirmations_chasing.py": "agencies confirm what a MARAC does not discuss (C3)",
    "meetingsvc/usecases/invitations.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/usecases/marac.py": "the pages of MARACs",
    "meetingsvc/usecases/marac_referrals.py": "the daily meeting sends to the MARAC (M1)",
    "meetingsvc/usecases/meeting_moves.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/usecases/meeting_moves_planned.py": "MARACs' dates, which follow their own settings (M4)",
    "meetingsvc/usecases/packs_chasing.py": "packs are made of a MARAC's agenda (S3)",
}


EACH = [(panel, state) for panel in ALL for state in MeetingState]


@pytest.fixture(params=EACH, ids=lambda one: f"{one[0].code}-{one[1]}")
def of(request: pytest.FixtureRequest) -> tuple[Panel, MeetingState]:
    panel, state = request.param
    return panel, state


def a_meeting(panel: Panel, state: MeetingState, **more: object) -> MeetingRow:
    return MeetingRow(
        id=uuid4(), **of_meeting(panel), sits_on=TODAY, starts_at=NOW, state=state, built_at=NOW,
        **{"held": False, "emergency": 0, "supplements": 0, **more},
    )  # fmt: skip


def says(rule: object, *asked: object) -> bool:
    """Whether a rule refuses."""
    assert callable(rule)
    try:
        rule(*asked)
    except RuleBroken:
        return True
    return False


def test_every_panel_is_asked_alike(of: tuple[Panel, MeetingState]) -> None:
    """E1, P3: whatever else sits works as the DRAMM or as the MARAC does."""
    panel, state = of
    like = DRAMM if panel.works is Works.LIST else MARAC
    meeting, twin = a_meeting(panel, state), a_meeting(like, state)
    at = (panel.works, state)
    assert research.takes_research(panel.works, state, False) is (at in TAKES_RESEARCH)
    assert not research.takes_research(Works.LIST, state, True), "held back"
    assert is_under_way(meeting, NOW) is is_under_way(twin, NOW) is (at in UNDER_WAY)
    assert not is_under_way(meeting, NOW - timedelta(days=1)), "before its day"
    final = state is MeetingState.CANCELLED or at[0] is Works.LIST and state is not MeetingState.OPEN
    assert says(refuse_over, meeting, NOW) is says(refuse_over, twin, NOW) is final
    early = panel.works is Works.AGENDA and state is not MeetingState.PUBLISHED
    assert says(refuse_early, meeting, NOW) is says(refuse_early, twin, NOW) is early
    assert says(refuse_early, meeting, NOW - timedelta(days=1))


@pytest.mark.parametrize("works", Works)
def test_M4_research_and_minutes_are_due_by_how_the_panel_works(works: Works) -> None:
    sits, off = datetime(2026, 11, 26, 9, 30, tzinfo=UTC), frozenset[date]()
    listed = works is Works.LIST
    due = research.due_at(works, sits, SETTINGS, off)
    assert due == sits if listed else due == sits - timedelta(days=2)
    assert (due - research.remind_at(works, due, SETTINGS, off) < timedelta(days=1)) is listed
    days = SETTINGS.minutes_daily_days if listed else SETTINGS.minutes_marac_days
    assert due_on(works, sits.date(), SETTINGS, off) > sits.date() and days > 0
    for state in MeetingState:
        assert research.over_words(works, state)


def kept(app: Flask, area_id: object, panel: Panel, state: MeetingState) -> MeetingRow:
    closed = NOW if state is not MeetingState.OPEN else None
    with saved():
        row = a_meeting(panel, state, area_id=area_id, closed_at=closed, ended_at=closed)
        row.closed_at = closed and closed - timedelta(minutes=5)
        db.session.add(row)
    return row


@pytest.mark.parametrize("panel", [DRAMM, MARAC, TRIAGE, ESP], ids=lambda one: one.code)
@pytest.mark.parametrize("state", MeetingState)
def test_R3_the_database_is_asked_as_the_rules_are(
    core_app: Flask, area_id: object, panel: Panel, state: MeetingState
) -> None:
    """M1: no case falls off a panel because a query knew two of them by their names."""
    row = kept(core_app, area_id, panel, state)
    host, at = Host(row.area_id), (panel.works, state)
    taking = db.session.scalars(select(MeetingRow.id).where(research_told.TAKES)).all()
    assert (row.id in taking) is (at in TAKES_RESEARCH)
    over = db.session.scalars(select(MeetingRow.id).where(minutes_due.over(host))).all()
    assert (row.id in over) is (at in ENDED), "one that did not sit decided nothing"
    if state is not MeetingState.CANCELLED:
        assert minutes.has_ended(host, row) is (at in ENDED)
    told = meeting_record.record(host, row.id)
    assert told is not None and told.works is panel.works and told.kind == panel.code
    assert told.ended_at == (row.ended_at if panel.works is Works.AGENDA else row.closed_at)
    assert db.session.scalar(select(ItemRow.id)) is None


def test_of_a_meeting_of_another_panel_it_is_said_how_it_works(core_app: Flask, area_id: object) -> None:
    told = {"area_id": area_id, "sits_on": TODAY, "starts_at": NOW, "state": "open", "built_at": NOW}
    for panel in BUILT_IN:
        with saved():
            row = MeetingRow(id=uuid4(), kind=panel.code, **told)
            db.session.add(row)
        assert (row.works, row.family) == (panel.works, panel.family)
    with pytest.raises(StatementError, match="ESP"), saved():
        db.session.add(MeetingRow(id=uuid4(), kind="ESP", **told))


def test_E1_no_branch_asks_for_a_panel_by_its_name_but_those_with_a_reason() -> None:
    found = {
        path.relative_to(HOUSE).as_posix()
        for room in ("agenda", "minutes", "notifications", "meetingsvc")
        for path in (HOUSE / room).rglob("*.py")
        if "migrations" not in path.parts and any(_by_name(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == ONE_PANEL.keys() | BY_WORDS


#: `"MARAC"` in place of the name.
BY_WORDS = {"meetingsvc/usecases/transfer_handover.py"}


def _by_name(module: ast.Module) -> Iterator[ast.Compare]:
    """Comparisons with a panel: `kind == MeetingKind.MARAC`, `kind == "DRAMM"`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            told = ast.unparse(node)
            equal = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot)
            if equal and "kind" in told and ("MeetingKind" in told or "'DRAMM'" in told or "'MARAC'" in told):
                yield node
