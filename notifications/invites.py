"""Calendar entries: invitations by mail, the feed people subscribe to, and the answers that come back.

An entry says when, and nothing else: its words are constants, and it names nobody but the one it is for
(Rulebook S2, F3). RFC 5545 tells one sitting from another by UID and RECURRENCE-ID together. A MARAC of the
timetable has the UID of its area's series and the time the timetable gave it, in a mail as in the feed: so
a calendar that holds both shows it once, and a sitting that was moved or cancelled stays the one it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from agenda.calendar import LONDON
from notifications.answers import Answer, NoReply, Reply
from notifications.recipients import domain_of

SUMMARY = "Meeting: sign in for details"
#: Of a day by which something is done for a meeting: which meeting, and what, is told behind the login.
SUMMARY_DAY = "Date for a meeting: sign in for details"
PLACE = "sign in for details"
PRODUCT = "-//Meeting service//EN"
#: Ours, not the library's: that one writes lists which ical.js and Radicale read an hour early in winter.
_LONDON = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19700329T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._@")
_LONGEST = timedelta(hours=24)
#: In bytes: longer than any calendar writes.
LONGEST_REPLY = 64 * 1024
_LONGEST_UID = 200
#: No answer to this service is older: a calendar's own clock can say anything.
_FIRST_YEAR = 2020


class Method(StrEnum):
    """What a mail asks of a calendar. The value is stored, and is what the mail says."""

    REQUEST = "REQUEST"  # put it in, or bring it up to date
    CANCEL = "CANCEL"  # take it out


@dataclass(frozen=True, slots=True)
class Entry:
    """One sitting in a calendar, as it stands at one number of its sequence.

    `replaces` is when the timetable had planned it: its RECURRENCE-ID. None for a sitting of its own.
    """

    uid: str
    sequence: int
    stamped: datetime
    starts: datetime
    minutes: int
    replaces: datetime | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        # What is wrong here would bring people at the wrong hour, or put a name into a calendar.
        _plain(self.uid)
        for moment in (self.starts, self.replaces):
            _wall(moment)
        if self.stamped.tzinfo is None or self.stamped.utcoffset() != timedelta(0):
            raise ValueError("an entry is stamped in UTC")
        if self.sequence < 0 or not timedelta(0) < timedelta(minutes=self.minutes) <= _LONGEST:
            raise ValueError("an entry has a sequence, and lasts a day at most")


@dataclass(frozen=True, slots=True)
class Series:
    """Meetings at one time of day: every so many days, or on these weekdays; but for the days left out.

    `changed` are those of its own meetings that were moved or cancelled, each with its `replaces`.
    """

    uid: str
    stamped: datetime
    first: datetime
    until: datetime
    minutes: int
    every_days: int = 0
    weekdays: tuple[str, ...] = ()  # as RFC 5545 has them: "TU"
    left_out: tuple[datetime, ...] = ()
    changed: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day by which something is done for a meeting (Rulebook M4). It keeps nobody from other work."""

    uid: str
    sequence: int
    stamped: datetime
    on: date


def invitation(entry: Entry, organiser: str, recipient: str) -> bytes:
    """The calendar part of a mail to one person: a REQUEST, or a CANCEL where it is cancelled (Rulebook S2).

    Names nobody else: the organiser is the service's own address.
    """
    made = _calendar()
    made.add("method", method_of(entry))
    event = _event(entry)
    event["organizer"] = _mailto(organiser)
    attendee = _mailto(recipient)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    if not entry.cancelled:
        attendee.params["PARTSTAT"], attendee.params["RSVP"] = "NEEDS-ACTION", "TRUE"
    event["attendee"] = attendee
    made.add_component(event)
    return _written(made)


def method_of(entry: Entry) -> Method:
    """What a mail with this entry asks of a calendar."""
    return Method.CANCEL if entry.cancelled else Method.REQUEST


def feed(series: Sequence[Series], single: Sequence[Entry], days: Sequence[Day] = ()) -> bytes:
    """A calendar to subscribe to: no METHOD, nobody's address (Rulebook S2, F3)."""
    made = _calendar()
    made.add("x-wr-calname", "Meetings")
    for one in series:
        made.add_component(_repeating(one))
        for entry in one.changed:
            made.add_component(_event(entry))
    for entry in single:
        made.add_component(_event(entry))
    for day in days:
        made.add_component(_whole_day(day))
    return _written(made)


def _whole_day(day: Day) -> Event:
    event = Event()
    event.add("uid", _plain(day.uid))
    event.add("dtstamp", day.stamped)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", SUMMARY_DAY)
    event.add("class", "PRIVATE")
    event.add("sequence", day.sequence)
    event.add("transp", "TRANSPARENT")
    return event


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add_component(Timezone.from_ical(_LONDON))
    return made


def _event(entry: Entry) -> Event:
    event = _worded(entry.uid, entry.stamped, entry.starts, entry.minutes)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.replaces is not None:
        event.add("recurrence-id", entry.replaces)
    return event


def _repeating(series: Series) -> Event:
    for moment in (series.first, series.until, *series.left_out):
        _wall(moment)
    event = _worded(_plain(series.uid), series.stamped, series.first, series.minutes)
    rule: dict[str, Any] = {"freq": "weekly", "byday": list(series.weekdays)}
    if series.every_days:
        rule = {"freq": "daily", "interval": series.every_days}
    event.add("rrule", rule | {"until": series.until.astimezone(UTC)})
    for moment in series.left_out:
        event.add("exdate", moment)
    return event


def _worded(uid: str, stamped: datetime, starts: datetime, minutes: int) -> Event:
    """The words are constants: no name and no second line fits (Rulebook F3)."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamped)
    event.add("dtstart", starts)
    # Lasting is reckoned in UTC: the clocks may change meanwhile.
    ends = starts.astimezone(UTC) + timedelta(minutes=minutes)
    event.add("dtend", ends.astimezone(LONDON))
    event.add("summary", SUMMARY)
    event.add("location", PLACE)
    event.add("class", "PRIVATE")
    return event


def _written(calendar: Calendar) -> bytes:
    written: bytes = calendar.to_ical()
    return written


def _mailto(address: str) -> vCalAddress:
    """An address without a name; one with anything else in it is refused (security.md F)."""
    if domain_of(address) is None:
        raise ValueError("not a plain address")
    return vCalAddress(f"mailto:{address}")


def _plain(uid: str) -> str:
    if not uid or not set(uid) <= _PLAIN:
        raise ValueError("a UID is letters, digits and an @")
    return uid


def _wall(moment: datetime | None) -> None:
    """Only Europe/London, whose rules stand in the file (stack.md, Traps)."""
    if moment is not None and not (isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key == LONDON.key):
        raise ValueError("an entry's times are Europe/London's")


def read_reply(raw: bytes) -> Reply:
    """The answer in a calendar file. Raises NoReply: it comes from outside, and nothing in it is trusted."""
    if len(raw) > LONGEST_REPLY:
        raise NoReply("It is longer than an answer can be.")
    try:
        return _reply(Calendar.from_ical(raw))
    except NoReply:
        raise
    except Exception as broken:  # whatever the library makes of what is broken
        raise NoReply("It is no calendar file that can be read.") from broken


def _reply(told: Any) -> Reply:
    if str(told.get("method", "")).upper() != "REPLY":
        raise NoReply("It is no answer to an invitation.")
    events = told.walk("VEVENT")
    if len(events) != 1:
        raise NoReply("It does not answer one meeting.")
    event = events[0]
    said = event.get("attendee")
    if said is None or isinstance(said, list):
        raise NoReply("It does not say who answers.")
    address = str(said).lower().removeprefix("mailto:")
    if domain_of(address) is None:
        raise NoReply("It does not say who answers.")
    answer = str(said.params.get("PARTSTAT", "")).lower()
    if answer not in set(Answer):
        raise NoReply("It says neither yes, no nor perhaps.")
    uid, stamped = str(event["uid"]), event["dtstamp"].dt.astimezone(UTC)
    if len(uid) > _LONGEST_UID or not set(uid) <= _PLAIN or stamped.year < _FIRST_YEAR:
        raise NoReply("It answers no invitation of this service.")  # and could not be asked for, nor kept
    return Reply(uid, _moment(event), int(event.get("sequence", 0)), address, Answer(answer), stamped)


def _moment(event: Any) -> datetime | None:
    """Which sitting of a series: some calendars leave the zone off, and mean London's."""
    told = event.get("recurrence-id")
    if told is None:
        return None
    moment: datetime = told.dt
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC)
