"""What the page of an item of exploitation says of what agencies share of it (Rulebook E4, R2, M2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import request

from agenda.pack import NoteKind
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import exploitation_page as store
from meetingsvc.store import outcomes, research_told
from meetingsvc.store.exploitation_page import Meeting
from meetingsvc.store.scope_contributed import reads_notes
from meetingsvc.usecases.exploitation_actions import owners
from meetingsvc.web import research_grid
from minutes.worksheet import SharedNote

#: The boxes of the form.
TYPED = ("agency_id", "author", "kind", "source", "text")


def shown(who: Principal, item_id: UUID, meeting: Meeting) -> dict[str, Any]:
    """What was shared, facts and professional opinions apart, as far as it goes to who asks; and the form,
    for who runs the meeting while it decides. What was refused stands in it again."""
    told = outcomes.notes(who, item_id)
    adds = who.runs_exploitation and meeting.is_open and not meeting.waits_to_be_shared
    form = request.form if request.endpoint == "exploitation_notes.add" else {}
    sitting = research_told.sitting(who, meeting.id)
    return {
        "apart": _apart(told),
        "there": bool(told),
        "earlier": _earlier(who, item_id),
        "all_of_it": reads_notes(who, item_id),
        "asked": research_grid.answers(item_id),
        "own": bool(sitting and sitting.takes and who.may(Permission.RESEARCH_SEND)),
        "adds": adds,
        "agencies": owners(who, meeting.code, clock.now()) if adds else [],
        "kinds": list(NoteKind),
        "typed": {name: form.get(name, "") for name in TYPED},
        "key": uuid4(),
    }


def _apart(told: Sequence[SharedNote]) -> list[tuple[NoteKind, list[SharedNote]]]:
    return [(kind, [one for one in told if one.note.kind is kind]) for kind in NoteKind]


def _earlier(who: Principal, item_id: UUID) -> list[dict[str, Any]]:
    """What agencies shared of it at the meetings before, the latest first."""
    return [
        {"code": one.code, "day": one.day, "apart": _apart(outcomes.notes(who, one.item_id))}
        for one in store.noted_before(who, item_id)
    ]
