"""What one reader's copy of issued minutes says: exactly what the page shows them (Rulebook R1, R2)."""

from collections.abc import Sequence
from datetime import date, datetime

from agenda.calendar import local_day
from agenda.pack import PackAction
from meetingsvc.models import MeetingRow
from meetingsvc.permissions import Principal
from meetingsvc.store.actions import Action
from meetingsvc.store.minutes import CaseLine, Version
from minutes.minutes_words import Correction, Extract, ExtractCase


def extract(
    who: Principal,
    area: str,
    meeting: MeetingRow,
    versions: Sequence[Version],
    lines: Sequence[CaseLine],
    now: datetime,
) -> Extract:
    """The newest issued version, the first of `versions`, with what it and those before put right.

    Who heard a case stays on the page: it may tell whom a wall is about, and a file travels (Rulebook M6).
    """
    newest, today = versions[0], local_day(now)
    return Extract(
        area=area,
        kind=meeting.kind,
        sits_on=meeting.sits_on,
        agency=who.agency_name,
        version=newest.number,
        issued_on=_day(newest),
        as_of=today,
        head=newest.head,
        corrections=tuple(
            Correction(one.number, one.what, one.why, _day(one)) for one in versions if one.number > 1
        ),
        cases=tuple(
            ExtractCase(line.number, line.told, line.said, tuple(_action(one, today) for one in line.actions))
            for line in lines
        ),
    )


def _day(version: Version) -> date:
    return local_day(version.approved_at or version.drafted_at)


def _action(one: Action, today: date) -> PackAction:
    overdue = ", overdue" if one.is_overdue(today) else ""
    status = f"{one.status.label}{overdue}{f': {one.reason}' if one.reason else ''}"
    agency = f"{one.agency}\n{one.owner}" if one.owner else one.agency
    return PackAction(one.category.short, agency, one.what, one.due, status)
