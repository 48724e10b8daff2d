"""A case as people think of it: in order, by kind, by year."""

from datetime import UTC, date, datetime

from agenda.timeline import Event, EventKind, by_year, kinds_in, newest_first, of_kinds

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def an_event(at: date | datetime = AT, kind: EventKind = EventKind.INCIDENT, title: str = "-") -> Event:
    return Event(at, kind, title)


def test_the_newest_comes_first() -> None:
    old, new = an_event(datetime(2026, 11, 22, 11, 0, tzinfo=UTC)), an_event()
    assert newest_first([old, new]) == [new, old]


def test_what_is_known_by_its_day_alone_stands_above_what_happened_on_that_day() -> None:
    meeting, late = an_event(date(2026, 11, 23)), an_event(datetime(2026, 11, 23, 22, 0, tzinfo=UTC))
    after = an_event(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    assert newest_first([late, after, meeting]) == [after, meeting, late]


def test_the_day_is_the_local_one() -> None:
    assert an_event(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)).day == date(2026, 7, 1)


def test_one_chooses_among_the_kinds_that_there_are() -> None:
    both = [an_event(kind=EventKind.ORDER), an_event(kind=EventKind.INCIDENT)]
    assert kinds_in(both) == [EventKind.INCIDENT, EventKind.ORDER]
    assert of_kinds(both, {EventKind.ORDER}) == both[:1]
    assert of_kinds(both, set()) == both, "none chosen is all"


def test_years_stand_apart() -> None:
    told = newest_first([an_event(date(2025, 1, 1)), an_event(), an_event(date(2026, 1, 1))])
    assert [(year, len(events)) for year, events in by_year(told)] == [(2026, 2), (2025, 1)]
