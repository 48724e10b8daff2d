"""Three months of Northmoor: its panel, its incidents day by day, two MARACs heard and one agenda open."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from agenda import calendar
from agenda.area import AreaSettings
from agenda.feed_content import COLUMNS
from agenda.history import SPEC
from meetingsvc import holidays
from meetingsvc.demo import addresses as demo_addresses
from meetingsvc.demo import (
    confirmations,
    emergency,
    exploitation,
    feedback,
    fitting,
    flags,
    governance,
    intake,
    live,
    matching,
    meeting_record,
    minutes,
    need_to_know,
    people,
    referrals,
    research,
    retention,
    schemes,
    sharing,
    third_parties,
    transfers,
)
from meetingsvc.demo.chance import for_day
from meetingsvc.demo.decisions import decide
from meetingsvc.demo.panel import AGENCIES, CHAIR, COORDINATOR, PEOPLE, PersonTold, email_of, secret_of
from meetingsvc.invented import incidents
from meetingsvc.invented.families import Family, families
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, audit, case_numbers, demo
from meetingsvc.store import areas as area_store
from meetingsvc.store.lists import daily_list
from meetingsvc.usecases import (
    accounts,
    actions,
    agencies,
    areas,
    factors,
    feed,
    history,
    list_changes,
    marac,
    marac_publishing,
    outcomes,
    packs,
)
from meetingsvc.usecases.transaction import saved
from minutes.actions import Status

AREA, TITLE = "northmoor", "Northmoor"
PASSWORD = "an invented panel"  # noqa: S105 printed at start, for the demonstration alone
A_DAY, A_FORTNIGHT, A_QUARTER = timedelta(days=1), timedelta(days=14), timedelta(days=92)
MEGABYTE = 1024 * 1024
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the story, worked back from the day it is told."""

    told_on: date
    list_day: date  # the next list to build
    marac: date  # of the open agenda
    goes_live: date  # the first list

    @classmethod
    def of(cls, today: date) -> "Calendar":
        """The open agenda's MARAC is on a Thursday some days ahead, those heard two weeks and four before."""
        off = holidays.known()
        list_day = calendar.working_day_from(today, off)
        marac_day = today + timedelta(days=(3 - today.weekday()) % 7 + 7)
        before_first = calendar.working_day_from(marac_day - 3 * A_FORTNIGHT, off)
        return cls(today, list_day, marac_day, calendar.next_working_day(before_first, off))

    def list_days(self) -> Iterator[date]:
        """The days whose list is built, oldest first."""
        day = self.goes_live
        while day < self.list_day:
            yield day
            day = calendar.next_working_day(day, holidays.known())

    def published_on(self) -> dict[date, date]:
        """When the agendas of the two heard MARACs were shared, and the day each sat."""
        off = holidays.known()
        heard = [calendar.working_day_from(self.marac - back * A_FORTNIGHT, off) for back in (2, 1)]
        return {calendar.add_working_days(day, -6, off): day for day in heard}


def feed_path(data_dir: Path) -> Path:
    """Where the messy feed lies that waits to be uploaded."""
    return data_dir / "demo" / "police-feed.csv"


def tell(now: datetime, data_dir: Path, say: Say) -> None:
    """Makes the whole area, and leaves a messy feed to be uploaded: the same each time."""
    days = Calendar.of(calendar.local_day(now))
    before = case_numbers.dice.set(for_day(days.goes_live, "case numbers"))
    try:
        _tell(days, now, data_dir, say)
    finally:
        case_numbers.dice.reset(before)


def _tell(days: Calendar, now: datetime, data_dir: Path, say: Say) -> None:
    say("Making Northmoor, its sixteen agencies and their people …")
    area_id = _found(days)
    known = families(420, days.told_on, for_day(days.goes_live, "families"))
    _import_past(area_id, days, known)
    for day in days.list_days():
        _live_through(area_id, days, day, known)
    _tell_addresses(day)
    _tell_who_may_open(area_id, day)
    _refer(day)
    _record_orders(area_id, day)
    _ask_in_an_emergency(area_id, day)
    _transfer(days, day)
    fitting.tell(_who(COORDINATOR, _at(day, time(17, 45))), _at(day, time(17, 45)))
    _govern(days, day)
    _meet_on_children(days, now)
    say(f"Two MARACs heard, and the agenda of {calendar.day_words(days.marac)} taking referrals.")
    _leave_messy_feed(days, known, now, feed_path(data_dir))


def _found(days: Calendar) -> UUID:
    made = _at(days.goes_live - A_FORTNIGHT, time(9))
    settings = AreaSettings(
        marac_anchor=days.marac,
        marac_minutes=180,  # less than its cases take: the agenda says what to move
        public_form=True,
        child_call="Northmoor Front Door, 01632 960 300",
        coordinator_call="01632 960 310",
        privacy_controller="Northmoor Council",
        privacy_officer="dpo@northmoor.example, 01632 960 320",
        notify_from=days.told_on - 3 * A_DAY,
    )
    area_id = areas.create(AREA, days.goes_live, made, TITLE, settings)
    signed_on, host = made.date() - A_QUARTER, audit.COMMAND_LINE
    with saved():
        ids = {
            name: agencies.create(area_id, name, kind, signed_on, host, made, attends_daily=daily)
            for name, kind, daily in AGENCIES
        }
        for person in PEOPLE:
            email = email_of(person)
            account_id = accounts.create(
                ids[person.agency], person.role, person.name, email, PASSWORD, host, made
            )
            factors.give_totp(account_id, secret_of(person), made)
    return area_id


def _import_past(area_id: UUID, days: Calendar, known: list[Family]) -> None:
    """What MARACs heard before the service, and the incidents of the weeks before its first list."""
    made = _at(days.goes_live - A_FORTNIGHT, time(10))
    heard = [
        incidents.history_row(number, family, on)
        for number, (family, on) in enumerate(_heard_before(days, known), 1)
    ]
    register = io.BytesIO(incidents.as_csv(heard, SPEC.columns))
    history.take_in(area_id, register, "marac-register.csv", MEGABYTE, made, made.date())
    start, end = _at(days.told_on - A_QUARTER, time(8)), _at(days.goes_live, time(8)) - A_DAY * 4
    rows = _rows(start, end, known, for_day(days.goes_live, "before"))
    _take_in(area_id, "backlog.csv", rows, made)


def _heard_before(days: Calendar, known: list[Family]) -> list[tuple[Family, date]]:
    chance = for_day(days.goes_live, "past")
    return [
        (family, days.goes_live - timedelta(days=chance.randrange(20, 480)))
        for family in chance.sample(known, 60)
    ]


def _take_in(
    area_id: UUID, filename: str, rows: Iterator[dict[str, str]], now: datetime, by: UUID | None = None
) -> None:
    sent = io.BytesIO(incidents.as_csv(rows, COLUMNS))
    feed.take_in(area_id, sent, filename, 9 * MEGABYTE, now, by)


def _live_through(area_id: UUID, days: Calendar, day: date, known: list[Family]) -> None:
    """One morning: the feed comes, the list is built, the meeting decides; a MARAC may be published."""
    window, early = calendar.window(day, AreaSettings(), holidays.known()), _at(day, time(8, 10))
    coordinator = _who(COORDINATOR, early)
    rows = _rows(window.start, window.end, known, for_day(day, "incidents"))
    _take_in(area_id, f"feed-{day}.csv", rows, early, coordinator.account_id)
    last = calendar.next_working_day(day, holidays.known()) >= days.list_day
    if last or day == days.goes_live:
        at = _local(window.end - timedelta(hours=3))
        back = matching.comes_back(_heard_before(days, known), at, last, for_day(day, "comes back"))
        _take_in(area_id, f"feed-{day}-later.csv", back, early, coordinator.account_id)
    list_changes.build(coordinator, day, early)
    matching.decide(coordinator, _who(CHAIR, early), day, last, early)
    if last:
        at = _at(day, time(9, 30))
        research.tell(_who(PEOPLE[3], at), _who(PEOPLE[5], at), _who(PEOPLE[6], at), day, at)
    _meet(coordinator, area_id, day, half=last)
    _settle(coordinator, day)
    meeting_record.daily(coordinator, day, _at(day, time(11)), for_day(day, "who came"), clock=last)
    if not last:
        list_changes.close(coordinator, day, _at(day, time(12, 30)))
    if day in days.published_on().values():
        meeting_record.marac(coordinator, day, _at(day, time(9, 30)), for_day(day, "marac"))
    at = _at(day, time(14, 30))
    schemes.live(_who(PEOPLE[2], early), _who(CHAIR, early), day, days.list_day, at)
    if not last:
        minutes.tell(coordinator, _who(CHAIR, early), day, days.list_day, _at(day, time(14)))
    _after(day, last)
    if sits_on := days.published_on().get(day):
        _publish(sits_on, _at(day, time(15)))


def _after(day: date, last: bool) -> None:
    """Victims are told what was decided, and agencies flag them in their records."""
    if not last:
        told_at = _at(day, time(16))
        feedback.tell(_who(PEOPLE[3], told_at), day, told_at, for_day(day, "telling"))
    evening = _at(day, time(18))
    flags.tell([_who(PEOPLE[place], evening) for place in (2, 3)], evening)


def _meet(coordinator: Principal, area_id: UUID, day: date, half: bool) -> None:
    """Outcomes for every case, or for the first half where the meeting is still going on."""
    told, chance = daily_list(coordinator, area_id, day), for_day(day, "outcomes")
    if told is None:
        raise LookupError(day)
    ids = {agency.name: agency.id for agency in area_store.agencies(area_id)}
    items = told.items[: len(told.items) // 2] if half else told.items
    for minute, item in enumerate(items):
        recording = schemes.decided(item, decide(item.risk, item.repeat, day, ids, chance))
        recording = live.disclosed(recording, ids, for_day(day, f"crimes {minute}"))
        outcomes.record(coordinator, item.id, recording, _at(day, time(11)) + timedelta(minutes=minute))
    if half:
        live.typing(coordinator, area_id, day, _at(day, time(11, 59)))


def _tell_addresses(day: date) -> None:
    now = _at(day, time(15, 30))
    police, health = PEOPLE[2], PEOPLE[6]
    demo_addresses.tell(_who(COORDINATOR, now), _who(health, now), _who(police, now), now)
    intake.tell(_who(COORDINATOR, now), _who(health, now), _who(police, now), now + timedelta(minutes=10))
    people.tell(_who(COORDINATOR, now), _who(health, now), _who(police, now), now + timedelta(minutes=20))


def _refer(day: date) -> None:
    now, referrer = _at(day, time(16, 30)), next(one for one in PEOPLE if one.role is Role.REFERRER)
    referrals.tell(_who(referrer, now), _who(PEOPLE[7], now), _who(COORDINATOR, now), now)


def _tell_who_may_open(area_id: UUID, day: date) -> None:
    now = _at(day, time(16))
    coordinator, police, idva, housing = (_who(PEOPLE[place], now) for place in (0, 2, 3, 7))
    with acting.acting(coordinator):
        told = daily_list(coordinator, area_id, day)
    if told is not None:
        need_to_know.tell(coordinator, idva, police, housing, told.items, PASSWORD, now)


def _record_orders(area_id: UUID, day: date) -> None:
    now = _at(day, time(17))
    police = _who(PEOPLE[2], now)
    with acting.acting(police):
        told = daily_list(police, area_id, day)
    if told is not None:
        schemes.record_orders(police, [item.case_id for item in told.items[:2]], now)


def _ask_in_an_emergency(area_id: UUID, day: date) -> None:
    now = _at(day, time(17, 15))
    police = _who(PEOPLE[2], now)
    with acting.acting(police):
        told = daily_list(police, area_id, day)
    if told is not None:
        emergency.tell(police, _who(CHAIR, now), [item.case_id for item in told.items], now)


def _transfer(days: Calendar, day: date) -> None:
    now = _at(day, time(17, 30))
    transfers.tell(_who(COORDINATOR, now), _who(CHAIR, now), days.goes_live, PASSWORD, now)


def _govern(days: Calendar, day: date) -> None:
    """What is asked for, disputed and kept: each at a point where somebody has to do something."""
    asked, wrong, old = (_at(day, wall) for wall in (time(18, 15), time(19, 30), time(20, 30)))
    people = {person.handle: _who(person, asked) for person in PEOPLE}
    third_parties.tell(people, asked)
    governance.tell(people, wrong, _at(days.told_on - A_DAY, time(19, 30)))
    retention.tell(people, days.goes_live, old)
    sharing.long_ago(people["governance"], _at(day, time(21)))


def _meet_on_children(days: Calendar, now: datetime) -> None:
    people = {person.handle: _who(person, now) for person in PEOPLE}
    exploitation.tell(people, exploitation.Days.of(days.told_on), now)


_EVIDENCE = (
    "Recorded on our own system, and the worker confirmed it by telephone.",
    "Letter seen; the next appointment is kept.",
    "Done at the visit, and written up the same day.",
)


def _settle(coordinator: Principal, day: date) -> None:
    """What was due by now is done, for the most part; the rest is overdue."""
    chance, now = for_day(day, "actions"), _at(day, time(14))
    for action_id in demo.actions_due(coordinator, day):
        if chance.random() < 0.6:
            actions.set_status(coordinator, action_id, Status.DONE, chance.choice(_EVIDENCE), now)
        elif chance.random() < 0.1:
            moved = "The family has moved to another area."
            actions.set_status(coordinator, action_id, Status.NOT_POSSIBLE, moved, now)


def _publish(sits_on: date, now: datetime) -> None:
    coordinator, chair = _who(COORDINATOR, now), _who(CHAIR, now)
    meeting_id = demo.marac_on(coordinator, sits_on)
    if meeting_id is None:
        return
    marac.close(coordinator, meeting_id, now)
    marac_publishing.publish(chair, meeting_id, now)
    for later, person in enumerate(PEOPLE[2:12], 1):
        reader, at = _who(person, now), now + timedelta(minutes=7 * later)
        for pack_id in demo.packs_of(meeting_id):
            if made := packs.make_copy(reader, pack_id, 0, at):
                packs.fetch(reader, made.copy_id, at)
    confirmations.tell([_who(person, now) for person in PEOPLE[2:10]], meeting_id, now + timedelta(days=1))


def _leave_messy_feed(days: Calendar, known: list[Family], now: datetime, path: Path) -> None:
    window = calendar.window(days.list_day, AreaSettings(), holidays.known())
    end = min(window.end, now)
    chance = for_day(days.list_day, "messy")
    rows = [
        incidents.row(
            700_000 + number, chance.choice(known), _local(window.start + (end - window.start) * part), chance
        )
        for number, part in enumerate(sorted(chance.random() for _ in range(90)))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(incidents.messy(rows, COLUMNS))


def _rows(start: datetime, end: datetime, known: list[Family], chance: Random) -> Iterator[dict[str, str]]:
    """Some ten incidents a day, each numbered by its minute, so that no two are alike."""
    for _ in range(max(1, round((end - start) / A_DAY * 10))):
        at = _local(start + (end - start) * chance.random())
        if at.hour != 1:  # the hour that a clock change skips or doubles
            yield incidents.row(int(at.timestamp()) // 60 % 600_000, chance.choice(known), at, chance)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(calendar.LONDON).replace(tzinfo=None, second=0, microsecond=0)


def _at(day: date, wall: time) -> datetime:
    return calendar.to_utc(datetime.combine(day, wall)).astimezone(UTC)


def _who(person: PersonTold, now: datetime) -> Principal:
    found = account_store.by_email(email_of(person))
    principal = account_store.principal(found.account_id, now) if found else None
    if principal is None:
        raise LookupError(person.handle)
    return principal
