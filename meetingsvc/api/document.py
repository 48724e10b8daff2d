"""How each door describes itself: OpenAPI 3.1, from the columns of its feed (contract: incident feed)."""

import re
from typing import Any

from agenda.json_rows import Form

VERSION = "1"
#: Bytes that one message may have.
LIMIT = 10 * 1024 * 1024
KEY = re.compile(r"[\x21-\x7e]{1,200}")
ABOUT = (
    "What a police force's records system sends, and what the service answers. The fields, their values and "
    "what becomes of each row are those of the CSV feeds."
)
TIME = "ISO 8601 with an offset, or local time; also DD/MM/YYYY HH:MM"
DATE = "YYYY-MM-DD or DD/MM/YYYY"


def when(form: str, about: str, *, must: bool = False) -> dict[str, Any]:
    """The format is what is best sent; what else is read stands beside."""
    told = {"type": "string", "format": form}
    return (told if must else {"anyOf": [told, {"enum": ["", None]}]}) | {"description": about}


def text(longest: int, about: str = "", *, must: bool = False) -> dict[str, Any]:
    """A text. A whole number is taken for one, so that a number of a force need not be quoted."""
    kinds = ["string", "integer"] if must else ["string", "integer", "null"]
    told: dict[str, Any] = {"type": kinds, "maxLength": longest}
    return told | ({"minLength": 1} if must else {}) | ({"description": about} if about else {})


def one_of(values: Any, *, must: bool = False) -> dict[str, Any]:
    """A coded value."""
    known = [str(value) for value in values]
    return {"enum": known if must else [*known, "", None], "description": "In any case of letters"}


WORDS = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
ROWS = {"type": "integer", "minimum": 1, "description": "The place in the array, or the line"}


def described(**properties: Any) -> dict[str, Any]:
    """An object that has all of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def array_of(items: Any) -> dict[str, Any]:
    """Any number of them."""
    return {"type": "array", "items": items}


def ref(name: str) -> dict[str, str]:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


REJECTS = array_of(described(line=ROWS, column=WORDS, error=WORDS))
ERRORS = array_of(described(column=WORDS, error=WORDS))
PROBLEM: dict[str, dict[str, Any]] = {
    "Problem": {
        **described(type=WORDS, title=WORDS, status={"type": "integer"}, detail=WORDS),
        "description": "RFC 9457. Of a single row that was rejected, with the answer's parts beside.",
    },
}
TOKEN = {"type": "http", "scheme": "bearer", "description": "The force's token"}
_REPLAYED = {"Idempotent-Replayed": {"description": "Given before", "schema": {"const": "true"}}}
_RETRY = {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "string"}}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each message. The same message again under its key is answered again for "
    "a day and changes nothing; later it is refused.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
_CHALLENGE = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}


def answers(about: str, answer: str) -> dict[str, Any]:
    """What became of each row."""
    return {
        "description": about,
        "headers": _REPLAYED,
        "content": {Form.WHOLE.value: {"schema": ref(answer)}},
    }


def problem(about: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is told where something is wrong."""
    told: dict[str, Any] = {
        "description": about, "content": {"application/problem+json": {"schema": ref("Problem")}},
    }  # fmt: skip
    return told | ({"headers": headers} if headers else {})


def operation(row: str, one: str, most: int, taken: dict[str, Any]) -> dict[str, Any]:
    """What `POST` takes and answers at one door: `row` names the schema of `one` of its rows, `taken` is
    what is answered there alone."""
    # One that breaks a rule does not stop the others.
    several = {"type": "array", "minItems": 1, "maxItems": most, "items": {"anyOf": [ref(row), {}]}}
    return {
        "operationId": f"create_{one}s",
        "security": [{"token": []}],
        "parameters": [_KEY],
        "requestBody": {
            "required": True,
            "description": f"At most {most:,} {one}s and {LIMIT // 1024**2} MB. Each is judged by itself.",
            "content": {
                Form.WHOLE.value: {"schema": {"oneOf": [ref(row), several]}},
                Form.LINES.value: {"schema": {"type": "string", "description": "One object on each line"}},
            },
        },
        "responses": taken
        | {
            "400": problem(f"Not JSON, too many {one}s, no key, or a parameter in the address."),
            "401": problem("No token, or one that does not work.", _CHALLENGE),
            "409": problem("Replay refused; or the same key is being used at this moment."),
            "413": problem(f"More than {LIMIT // 1024**2} MB."),
            "415": problem("Another media type than these two, or compressed."),
            "422": problem(f"One {one}, which was rejected; or the key was used for another message."),
            "429": problem("Too many messages in a minute, or calls without a good token.", _RETRY),
            "503": problem("The database cannot be reached."),
        },
    }
