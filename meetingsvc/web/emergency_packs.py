"""One's offline packs: what is needed to run a meeting while the service cannot be reached."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas
from meetingsvc.store import emergency_packs as store
from meetingsvc.usecases import emergency_packs as usecase
from meetingsvc.web.guard import needs, principal

bp = Blueprint("emergency_packs", __name__, url_prefix="/packs/offline")


def _page(stale: bool = False, none_yet: bool = False) -> str:
    who, now = principal(), clock.now()
    settings = areas.settings_of(areas.by_id(who.area_id))
    return render_template(
        "packs/offline.html", since=store.passphrase_since(who), mine=store.mine(who, now),
        failed=store.failed(who, now), recalled=store.recalled(who, now),
        minutes=settings.offline_pack_minutes, stale=stale, none_yet=none_yet,
    )  # fmt: skip


@bp.get("")
@needs(Permission.PACK_OFFLINE)
def show() -> str:
    """Which offline packs are there to download, and whether one has a passphrase."""
    return _page()


@bp.get("/passphrase")
@needs(Permission.PACK_OFFLINE)
def ask() -> str:
    """What a passphrase is for; where there is one, that what it opens is deleted."""
    return render_template("packs/offline_passphrase.html", since=store.passphrase_since(principal()))


@bp.post("/passphrase")
@needs(Permission.PACK_OFFLINE, step_up=True)
def set_passphrase() -> str:
    """The passphrase is on this one answer and on no other page, so there is no page to go on to."""
    phrase = usecase.set_passphrase(principal(), clock.now())
    return render_template("packs/offline_shown.html", phrase=phrase)


@bp.get("/<uuid:meeting_id>/pack.pdf")
@needs(Permission.PACK_OFFLINE, step_up=True)
def fetch(meeting_id: UUID) -> Any:
    """One's own copy, as a file whose name says nothing; who has none is told when there will be one."""
    try:
        content = usecase.fetch(principal(), meeting_id, clock.now())
    except usecase.Stale:
        return _page(stale=True), 409
    if content is None:
        return _page(none_yet=True)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="pack.pdf"'
    return answer
