"""Builds requests for disclosure, items held and answers, about invented people."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from agenda.details import Details
from agenda.moves import Who
from minutes.disclosure import MOVES, SIGNED, Made, Request, Step
from minutes.disclosure_items import Answer, Document, Item, Says
from minutes.disclosure_kinds import Kind
from minutes.disclosure_others import Listed
from minutes.redaction import Redaction

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LOGGER, CHAIR, COORDINATOR, REP = uuid4(), uuid4(), uuid4(), uuid4()
HOUSING, HEALTH, PROBATION = uuid4(), uuid4(), uuid4()
ISLA = Listed(
    uuid4(),
    True,
    (Details("Isla", "Sorrel", phones=frozenset({"07700 900 111"})),),
    safe=Details(addresses=frozenset({"14 Fell Lane, Northmoor, NM1 2AB"})),
)
DORIAN = Listed(
    uuid4(),
    False,
    (
        Details(
            "Dorian",
            "Flint",
            phones=frozenset({"07700 900 456"}),
            emails=frozenset({"d.flint@mail.example"}),
            addresses=frozenset({"Flat 2, 9 Quarry Road, Northmoor NM3 4ED"}),
        ),
        Details("Dozer"),
    ),
)
WREN = Listed(uuid4(), False, (Details("Wren", "Sorrel"),))
PEOPLE = (ISLA, DORIAN, WREN)


def an_item(agency: UUID | None = HOUSING, text: str = "She has a new tenancy.", **told: Any) -> Item:
    """Something an agency shared; the test tells only what it is about."""
    usual: dict[str, Any] = {
        "id": uuid4(), "document": Document.NOTES, "sort": "fact", "dated": date(2026, 10, 1),
    }  # fmt: skip
    return Item(agency=agency, text=text, **usual | told)


def an_answer(item: Item, says: Says = Says.CONSENT, minutes: int = 10, *taken_out: str) -> Answer:
    """What the item's own agency says of it, so many minutes after it was asked."""
    assert item.agency is not None
    words = "Unsafe" if says in (Says.REFUSE, Says.CONCERN) else ""
    redactions = tuple(Redaction(passage) for passage in taken_out)
    at = AT + timedelta(minutes=minutes)
    return Answer(item.id, item.version, item.agency, says, REP, at, words, redactions)


def a_step(step: Step, minutes: int, **told: Any) -> Made:
    """A step as somebody who may take it takes it."""
    coordinators = step in (Step.CHECK, Step.ORDER)
    takes = (Who.COORDINATOR,) if coordinators else (Who.CHAIR, Who.COORDINATOR, Who.SERVICE)
    who = next(one for one in takes if one in MOVES[step].who)
    by = {Who.CHAIR: CHAIR, Who.COORDINATOR: COORDINATOR, Who.SERVICE: None}[who]
    usual: dict[str, Any] = {"who": who, "by": by, "reason": "why", "signed": step in SIGNED}
    return Made(step, AT + timedelta(minutes=minutes), **usual | told)


def a_request(kind: Kind = Kind.SUBJECT_ACCESS, *steps: Step) -> Request:
    """A request after these steps, a minute apart."""
    request = Request(kind, LOGGER, AT)
    for minutes, step in enumerate(steps, 1):
        request = request.after(a_step(step, minutes))
    return request
