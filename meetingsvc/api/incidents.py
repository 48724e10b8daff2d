"""`POST /api/v1/incidents`: what a force's system sends (contract: incident feed)."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, g, request
from flask_smorest import Blueprint
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from agenda.feed_file import Refused
from agenda.feed_json import Form, Message
from meetingsvc import clock
from meetingsvc.api.document import KEY, LIMIT, MOST, OPERATION
from meetingsvc.permissions import Permission
from meetingsvc.usecases import feed_messages
from meetingsvc.usecases.feed_messages import Answer

bp = Blueprint("machine", __name__, url_prefix="/api/v1", description="The police feed.")
View = TypeVar("View", bound=Callable[..., Any])
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


@bp.post("/incidents")  # type: ignore[untyped-decorator]
@bp.doc(**OPERATION)  # type: ignore[untyped-decorator]
@by_token(Permission.INCIDENT_CREATE)
def create() -> Response:
    """Takes in one incident, an array of them, or one a line."""
    if request.query_string:
        raise BadRequest(_NO_QUERY)
    key, form = _key(), _form()
    body = _body()
    try:
        message = Message(body, form, LIMIT)
    except Refused as refusal:
        raise BadRequest(str(refusal)) from None
    if len(message) > MOST:
        raise BadRequest(f"More than {MOST:,} incidents. Send them in several messages.")
    return _answer(feed_messages.take_in(g.sender, key, body, message, clock.now()))


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


def _answer(found: Answer) -> Response:
    """A single incident that was rejected is a problem; what became of it stands beside."""
    told, media_type = found.body, "application/json"
    if found.status == 422:
        wrong = {"type": "about:blank", "title": "Unprocessable Entity", "status": 422,
                 "detail": "The incident breaks a rule of the feed, and was kept aside."}  # fmt: skip
        told, media_type = wrong | told, "application/problem+json"
    answer = Response(json.dumps(told), found.status, mimetype=media_type)
    if found.again:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
