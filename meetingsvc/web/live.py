"""The outcome page while several people type into it at once."""

import json
from collections.abc import Iterator
from threading import BoundedSemaphore
from time import sleep
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request

from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, meeting_record_strip, outcomes
from meetingsvc.store import live as store
from meetingsvc.usecases import live as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import outcome_draft
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.outcome_days import days_of, signatories
from meetingsvc.web.sessions import Sessions, current
from minutes.action_typed import TYPICAL_CATEGORY, parse
from minutes.live import FIELDS, Typed, label

bp = Blueprint("live", __name__)
TYPED_LENGTH, PAGE_LENGTH = 2_000, 40
STREAMS = BoundedSemaphore(3)  # of eight threads: a page that gets none asks every 0.7 seconds
LASTS, EVERY = 24, 0.8  # seconds of a stream, and between two looks
STILL = "event: still\ndata: -\n\n"


@bp.post("/items/<uuid:item_id>/typed")
@needs(Permission.OUTCOME_RECORD)
def typed(item_id: UUID) -> Any:
    """An action typed in one line, as it was understood: for a person to confirm. It saves nothing."""
    who = principal()
    or_404(outcomes.may_read(who, item_id) or None)
    agencies, days = signatories(who), days_of(who)
    told = parse(request.form.get("typed", "")[:TYPED_LENGTH], agencies, days.day, days.days_off)
    kinds = {agency.id: agency.kind for agency in agencies}
    category = TYPICAL_CATEGORY[kinds[told.owner_id]].value if told.owner_id else ""
    due = "" if told.unread else f"{told.due or days.usual_due:%d/%m/%Y}"
    return jsonify(
        owner_id=str(told.owner_id or ""), what=told.what, due=due,
        category=category, problems=list(told.problems),
    )  # fmt: skip


@bp.post("/items/<uuid:item_id>/live")
@needs(Permission.OUTCOME_RECORD)
def save(item_id: UUID) -> Any:
    """Keeps a few fields as they are typed; says of each whether it landed, and what stands there now."""
    answers = usecase.save(principal(), item_id, _sent(), clock.now())
    return jsonify(
        answers=[
            {"field": one.field, "value": one.value, "version": one.version, "landed": one.landed}
            for one in answers
        ]
    )


def _sent() -> list[Typed]:
    told = request.get_json(silent=True) if request.is_json else {"fields": []}
    fields = told.get("fields") if isinstance(told, dict) else None
    if not isinstance(fields, list) or len(fields) > FIELDS:
        abort(400)
    page = told.get("page") if isinstance(told, dict) else ""
    return [_typed(one, page if isinstance(page, str) and len(page) <= PAGE_LENGTH else "") for one in fields]


def _typed(one: Any, page: str) -> Typed:
    parts = (one.get("field"), one.get("value"), one.get("version"), one.get("base")) if isinstance(
        one, dict
    ) else ()  # fmt: skip
    match parts:
        case (str() as field, str() as value, int() as version, str() as base):
            return Typed(field, value.replace("\r\n", "\n"), version, base, page)
    abort(400)


@bp.get("/items/<uuid:item_id>/live")
@needs(Permission.OUTCOME_RECORD)
def changes(item_id: UUID) -> Any:
    """What others typed into the case since the page was told last. Who asks for the first time opens it."""
    who = principal()
    or_404(outcomes.may_read(who, item_id) or None)
    seq = outcome_draft.come(who, item_id, request.args.get("after", ""))
    if seq is None:
        seq = store.draft(who, item_id).until
        reading.opened(who, "outcome.followed", f"item/{item_id}", clock.now())
    answer = jsonify(_told(who, item_id, seq))
    answer.polls = True  # type: ignore[attr-defined]
    return answer


def _told(who: Principal, item_id: UUID, seq: int) -> dict[str, Any]:
    found = store.after(who, item_id, seq)
    version, by = store.saved_version(who, item_id)
    return {
        "after": outcome_draft.cursor(who, item_id, found[-1].seq if found else seq),
        "outcome": version,
        "saved_by": by,
        "strip": meeting_record_strip.stamp(who, item_id),
        "changes": [
            {"field": one.field, "value": one.value, "version": one.version, "saved": one.saved,
             "by": one.by, "where": label(one.field), "mine": one.by_id == who.account_id, "aside": one.aside}
            for one in found
        ],
    }  # fmt: skip


@bp.get("/items/<uuid:item_id>/live/stream")
@needs(Permission.OUTCOME_RECORD)
def stream(item_id: UUID) -> Any:
    """The same without asking again, for some seconds; who comes when all are taken asks instead."""
    who, after = principal(), request.headers.get("Last-Event-ID") or request.args.get("after", "")
    or_404(outcomes.may_read(who, item_id) or None)
    seq = outcome_draft.come(who, item_id, after)
    if seq is None or not STREAMS.acquire(blocking=False):
        return "", 204
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    answer = Response(_events(app, who, current().key or "", item_id, seq), mimetype="text/event-stream")
    answer.call_on_close(STREAMS.release)
    answer.polls = True  # type: ignore[attr-defined]
    return answer


def _events(app: Flask, who: Principal, session: str, item_id: UUID, seq: int) -> Iterator[str]:
    yield "retry: 500\n\n"
    before: tuple[int, str] | None = None
    for _ in range(int(LASTS / EVERY)):
        with app.app_context():
            found = _look(app, who.account_id, session, item_id, seq)
        if found is None:
            return
        seq, was, before = found.pop("seq"), before, (found["outcome"], found["strip"])
        told = found["changes"] or was not in (None, before)
        # that nothing is new shows either side whether the other is there still
        yield f"id: {found['after']}\ndata: {json.dumps(found)}\n\n" if told else STILL
        sleep(EVERY)


def _look(app: Flask, account_id: UUID, session: str, item_id: UUID, seq: int) -> dict[str, Any] | None:
    """Who they are and what they may is asked each time; nothing more is told once their session sleeps."""
    now, sessions = clock.now(), app.session_interface
    fresh = accounts.principal(account_id, now)
    if not isinstance(sessions, Sessions) or not sessions.is_open(session, now):
        return None
    if fresh is None or not fresh.may(Permission.OUTCOME_RECORD):
        return None
    with acting.acting(fresh):
        if not outcomes.may_read(fresh, item_id):
            return None
        found = _told(fresh, item_id, seq)
        return found | {"seq": outcome_draft.come(fresh, item_id, found["after"]) or seq}
