"""How the door describes itself: OpenAPI 3.1, from the columns of the feed (contract: incident feed)."""

import re
from typing import Any

from agenda import feed
from agenda.feed_content import COLUMNS
from agenda.feed_json import Form
from agenda.incidents import Gender, Linked, OrderKind, Risk

VERSION = "1"
#: Bytes and incidents that one message may have.
LIMIT, MOST = 10 * 1024 * 1024, 10_000
KEY = re.compile(r"[\x21-\x7e]{1,200}")
ABOUT = (
    "What a police force's records system sends, and what the service answers. The fields, their values and "
    "what becomes of each row are those of the CSV feed."
)
_TIME = "ISO 8601 with an offset, or local time; also DD/MM/YYYY HH:MM"
_DATE = "YYYY-MM-DD or DD/MM/YYYY"
_YES_NO = {"enum": [True, False, "Y", "N", "", None], "description": "Blank: not known"}


def _when(form: str, about: str, *, must: bool = False) -> dict[str, Any]:
    """The format is what is best sent; what else is read stands beside."""
    told = {"type": "string", "format": form}
    return (told if must else {"anyOf": [told, {"enum": ["", None]}]}) | {"description": about}


def _text(longest: int, about: str = "", *, must: bool = False) -> dict[str, Any]:
    """A text. A whole number is taken for one, so that a number of a force need not be quoted."""
    kinds = ["string", "integer"] if must else ["string", "integer", "null"]
    told: dict[str, Any] = {"type": kinds, "maxLength": longest}
    return told | ({"minLength": 1} if must else {}) | ({"description": about} if about else {})


def _one_of(values: Any, *, must: bool = False) -> dict[str, Any]:
    known = [str(value) for value in values]
    return {"enum": known if must else [*known, "", None], "description": "In any case of letters"}


def _child() -> dict[str, Any]:
    """Any child named counts for T3, whatever `children_present` says."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": ["string", "integer", "null"], "pattern": "^[^|;]*$"},
            "dob": _when("date", _DATE),
            "present": _YES_NO,
            "linked": _one_of(Linked),
        },
    }


_PARTY = {
    "nominal": _text(feed.NAME, "The force's identifier of the person"),
    "forename": _text(feed.NAME),
    "surname": _text(feed.NAME),
    "dob": _when("date", _DATE),
    "gender": _one_of(Gender),
    "address": _text(2 * feed.LINE),
    "postcode": _text(feed.LINE),
    "phone": _text(feed.LINE),
}
_PROPERTIES: dict[str, Any] = {
    "occurrence_number": _text(feed.OCCURRENCE_NUMBER, "The force's own unique number", must=True),
    "domestic": {"enum": [True, False, "Y", "N"]},
    "recorded_at": _when("date-time", f"When the assessed incident was recorded: {_TIME}", must=True),
    "incident_at": _when("date-time", f"When it happened: {_TIME}", must=True),
    "risk": _one_of(Risk, must=True),
    "dash_score": {"type": ["integer", "null"], "minimum": 0, "maximum": 27},
    "offence": _text(feed.OFFENCE),
    "summary": _text(feed.SUMMARY),
    "relationship": _text(feed.LINE, "The perpetrator's relationship to the victim"),
    **{f"{who}_{name}": told for who in ("victim", "perpetrator") for name, told in _PARTY.items()},
    "victim_consents_to_share": _YES_NO,
    "children_present": _YES_NO,
    "children": {"type": ["array", "string", "null"], "items": _child()},
    "order_kind": _one_of(OrderKind),
    "order_made_at": _when("date-time", _TIME),
    "order_expires_at": {"type": ["string", "null"], "description": f"A date or a time: {_DATE}; {_TIME}"},
    "order_terms": _text(feed.PROSE),
    "parties_live_together": _YES_NO,
    "staff_of": _text(feed.LINE, "Who employs one of them: victim:AGENCY or perpetrator:AGENCY"),
}
_PROPERTIES["victim_surname"] = _text(feed.NAME, must=True)

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
_WORDS = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_ROWS = {"type": "integer", "minimum": 1, "description": "The place in the array, or the line"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_ANSWER = {
    "area": _WORDS,
    **{name: _COUNT for name in ("rows", "created", "updated", "unchanged", "rejected")},
    "rejects": _array(_object(line=_ROWS, column=_WORDS, error=_WORDS)),
    "warnings": _array(_WORDS),
    "results": _array(_ref("Result")),
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Incident": {
        "type": "object",
        "description": "Columns that the feed does not have are ignored, with a warning.",
        "required": list(feed.REQUIRED),
        "properties": {name: _PROPERTIES[name] for name in COLUMNS},
        "examples": [_EXAMPLE],
    },
    "Result": _object(
        row=_ROWS,
        occurrence_number=_WORDS,
        result={"enum": ["created", "updated", "unchanged", "rejected"]},
        errors=_array(_object(column=_WORDS, error=_WORDS)),
        warnings=_array(_WORDS),
    ),
    "Answer": _object(**_ANSWER),
    "Problem": {
        **_object(type=_WORDS, title=_WORDS, status={"type": "integer"}, detail=_WORDS),
        "description": "RFC 9457. Of a single incident that was rejected, with the answer's parts beside.",
    },
}
TOKEN = {"type": "http", "scheme": "bearer", "description": "The force's token"}
_REPLAYED = {"Idempotent-Replayed": {"description": "Given before", "schema": {"const": "true"}}}
_RETRY = {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "string"}}}
_CHALLENGE = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}


def _answers(about: str) -> dict[str, Any]:
    return {
        "description": about,
        "headers": _REPLAYED,
        "content": {Form.WHOLE.value: {"schema": _ref("Answer")}},
    }


def _problem(about: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": about, "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }  # fmt: skip
    return told | ({"headers": headers} if headers else {})


#: One that breaks a rule does not stop the others.
_SEVERAL = {"type": "array", "minItems": 1, "maxItems": MOST, "items": {"anyOf": [_ref("Incident"), {}]}}
OPERATION: dict[str, Any] = {
    "operationId": "create_incidents",
    "security": [{"token": []}],
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "New for each message. The same message again under its key is answered again for "
            "a day and changes nothing; later it is refused.",
            "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
        }
    ],
    "requestBody": {
        "required": True,
        "description": f"At most {MOST:,} incidents and {LIMIT // 1024**2} MB. Each is judged by itself.",
        "content": {
            Form.WHOLE.value: {
                "schema": {"oneOf": [_ref("Incident"), _SEVERAL]}
            },
            Form.LINES.value: {"schema": {"type": "string", "description": "One object on each line"}},
        },
    },
    "responses": {
        "200": _answers("Taken in: what became of each row. One incident: it was known."),
        "201": _answers("One incident, which is new."),
        "400": _problem("Not JSON, too many incidents, no idempotency key, or a parameter in the address."),
        "401": _problem("No token, or one that does not work.", _CHALLENGE),
        "409": _problem("Replay refused; or the same key is being used at this moment."),
        "413": _problem(f"More than {LIMIT // 1024**2} MB."),
        "415": _problem("Another media type than these two, or compressed."),
        "422": _problem("One incident, which was rejected; or the key was used for another message."),
        "429": _problem("Too many messages in a minute, or calls without a good token.", _RETRY),
        "503": _problem("The database cannot be reached."),
    },
}  # fmt: skip
