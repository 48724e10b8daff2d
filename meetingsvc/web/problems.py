"""What a machine is told where something is wrong: `application/problem+json`, as RFC 9457 says."""

import json
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

MEDIA_TYPE = "application/problem+json"
#: Everything under it is for machines: no session, no page, no form.
MACHINES = "/api/"
_KEPT = {"www-authenticate", "retry-after", "allow"}


def asks_as_machine() -> bool:
    """Whether this request came to a door for machines."""
    return request.path.startswith(MACHINES)


def problem(status: int, detail: str, **more: Any) -> Response:
    """What is wrong, in words that name nobody."""
    told = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": detail}
    return Response(json.dumps(told | more), status, mimetype=MEDIA_TYPE)


def of(error: HTTPException) -> Response:
    """The same of an error, with the headers that belong to it."""
    answer = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers(request.environ):
        if name.lower() in _KEPT:
            answer.headers[name] = value
    return answer
