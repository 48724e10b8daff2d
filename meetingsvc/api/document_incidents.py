"""How the door for incidents describes itself, from the columns of the feed (contract: incident feed)."""

from typing import Any

from agenda import feed
from agenda.feed_content import COLUMNS
from agenda.feed_json import Message
from agenda.incidents import Gender, Linked, OrderKind, Risk
from meetingsvc.api.document import (
    COUNT,
    DATE,
    ERRORS,
    REJECTS,
    ROWS,
    TIME,
    WORDS,
    answers,
    array_of,
    described,
    one_of,
    operation,
    ref,
    text,
    when,
)

#: Incidents that one message may have.
MOST = 10_000
_YES_NO = {"enum": [True, False, "Y", "N", "", None], "description": "Blank: not known"}


def _child() -> dict[str, Any]:
    """Any child named counts for T3, whatever `children_present` says."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": ["string", "integer", "null"], "pattern": "^[^|;]*$"},
            "dob": when("date", DATE),
            "present": _YES_NO,
            "linked": one_of(Linked),
        },
    }


_PARTY = {
    "nominal": text(feed.NAME, "The force's identifier of the person"),
    "forename": text(feed.NAME),
    "surname": text(feed.NAME),
    "dob": when("date", DATE),
    "gender": one_of(Gender),
    "address": text(2 * feed.LINE),
    "postcode": text(feed.LINE),
    "phone": text(feed.LINE),
}
_PROPERTIES: dict[str, Any] = {
    "occurrence_number": text(feed.OCCURRENCE_NUMBER, "The force's own unique number", must=True),
    "domestic": {"enum": [True, False, "Y", "N"]},
    "recorded_at": when("date-time", f"When the assessed incident was recorded: {TIME}", must=True),
    "incident_at": when("date-time", f"When it happened: {TIME}", must=True),
    "risk": one_of(Risk, must=True),
    "dash_score": {"type": ["integer", "null"], "minimum": 0, "maximum": 27},
    "offence": text(feed.OFFENCE),
    "summary": text(feed.SUMMARY),
    "relationship": text(feed.LINE, "The perpetrator's relationship to the victim"),
    **{f"{who}_{name}": told for who in ("victim", "perpetrator") for name, told in _PARTY.items()},
    "victim_consents_to_share": _YES_NO,
    "children_present": _YES_NO,
    "children": {"type": ["array", "string", "null"], "items": _child()},
    "order_kind": one_of(OrderKind),
    "order_made_at": when("date-time", TIME),
    "order_expires_at": {"type": ["string", "null"], "description": f"A date or a time: {DATE}; {TIME}"},
    "order_terms": text(feed.PROSE),
    "parties_live_together": _YES_NO,
    "staff_of": text(feed.LINE, "Who employs one of them: victim:AGENCY or perpetrator:AGENCY"),
}
_PROPERTIES["victim_surname"] = text(feed.NAME, must=True)

_EXAMPLE = {
    "occurrence_number": "13260012345",
    "domestic": True,
    "recorded_at": "2026-11-20T22:10:00+00:00",
    "incident_at": "2026-11-20T21:00:00+00:00",
    "risk": "high",
    "victim_nominal": "N1234567",
    "victim_forename": "Mara",
    "victim_surname": "Ashdown",
    "victim_dob": "1990-02-03",
    "children": [{"name": "Ivo", "dob": "2019-05-01", "present": True, "linked": "both"}],
}
_ANSWER = {
    "area": WORDS,
    **{name: COUNT for name in ("rows", "created", "updated", "unchanged", "rejected")},
    "rejects": REJECTS,
    "warnings": array_of(WORDS),
    "results": array_of(ref("Result")),
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Incident": {
        "type": "object",
        "description": "Columns that the feed does not have are ignored, with a warning.",
        "required": list(feed.REQUIRED),
        "properties": {name: _PROPERTIES[name] for name in COLUMNS},
        "examples": [_EXAMPLE],
    },
    "Result": described(
        row=ROWS,
        occurrence_number=WORDS,
        result={"enum": ["created", "updated", "unchanged", "rejected"]},
        errors=ERRORS,
        warnings=array_of(WORDS),
    ),
    "Answer": described(**_ANSWER),
}
OPERATION = operation(
    "Incident",
    Message.one,
    MOST,
    {
        "200": answers("Taken in: what became of each row. One incident: it was known.", "Answer"),
        "201": answers("One incident, which is new.", "Answer"),
    },
)
