"""How the door for missing episodes describes itself, from the columns of their file (Rulebook E1)."""

from typing import Any

from agenda.missing import PLACE_LENGTH
from agenda.missing_feed import COLUMNS, NAME, REFERENCE, REFUSED, REQUIRED
from agenda.missing_json import Message
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
    operation,
    problem,
    ref,
    text,
    when,
)

#: Episodes that one message may have: while it is taken in, nobody else builds or imports in the area.
MOST = 500
_CHANGED = "When your system last changed the episode: the newest counts, an older one is kept beside it"
_PROPERTIES: dict[str, Any] = {
    "reference": text(REFERENCE, "The force's own number of the episode", must=True),
    "updated_at": when("date-time", f"{_CHANGED}. {TIME}", must=True),
    "child_surname": text(NAME, must=True),
    "child_forename": text(NAME),
    "child_dob": when("date", DATE),
    "child_nominal": text(NAME, "The force's identifier of the child"),
    "missing_from": when("date-time", f"When the child went missing: {TIME}", must=True),
    "reported_at": when("date-time", f"When the child was reported missing: {TIME}", must=True),
    "from_where": text(PLACE_LENGTH, "Where the child went missing from"),
    "returned_at": when("date-time", f"Blank while the child is missing. {TIME}"),
    "found_where": text(PLACE_LENGTH, "Where the child was found"),
    "interviewed_at": when("date-time", f"When the child was talked to after the return: {TIME}"),
    "interview_refused": text(REFUSED, "How the return interview was refused; only where it was"),
}
_EXAMPLE = {
    "reference": "MP/26/0071",
    "updated_at": "2026-11-22T20:00:00+00:00",
    "child_surname": "Valewright",
    "child_forename": "Kit",
    "child_dob": "2011-07-01",
    "missing_from": "2026-11-22T17:30:00+00:00",
    "reported_at": "2026-11-22T19:10:00+00:00",
    "from_where": "1 Fell Lane, Northmoor",
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Episode": {
        "type": "object",
        "description": "Columns that the feed does not have are ignored, with a warning.",
        "required": list(REQUIRED),
        "properties": {name: _PROPERTIES[name] for name in COLUMNS},
        "examples": [_EXAMPLE],
    },
    "EpisodeResult": described(
        row=ROWS, reference=WORDS, result={"enum": ["accepted", "rejected"]}, errors=ERRORS
    ),
    "EpisodeAnswer": described(
        area=WORDS, rows=COUNT, accepted=COUNT, rejected=COUNT, rejects=REJECTS,
        warnings=array_of(WORDS), results=array_of(ref("EpisodeResult")),
    ),
}  # fmt: skip
_TAKEN = (
    "Taken in: whether each row keeps the rules. Whether an episode or a child was known before is never "
    "said; a row whose number was another child's is put aside for a person, and answered as any other."
)
OPERATION = operation(
    "Episode",
    Message.one,
    MOST,
    {
        "200": answers(_TAKEN, "EpisodeAnswer"),
        "403": problem("Nobody runs panels of exploitation in the area, so nobody would read it."),
    },
)
