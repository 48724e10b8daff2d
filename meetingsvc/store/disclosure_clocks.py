"""The clock of a third party's request: what stopped or moved it, and by when it is answered (X2, X3)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any
from uuid import UUID

from agenda.calendar import days_off
from agenda.clocks import Length, Unit, end_of
from meetingsvc import holidays
from meetingsvc.models import AreaRow, DisclosureStepRow
from meetingsvc.store import areas
from minutes import request_clocks
from minutes.disclosure import DECISIONS, Request
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Apart, Told
from minutes.request_clocks import Extension, Pause, RequestClocks, Running, WaitsFor

#: What changes a request's clock stands among its steps, under a name that no step has.
STOPPED, RUNS_AGAIN, EXTENDED = "its clock stopped", "its clock runs again", "its time extended"
#: So does how somebody knows that who asks is another person (Rulebook F3).
TOLD_APART = "told apart from the perpetrator or an associate"
RECIPIENT_APART = "a recipient told apart from the perpetrator or an associate"
RECIPIENT_REFUSED = "a recipient refused"
#: And which agencies were told to seek legal advice, and how where no notice reaches them (Rulebook X3).
NOTIFIED, ADVISED = "told to take legal advice", "told by other means to take legal advice"
BESIDE = frozenset({
    STOPPED, RUNS_AGAIN, EXTENDED, TOLD_APART, RECIPIENT_APART, RECIPIENT_REFUSED, NOTIFIED, ADVISED,
})  # fmt: skip


def apart_of(told: Mapping[str, Any]) -> Apart:
    """Of whom somebody told a recipient apart; of nobody, where it was not kept."""
    known = frozenset(map(UUID, told.get("from", ())))
    return Apart(told["recipient"], told["another"], UUID(told["by"]), known)


def clocks(area: AreaRow) -> RequestClocks:
    """How long answers may take in this area (Rulebook X2, X3)."""
    told = areas.settings_of(area)
    return RequestClocks(
        Length(told.subject_access_months, Unit.MONTHS),
        Length(told.subject_access_more_months, Unit.MONTHS),
        Length(told.information_days, Unit.WORKING_DAYS),
        Length(told.request_answer_days, Unit.WORKING_DAYS), told.objection_days,
        Length(told.request_look_days, Unit.WORKING_DAYS),
    )  # fmt: skip


def off_of(area: AreaRow) -> AbstractSet[date]:
    """The days on which nothing is due here."""
    return days_off(areas.settings_of(area), holidays.known())


def clock_of(received_at: datetime, steps: Sequence[DisclosureStepRow]) -> Running:
    """As the steps of its clock tell; each was checked by the core when it was taken."""
    pauses, extension = list[Pause](), None
    for one in steps:
        if one.step == STOPPED:
            pauses.append(Pause(WaitsFor(one.told["waits_for"]), one.at))
        elif one.step == RUNS_AGAIN:
            pauses[-1] = Pause(pauses[-1].waits_for, pauses[-1].began_at, one.at)
        elif one.step == EXTENDED:
            extension = Extension(one.at, one.reason)
    return Running(received_at, tuple(pauses), extension)


def due_of(
    told: Told, clock: Running, request: Request, rule: RequestClocks, off: AbstractSet[date]
) -> tuple[datetime | None, bool]:
    """By when it is answered, and whether it has a time at all (Rulebook X2, X3)."""
    if told.kind is Kind.SUBJECT_ACCESS:
        return request_clocks.subject_access_due(clock, rule, off), True
    if told.kind is Kind.FREEDOM_OF_INFORMATION:
        return request_clocks.information_due(clock.received_at, rule, off), True
    if told.kind is Kind.COURT and told.hearing_at:
        if any(one.step in DECISIONS for one in request.steps):
            return told.hearing_at, True
        return request_clocks.objection_due(clock.received_at, told.hearing_at, rule, off), True
    return (end_of(told.wanted_on), True) if told.wanted_on else (None, False)


def look_at_of(
    request: Request, logged_at: datetime, steps: Sequence[DisclosureStepRow], rule: RequestClocks,
    off: AbstractSet[date],
) -> datetime | None:  # fmt: skip
    """When who runs the meetings looks again at one that has no time at all; None once it has ended."""
    last = max((logged_at, *(one.at for one in steps)))
    return None if request.state.ended else request_clocks.look_at(last, rule, off)
