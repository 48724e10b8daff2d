"""The demonstration: whole, the same each time, and something on every page."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agenda import calendar
from agenda.agencies import AgencyKind
from agenda.feed import open_feed
from agenda.feed_table import Rejected
from agenda.incidents import Risk
from agenda.list_output import as_json
from meetingsvc import holidays
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.demo import exploitation, story
from meetingsvc.demo.chance import for_day
from meetingsvc.demo.panel import AGENCIES, PEOPLE
from meetingsvc.invented.families import families
from meetingsvc.models import (
    AccountRow,
    BreachRow,
    ComplaintRow,
    DestructionRow,
    DisclosureReleaseRow,
    HoldRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    PackCopyRow,
    RestrictionRow,
    SharingReviewRow,
    SharingRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    accounts,
    acting,
    agreements,
    areas,
    audit,
    care_documents,
    disagreements,
    exploitation_page,
    exploitation_referrals,
    lists,
    schema,
    subject_traits,
    subjects,
)
from meetingsvc.store import disclosure_schemes as schemes
from meetingsvc.store.acting import Host
from meetingsvc.web import disclosure_parts, episode_lines, home_governance, retention_parts
from minutes.screen_only import Way
from tests.proofs import LONG
from tests.servers.databases import Copies

pytestmark = pytest.mark.one_database
#: Of so many of its days the short form tells the story again; the long form to its end.
AGAIN = 3
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Enough(Exception):
    """So much of it is told."""


@contextmanager
def begun(stop: bool) -> Iterator[list[object]]:
    """What the lists of the first days say once these are told; then it goes on, or stops."""
    found: list[object] = []
    whole = story.Calendar.list_days

    def days(calendar: story.Calendar) -> Iterator[date]:
        for place, day in enumerate(whole(calendar)):
            if place == AGAIN and not found:
                found.extend(lists_of(list(whole(calendar))[:AGAIN]))
                db.session.rollback()
                if stop:
                    raise Enough
            yield day

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(story.Calendar, "list_days", days)
        yield found


#: What its lists said when the story of `told` had come so far.
so_far: list[object] = []


@pytest.fixture(scope="module")
def told(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Northmoor, as it stands on a Saturday, told once and only read; where its messy feed lies."""
    url, folder = copies.make(), tmp_path_factory.mktemp("northmoor")
    app = create_core(Settings(url, folder, secret_key="k" * 32))
    with app.app_context(), acting.service():
        with begun(stop=False) as found:
            story.tell(SATURDAY, folder, lambda words: None)
        so_far[:] = found
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


def somebody(handle: str) -> Principal:
    """As they sign in that morning."""
    found = accounts.by_email(f"{handle}@northmoor.example")
    who = accounts.principal(found.account_id, SATURDAY) if found else None
    assert who is not None
    return who


def waits_for(handle: str) -> list[str]:
    """The lines about third parties, breaches, complaints and disagreements on somebody's first page."""
    who = somebody(handle)
    with acting.acting(who):
        requests = [one.what for one in disclosure_parts.on_home(who, SATURDAY)]
        return requests + [line.title for line in home_governance.of(who, SATURDAY)]


@pytest.mark.slow
def test_X2_V2_V3_V4_what_is_asked_for_and_disputed_waits_on_the_right_persons_first_page(told: Path) -> None:
    assert sorted(waits_for("chair")) == [
        "Agencies in one case alone", "Complaints", "Disagreements", "your decision", "your decision"
    ]  # fmt: skip
    assert "your agency’s answer" in waits_for("police")
    assert "Disagreements" in waits_for("idva") and "Disagreements" in waits_for("childrens")
    assert waits_for("governance") == ["Breaches", "Complaints"]
    assert "Disagreements" in waits_for("coordinator")
    coordinator = somebody("coordinator")
    with acting.acting(coordinator):
        (one,) = disagreements.waiting(coordinator)
    assert one.told.stage.startswith("3.")


@pytest.mark.slow
def test_C4_Y1_one_application_is_late_and_one_decision_waits_for_the_chair(told: Path) -> None:
    chair = somebody("chair")
    with acting.acting(chair):
        waiting = schemes.waiting(chair)
    assert len([one for one in waiting if one.to_confirm]) == 1
    assert [due.what for one in waiting for due in one.late(SATURDAY)] == ["Minimum checks"]


@pytest.mark.slow
def test_V1_agreements_are_late_due_soon_and_at_an_end(told: Path) -> None:
    governance = somebody("governance")
    with acting.acting(governance):
        waiting = agreements.chased(governance, SATURDAY.date())
    assert [one.agency for one in waiting.overdue] == ["Fellside Mental Health"]
    assert [one.agency for one in waiting.soon] == ["Lantern Rape Support"]
    assert [one.agency for one in waiting.not_cleared] == ["Brackenfield Mediation"]
    assert [one.agency for one in waiting.untold] == ["Brackenfield Mediation"]


@pytest.mark.slow
def test_L1_yearly_reviews_are_due_proposed_held_and_carried_out(told: Path) -> None:
    coordinator = somebody("coordinator")
    with acting.acting(coordinator):
        reviews = retention_parts.on_home(coordinator, SATURDAY.date(), SATURDAY)
    assert reviews.due and reviews.proposed == 1
    assert db.session.scalars(select(HoldRow.why)).all() == ["court"]
    assert db.session.scalars(select(DestructionRow.outcome)).all() == ["destroy"]


@pytest.mark.slow
def test_X6_V2_V3_K4_each_register_has_something(told: Path) -> None:
    released = select(DisclosureReleaseRow.recipient).where(DisclosureReleaseRow.released_at.is_not(None))
    assert len(db.session.scalars(released).all()) == 1
    assert len(db.session.scalars(select(BreachRow.id)).all()) == 1
    assert len(db.session.scalars(select(ComplaintRow.id)).all()) == 1
    assert sorted(db.session.scalars(select(SharingRow.state))) == [
        "being considered", *["not to be shared"] * 4, "to be shared",
    ]  # fmt: skip


@pytest.mark.slow
def test_L1_K4_decisions_on_no_case_are_due_kept_and_proposed_to_be_destroyed(told: Path) -> None:
    governance, chair = somebody("governance"), somebody("chair")
    assert sorted(db.session.scalars(select(SharingReviewRow.step))) == ["keep", "propose to destroy"]
    with acting.acting(governance):
        on_home = retention_parts.on_home(governance, SATURDAY.date(), SATURDAY)
    assert (on_home.sharing, on_home.sharing_overseen) == (1, 0), "nobody agrees to what they proposed"
    with acting.acting(chair):
        assert retention_parts.on_home(chair, SATURDAY.date(), SATURDAY).sharing_overseen == 1


@pytest.mark.slow
def test_E1_a_list_of_children_waits_to_be_held_an_agenda_comes_and_somebody_is_missing(told: Path) -> None:
    runs, (held, latest) = somebody("exploitation"), (date(2026, 11, 19), date(2026, 11, 20))
    with acting.acting(runs):
        there = {code: exploitation_page.meetings(runs, code, 9) for code in ("DREAM", "ESP", "MACE")}
        assert [(one.day, one.words) for one in there["DREAM"]] == [(latest, "Open"), (held, "Over")]
        assert [(one.day, one.words) for one in there["ESP"]] == [(date(2026, 11, 25), "Not shared yet")]
        lines = {line.name: line for line in exploitation_page.lines(runs, there["DREAM"][0].id)}
        (sent_up,) = exploitation_page.lines(runs, there["ESP"][0].id)
        assert exploitation_referrals.waiting(runs) == (1, 0), "one is still to be taken in"
        home = episode_lines.on_home(runs, SATURDAY)
    expected = {exploitation.FRIEND, exploitation.GROWN, exploitation.NIGHT}
    assert set(lines) == {f"{forename} {surname}" for surname, forename, _ in expected}
    assert sent_up.name.endswith(exploitation.MISSING[0]) and sent_up.level is Risk.HIGH
    assert (home.missing, home.due + home.late) == (1, 1)


@pytest.mark.slow
def test_E2_E4_two_children_have_a_park_a_van_and_a_name_in_common_and_social_care_gave_a_document(
    told: Path,
) -> None:
    runs, social_care, other = somebody("exploitation"), somebody("childrens"), somebody("coordinator")
    with acting.acting(runs):
        known = {one.name: one.id for one in subjects.every(runs)}
        child, friend = (known[f"{who[1]} {who[0]}"] for who in (exploitation.MISSING, exploitation.FRIEND))
        said = [{one.text for one in subject_traits.of(runs, case)} for case in (child, friend)]
    assert exploitation.PARK in known and f"Darrik {exploitation.PERSON}" in known
    assert said[0] & said[1] >= {exploitation.VAN, exploitation.NICKNAME}
    with acting.acting(social_care):
        assert len(care_documents.listed(social_care, child, Way.SCREEN)) == 1
    with acting.acting(other):
        assert not subjects.every(other), "who runs domestic abuse alone reads none of it"


@pytest.mark.slow
def test_the_story_is_the_same_each_time(told: Path, tmp_path: Path) -> None:
    """Its first days, in the short form: who is who, three months of incidents, and the lists up to there."""
    assert so_far
    if LONG:
        assert (lists_told(), told.read_bytes()) == told_again(tmp_path)[1:]
    else:
        assert so_far == told_again(tmp_path)[0]


def told_again(folder: Path) -> tuple[list[object], list[object], bytes]:
    """The lists of a Northmoor made afresh, of its first days and at its end, and the feed it leaves."""
    lists, feed = list[object](), b""
    app = create_core(Settings(f"sqlite:///{folder}/northmoor.db", folder, secret_key="k" * 32))
    with app.app_context(), acting.service():
        schema.bring_up_to_date()
        with begun(stop=not LONG) as first, suppress(Enough):
            story.tell(SATURDAY, folder, lambda words: None)
            lists, feed = lists_told(), story.feed_path(folder).read_bytes()
        db.session.remove()
        db.engine.dispose()
    return first, lists, feed


def lists_told() -> list[object]:
    """Every list, as other programs read it."""
    return lists_of(list(story.Calendar.of(calendar.local_day(SATURDAY)).list_days()))


def lists_of(days: list[date]) -> list[object]:
    area = areas.by_name(story.AREA)
    assert area is not None
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
