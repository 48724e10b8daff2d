"""Calendar entries, as bare as a notice (Rulebook S2, F3; stack.md, Traps)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendar import LONDON
from notifications import invites
from notifications.answers import Answer, NoReply
from notifications.invites import PLACE, SUMMARY, SUMMARY_DAY, Entry, Series

STAMP = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
STARTS = datetime(2026, 12, 3, 9, 30, tzinfo=LONDON)
ENTRY = Entry("b6d3f2a4-0000-5000-8000-000000000001", 0, STAMP, STARTS, 240, STARTS)
WHO = ("panel@northmoor.example", "wren@homes.example")
#: The only names of properties that leave.
NAMES = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "TZID", "DTSTART", "TZOFFSETFROM",
    "TZOFFSETTO", "TZNAME", "RRULE", "UID", "DTSTAMP", "DTEND", "SUMMARY", "LOCATION", "CLASS", "SEQUENCE",
    "STATUS", "RECURRENCE-ID", "ORGANIZER", "ATTENDEE", "EXDATE", "X-WR-CALNAME",
}  # fmt: skip


def lines(written: bytes) -> list[str]:
    return written.decode().replace("\r\n ", "").split("\r\n")


def told(written: bytes, name: str) -> list[str]:
    body = lines(written)[lines(written).index("BEGIN:VEVENT") :]
    return [line.split(":", 1)[1] for line in body if line.split(":")[0].split(";")[0] == name]


def test_S2_F3_an_entry_says_when_and_nothing_else():
    written = invites.invitation(ENTRY, *WHO)
    assert {line.split(":")[0].split(";")[0] for line in lines(written) if line} <= NAMES
    assert told(written, "SUMMARY") == [SUMMARY] == ["Meeting: sign in for details"]
    assert told(written, "LOCATION") == [PLACE] == ["sign in for details"]
    assert told(written, "ATTENDEE") == ["mailto:wren@homes.example"]
    assert told(written, "ORGANIZER") == ["mailto:panel@northmoor.example"]
    assert b"CN=" not in written and "METHOD:REQUEST" in lines(written)


def test_M4_a_cancelled_sitting_is_a_CANCEL_with_its_RECURRENCE_ID():
    written = invites.invitation(replace(ENTRY, sequence=2, cancelled=True), *WHO)
    assert "METHOD:CANCEL" in lines(written) and told(written, "STATUS") == ["CANCELLED"]
    assert told(written, "SEQUENCE") == ["2"] and told(written, "RECURRENCE-ID") == ["20261203T093000"]
    assert "RSVP" not in written.decode(), "nothing is asked"


def test_a_feed_has_no_METHOD_and_nobodys_address():
    series = Series(ENTRY.uid, STAMP, STARTS, STARTS + timedelta(days=70), 240, 14, changed=(ENTRY,))
    written = invites.feed([series], [replace(ENTRY, replaces=None)])
    assert not {"METHOD", "ATTENDEE", "ORGANIZER"} & {
        line.split(":")[0].split(";")[0] for line in lines(written)
    }
    assert told(written, "RRULE") == ["FREQ=DAILY;UNTIL=20270211T093000Z;INTERVAL=14"]


def test_S2_F3_a_day_by_which_something_is_done_says_which_day_and_nothing_else():
    written = invites.feed([], [], [invites.Day(ENTRY.uid, 1, STAMP, STARTS.date())])
    assert {line.split(":")[0].split(";")[0] for line in lines(written) if line} <= NAMES | {"TRANSP"}
    assert told(written, "SUMMARY") == [SUMMARY_DAY] == ["Date for a meeting: sign in for details"]
    assert (told(written, "DTSTART"), told(written, "DTEND")) == (["20261203"], ["20261204"])
    assert "DTSTART;VALUE=DATE:20261203" in lines(written) and told(written, "TRANSP") == ["TRANSPARENT"]


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(0)), ZoneInfo("Europe/Paris"), ZoneInfo("GB"), None]
)
def test_only_starts_in_Europe_London_are_taken(zone):
    with pytest.raises(ValueError, match="Europe/London"):
        replace(ENTRY, starts=STARTS.replace(tzinfo=zone))
    with pytest.raises(ValueError, match="Europe/London"):
        replace(ENTRY, replaces=STARTS.replace(tzinfo=zone or UTC))


@pytest.mark.parametrize("wrong", [{"sequence": -1}, {"minutes": 0}, {"minutes": 1441}])
def test_an_entry_that_no_calendar_could_keep_is_refused(wrong):
    with pytest.raises(ValueError, match="lasts a day at most"):
        replace(ENTRY, **wrong)
    with pytest.raises(ValueError, match="stamped in UTC"):
        replace(ENTRY, stamped=STAMP.replace(tzinfo=ZoneInfo("Europe/Paris")))


@settings(max_examples=300)
@given(st.text(min_size=1).filter(lambda text: not set(text) <= invites._PLAIN))
def test_A15_no_text_gets_into_an_entry(text):
    with pytest.raises(ValueError, match="a UID is"):
        replace(ENTRY, uid=text)
    for injected in (
        f"wren@homes.example{text}",
        f"{text}\r\nATTENDEE:mailto:a@b.example",
        "a\u2028b@c.example",
    ):
        try:
            written = invites.invitation(ENTRY, WHO[0], injected)
        except ValueError:
            continue
        assert told(written, "ATTENDEE") == [f"mailto:{injected}"], "an address, however odd, is one"


@settings(max_examples=150)
@given(st.integers(0, 366 * 14), st.integers(0, 24 * 60 - 1), st.integers(1, 600))
def test_an_entry_lasts_as_long_as_it_says_over_every_change_of_the_clocks(days, minute, lasts):
    starts = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days, minutes=minute)).astimezone(LONDON)
    written = invites.invitation(replace(ENTRY, starts=starts, minutes=lasts, replaces=None), *WHO)
    ((start,), (end,)) = told(written, "DTSTART"), told(written, "DTEND")
    begins, ends = (datetime.strptime(one, "%Y%m%dT%H%M%S").replace(tzinfo=LONDON) for one in (start, end))
    if begins.utcoffset() == starts.utcoffset() and not _twice(begins) and not _twice(ends):
        assert begins.astimezone(UTC) == starts.astimezone(UTC)
        assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(minutes=lasts)


def _twice(moment: datetime) -> bool:
    """An hour that happens twice: a wall time does not tell which (agenda.calendar takes the first)."""
    return moment.replace(fold=1).utcoffset() != moment.utcoffset()


REPLY = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\n{zone}BEGIN:VEVENT\r\nUID:abc\r\n"
    "SEQUENCE:1\r\nDTSTAMP:20261123T100000Z\r\nRECURRENCE-ID{planned}\r\n"
    'ATTENDEE;CN="Wren: Ash";PARTSTAT=ACCEPTED:MAILTO:Wren@Homes.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
)
WINDOWS = (
    "BEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T020000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:16010101T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
)


@pytest.mark.parametrize(
    "zone, planned",
    [
        ("", ":20270715T083000Z"),
        ("", ";TZID=Europe/London:20270715T093000"),
        ("", ":20270715T093000"),
        (WINDOWS, ";TZID=GMT Standard Time:20270715T093000"),
    ],
)
def test_M4_an_answer_names_its_sitting_however_its_program_writes_times(zone, planned):
    found = invites.read_reply(REPLY.format(zone=zone, planned=planned).encode())
    assert found.replaces == datetime(2027, 7, 15, 8, 30, tzinfo=UTC)
    assert (found.attendee, found.answer, found.sequence) == ("wren@homes.example", Answer.ACCEPTED, 1)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 300))
def test_A20_what_cannot_be_read_is_refused_in_plain_words(noise, at):
    whole = REPLY.format(zone="", planned=":20270715T083000Z").encode()
    try:
        invites.read_reply(whole[:at] + noise + whole[at:])
    except NoReply as refused:
        assert str(refused).endswith(".") and len(str(refused)) < 60


def test_A20_a_huge_answer_is_not_even_read():
    with pytest.raises(NoReply, match="longer"):
        invites.read_reply(b"BEGIN:VCALENDAR\r\n" + b"x" * invites.LONGEST_REPLY)
