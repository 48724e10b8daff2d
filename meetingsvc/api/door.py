"""What every door for machines does alike: a token, a key for each message, and its form (incident feed)."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from agenda.feed_file import Refused
from agenda.json_rows import Form, JsonRows
from meetingsvc.api.document import KEY, LIMIT
from meetingsvc.permissions import Permission
from meetingsvc.usecases.feed_messages import Answer

bp = Blueprint("machine", __name__, url_prefix="/api/v1", description="What forces' systems send.")
View = TypeVar("View", bound=Callable[..., Any])
Told = TypeVar("Told", bound=JsonRows[Any])
_UTF8 = frozenset({"", "utf-8", "utf8"})
_NO_KEY = "Send an Idempotency-Key header: 1 to 200 visible ASCII characters, new for each message."
_NO_QUERY = "The address takes no parameters. A token goes in the Authorization header, and nowhere else."


def by_token(permission: Permission) -> Callable[[View], View]:
    """Says what a door for machines needs; the guard asks for a token and never for a session."""

    def mark(view: View) -> View:
        view.needs = permission  # type: ignore[attr-defined]
        view.by_token = True  # type: ignore[attr-defined]
        return view

    return mark


def opened(read: Callable[[bytes, Form, int], Told], most: int) -> tuple[str, bytes, Told]:
    """The message of this request: its key, its bytes, and what they say; refused whole where it is none."""
    if request.query_string:
        raise BadRequest(_NO_QUERY)
    key, form = _key(), _form()
    body = _body()
    try:
        message = read(body, form, LIMIT)
    except Refused as refusal:
        raise BadRequest(str(refusal)) from None
    if len(message) > most:
        raise BadRequest(f"More than {most:,} {message.one}s. Send them in several messages.")
    return key, body, message


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise BadRequest(_NO_KEY)
    return key


def _form() -> Form:
    """Which form the message says it has. It is read as it is: nothing is unpacked."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the message as it is, without Content-Encoding.")
    try:
        form = Form(request.mimetype)
    except ValueError:
        raise UnsupportedMediaType(f"Send {' or '.join(Form)}, in UTF-8.") from None
    if request.mimetype_params.get("charset", "").lower() not in _UTF8:
        raise UnsupportedMediaType("Send the message in UTF-8.")
    return form


def _body() -> bytes:
    request.max_content_length = LIMIT
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge(f"More than {LIMIT // 1024**2} MB. Send several messages.") from None


def answered(found: Answer, one: str) -> Response:
    """A single row that was rejected is a problem; what became of it stands beside."""
    told, media_type = found.body, "application/json"
    if found.status == 422:
        wrong = {"type": "about:blank", "title": "Unprocessable Entity", "status": 422,
                 "detail": f"The {one} breaks a rule of the feed, and was kept aside."}  # fmt: skip
        told, media_type = wrong | told, "application/problem+json"
    answer = Response(json.dumps(told), found.status, mimetype=media_type)
    if found.again:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
