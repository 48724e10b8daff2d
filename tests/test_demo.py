"""The demonstration: whole, the same each time, and something on every page."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agenda import calendar
from agenda.agencies import AgencyKind
from agenda.feed import open_feed
from agenda.feed_table import Rejected
from agenda.list_output import as_json
from meetingsvc import holidays
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.demo import story
from meetingsvc.demo.chance import for_day
from meetingsvc.demo.panel import AGENCIES, PEOPLE
from meetingsvc.invented.families import families
from meetingsvc.models import (
    AccountRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    PackCopyRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, areas, audit, lists, schema
from meetingsvc.store.acting import Host
from tests.servers.databases import Copies

pytestmark = pytest.mark.one_database
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Northmoor, as it stands on a Saturday, told once and only read; where its messy feed lies."""
    url, folder = copies.make(), tmp_path_factory.mktemp("northmoor")
    app = create_core(Settings(url, folder, secret_key="k" * 32))
    with app.app_context(), acting.service():
        story.tell(SATURDAY, folder, lambda words: None)
        yield story.feed_path(folder)
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


@pytest.mark.slow
def test_every_page_has_something_to_show(told: Path) -> None:
    kinds = select(MeetingRow.kind, MeetingRow.state, func.count()).group_by(
        MeetingRow.kind, MeetingRow.state
    )
    meetings = {(kind, state): count for kind, state, count in db.session.execute(kinds)}
    assert meetings["MARAC", "heard"] == 2 and meetings["MARAC", "open"] == 1, "both were ended"
    assert meetings["DRAMM", "open"] == 1 and meetings["DRAMM", "closed"] >= 15
    assert set(db.session.scalars(select(AccountRow.role))) >= set(Role) - {Role.POLICE_SERVICE}
    recorded = db.session.scalars(select(IncidentRow.recorded_at)).all()
    assert max(recorded) - min(recorded) > timedelta(days=85), "three months of incidents"
    held = select(func.count(ItemRow.id)).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    open_agenda = held.where(MeetingRow.kind == "MARAC", MeetingRow.state == "open")
    assert (db.session.scalar(open_agenda) or 0) > 10
    assert db.session.scalar(select(func.count(PackCopyRow.id))) == 20
    assert audit.verify()[1] is None
    with told.open("rb") as stream:
        feed = open_feed(stream, 10**6)
        rejected = [row for row in feed.rows() if isinstance(row, Rejected)]
    assert len(rejected) == 4 and len(feed.warnings) >= 2, "the feed to upload is a messy one"


@pytest.mark.slow
def test_M6_who_may_open_which_case_has_something_on_every_page(told: Path) -> None:
    walls = db.session.execute(select(WallRow.ground, WallRow.state)).all()
    assert set(walls) == {("declared", "stands"), ("party", "stands")}
    states = db.session.execute(select(RestrictionRow.state, RestrictionRow.hides)).all()
    assert sorted(states) == [("proposed", "agencies"), ("restricted", "unnamed")]
    opening = db.session.scalars(select(OpeningRow)).one()
    assert opening.until is not None and opening.reviewed_at is None


@pytest.mark.slow
def test_the_story_is_the_same_each_time(told: Path, tmp_path: Path) -> None:
    assert (lists_told(), told.read_bytes()) == told_again(tmp_path)


def told_again(folder: Path) -> tuple[list[object], bytes]:
    """The lists of a Northmoor made afresh, and the feed it leaves."""
    app = create_core(Settings(f"sqlite:///{folder}/northmoor.db", folder, secret_key="k" * 32))
    with app.app_context(), acting.service():
        schema.bring_up_to_date()
        story.tell(SATURDAY, folder, lambda words: None)
        lists = lists_told()
        db.session.remove()
        db.engine.dispose()
    return lists, story.feed_path(folder).read_bytes()


def lists_told() -> list[object]:
    """Every list, as other programs read it."""
    area = areas.by_name(story.AREA)
    assert area is not None
    days = story.Calendar.of(calendar.local_day(SATURDAY)).list_days()
    found = [lists.daily_list(Host(area.id), area.id, day) for day in days]
    return [as_json(one) for one in found if one]


def test_its_calendar_holds_on_whatever_day_it_is_told() -> None:
    day = date(2026, 1, 1)
    while day < date(2030, 1, 1):
        days = story.Calendar.of(day)
        built = list(days.list_days())
        assert len(built) >= 15 and built[0] == days.goes_live
        assert all(calendar.is_working_day(one, holidays.known()) for one in built)
        published = days.published_on()
        assert len(published) == 2 and set(published) <= set(built), "both agendas are shared on a list day"
        assert max(published.values()) < days.marac and days.marac > day
        day += timedelta(days=1)


def test_sixteen_agencies_of_the_kinds_of_the_protocol_and_everybody_works_for_one() -> None:
    assert len({agency.name for agency in AGENCIES}) == 16
    assert {agency.kind for agency in AGENCIES} == set(AgencyKind)
    assert {person.agency for person in PEOPLE} <= {agency.name for agency in AGENCIES}


def test_no_two_victims_share_name_and_birth_date() -> None:
    known = families(420, date(2026, 11, 21), for_day(date(2026, 10, 23), "families"))
    victims = {(family.victim.surname, family.victim.forename, family.victim.dob) for family in known}
    assert len(victims) == 420
