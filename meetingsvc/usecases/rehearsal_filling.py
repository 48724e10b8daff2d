"""The invented cases of a rehearsal: a daily list with them, and a MARAC whose agenda is shared."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import calendar, timetable
from agenda.agencies import Agency, AgencyKind
from agenda.area import AreaSettings
from agenda.circulation import propose
from agenda.daily_list import ListedItem
from agenda.feed_content import COLUMNS
from agenda.incidents import Risk
from agenda.meetings import MeetingState, Window
from agenda.pack import NoteKind
from agenda.rehearsal import Plan
from meetingsvc import holidays
from meetingsvc.invented import incidents
from meetingsvc.invented.families import Family, families
from meetingsvc.models import MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, lists, rehearsals
from meetingsvc.usecases import feed, list_changes, marac, marac_publishing, outcomes
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.notes import Note
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Recording

_MEGABYTES = 9 * 1024 * 1024
_SAFER = 0.3  # of the cases, those that go to the MARAC as updates only (C3)
_MANY = 3  # families are invented for each case: some have a name that somebody on the panel has
_SHARED = (
    (
        NoteKind.FACT,
        "Own records",
        "Known to us for two years. The last contact was a fortnight ago, by phone.",
    ),
    (NoteKind.OPINION, "Key worker's notes", "The key worker thinks that it is getting more frequent."),
    (NoteKind.FACT, "Telephone call", "Wants support, and to stay in the home if it can be made safe."),
)
_AGREED = (
    (AgencyKind.IDVA_SERVICE, Category.VICTIM, "Contact the victim, and offer support and safety planning"),
    (AgencyKind.POLICE, Category.PERPETRATOR, "Look at bail conditions, and tell the meeting"),
)


@dataclass(frozen=True, slots=True)
class Days:
    """When what is rehearsed happens."""

    before: date  # the daily list whose cases were referred to the MARAC
    daily: date  # the daily list to rehearse: the latest whose window is over
    marac: date  # it sits today, whatever day that is
    marac_starts_at: datetime
    working: date  # the first day on which a MARAC could be planned
    windows: tuple[Window, Window]  # of the two lists

    @property
    def window_start(self) -> datetime:
        """What the area takes in from."""
        return self.windows[0].start


def days(settings: AreaSettings, now: datetime) -> Days:
    """As the day and the hour are."""
    known, today = holidays.known(), calendar.local_day(now)
    off = calendar.days_off(settings, known)
    day = calendar.working_day_from(today, off)
    while calendar.window(day, settings, known).end > now:
        day = calendar.previous_working_day(day, off)
    before = calendar.previous_working_day(day, off)
    windows = calendar.window(before, settings, known), calendar.window(day, settings, known)
    starts_at = timetable.marac_starts_at(today, settings)
    return Days(before, day, today, starts_at, calendar.working_day_from(today, off), windows)


def fill(coordinator: Principal, plan: Plan, days: Days, now: datetime) -> int:
    """Invents the cases and puts them before the meetings, as the rehearsal's coordinator; says how many."""
    # What is invented is no secret, and is to differ from one rehearsal to the next.
    chance = Random(coordinator.area_id.int)  # noqa: S311
    known = _nobodys(coordinator, plan.cases * 2, now, chance)
    heard, new = known[: plan.cases], known[plan.cases :]
    rows = [*(_rows(heard, days.windows[0], True, chance) if plan.marac else ()),
            *(_rows(new, days.windows[1], False, chance) if plan.daily else ())]  # fmt: skip
    sent = io.BytesIO(incidents.as_csv(rows, COLUMNS))
    feed.take_in(coordinator.area_id, sent, "invented.csv", _MEGABYTES, now, coordinator.account_id)
    if plan.marac:
        _marac(coordinator, days, now, chance)
    if plan.daily:
        list_changes.build(coordinator, days.daily, now)
    return len(rows)


def _nobodys(coordinator: Principal, count: int, now: datetime, chance: Random) -> list[Family]:
    """Families of whom nobody has a name that somebody of the panel has: no wall comes of chance."""
    taken = {account.name.split()[-1].casefold() for account, _ in rehearsals.people(coordinator.area_id)}
    invented = families(count * _MANY, calendar.local_day(now), chance)
    free = [
        one
        for one in invented
        if not {one.victim.surname.casefold(), one.perpetrator.surname.casefold()} & taken
    ]
    return free[:count]


def _rows(known: Sequence[Family], window: Window, high: bool, chance: Random) -> Iterator[dict[str, str]]:
    """One incident of each family, spread over the window, that the list takes (Rulebook T2, T4)."""
    step = (window.end - window.start) / (len(known) + 1)
    for number, family in enumerate(known, 1):
        at = (window.start + step * number).astimezone(calendar.LONDON)
        if at.hour == 1:  # the hour that a clock change skips or doubles
            at += timedelta(hours=1)
        risk = "high" if high else chance.choice(("high", "medium", "medium"))
        serial = number + (50_000 if high else 0)
        told = incidents.row(serial, family, at.replace(tzinfo=None, second=0, microsecond=0), chance, risk)
        yield told | {"domestic": "Y", "victim_consents_to_share": "Y"}


def _marac(coordinator: Principal, days: Days, now: datetime, chance: Random) -> None:
    """The daily meeting before referred every case; the agenda is closed and shared, and sits today."""
    list_changes.build(coordinator, days.before, now)
    with acting.acting(coordinator):
        listed = lists.daily_list(coordinator, coordinator.area_id, days.before)
        known = areas.agencies(coordinator.area_id)
        agencies = [one for one in known if one.attends_marac] or known
    for item in listed.items if listed else ():
        told = _referred(item, agencies, days.marac, chance)
        outcomes.record(coordinator, item.id, told, now)
    _over(coordinator.area_id, days.before, now)
    meeting_id = marac.plan(coordinator, days.working, now)
    with saved(), acting.whole_area(coordinator.area_id):
        meeting = db.session.get_one(MeetingRow, meeting_id)
        meeting.sits_on, meeting.starts_at = days.marac, days.marac_starts_at
    marac.close(coordinator, meeting_id, now)
    marac_publishing.publish(coordinator, meeting_id, now)


def _over(area_id: UUID, day: date, now: datetime) -> None:
    """The meeting before is closed as it stands: its record is not what is rehearsed."""
    with saved(), acting.whole_area(area_id):
        row = MeetingRow
        for meeting in db.session.scalars(select(row).where(row.area_id == area_id, row.sits_on == day)):
            meeting.state, meeting.closed_at = MeetingState.CLOSED, now


def _referred(item: ListedItem, agencies: Sequence[Agency], day: date, chance: Random) -> Recording:
    """What the daily meeting made of a case: high risk, some with safeguards in place, two actions."""
    in_place = chance.random() < _SAFER
    held = {Safeguard.SUPPORT: "Agreed to a second call"} if in_place else {}
    outcome = Outcome(
        risk=Risk.HIGH,
        safeguards=tuple(Tick(one, one in held, held.get(one, "")) for one in Safeguard),
        in_place=in_place,
        refer=True,
        group=propose(False, item.repeat, in_place).group,
        notes="Invented for a rehearsal.",
    )
    due = calendar.add_working_days(day, 2, holidays.known())
    by_kind = {one.kind: one.id for one in reversed(agencies)}
    actions = {
        uuid4(): Action(category, by_kind.get(kind, agencies[0].id), what, due)
        for kind, category, what in _AGREED
    }
    agency = chance.choice(list(agencies))
    kind, source, text = chance.choice(_SHARED)
    notes = {uuid4(): Note(agency.id, "An invented worker", kind, source, text)}
    return Recording(0, outcome, actions, notes=notes)
