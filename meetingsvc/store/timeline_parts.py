"""Parts of agencies that have not signed, on a case's timeline: what was done, and no word of it (V1)."""

from collections.abc import Iterator
from datetime import datetime

from agenda.named_case import State
from agenda.timeline import Event, EventKind
from meetingsvc.permissions import Principal
from meetingsvc.store import named_case_held, named_cases
from meetingsvc.store.case_page import Case
from meetingsvc.store.named_cases import Kept


def events(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """Of each part its steps, for who may open the case; what was told, said and confirmed for who runs the
    meetings. The words stand on their own page."""
    page = f"/cases/{told.id}/parts"
    for one in named_cases.on_case(reader, told.id):
        yield from _steps(one, page)
        for entry in named_cases.entries(reader, one.id):
            title = f"{one.agency} was told something" if entry.told else f"{one.agency} answered"
            yield Event(entry.at, EventKind.PART, title, entry.by, "", page)
        held = named_case_held.of_part(reader, one.id)
        if held and held.how and held.recorded_at:
            title = f"{one.agency} said what became of what it was told: {held.how.value}"
            yield Event(held.recorded_at, EventKind.PART, title, held.recorded_by, "", page)


def _steps(one: Kept, page: str) -> Iterator[Event]:
    yield Event(one.proposed_at, EventKind.PART, f"{one.agency} proposed for this case alone",
                one.proposed_by, "", page)  # fmt: skip
    if one.decided_at:
        done = "refused" if one.state is State.REFUSED else "allowed"
        yield Event(one.decided_at, EventKind.PART, f"{one.agency} {done} for this case alone",
                    one.decided_by, "", page)  # fmt: skip
    if one.accepted_at:
        yield Event(one.accepted_at, EventKind.PART, f"{one.agency} accepted the terms", one.accepted_by, "",
                    page)  # fmt: skip
    if one.ended_at:
        yield Event(one.ended_at, EventKind.PART, f"{one.agency} takes part no more", one.ended_by, "", page)
