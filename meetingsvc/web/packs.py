"""A person's packs: read here, or taken away as one's own encrypted copy."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import pack_editions
from meetingsvc.store import packs as store
from meetingsvc.usecases import outbox_letters
from meetingsvc.usecases import packs as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("packs", __name__, url_prefix="/packs")


@bp.get("")
@needs(Permission.PACK_FETCH)
def show() -> str:
    """Packs of the meetings one's agency attends, and what became of one's copy."""
    who = guard.principal()
    destroy = sum(not one.destroyed for one in pack_editions.asked_of(who))
    return render_template("packs/packs.html", packs=store.mine(who, clock.now()), destroy=destroy)


@bp.get("/<uuid:pack_id>/read")
@needs(Permission.PACK_FETCH)
def read(pack_id: UUID) -> str:
    """The whole pack as a page."""
    pack, words = usecase.read(guard.principal(), pack_id, clock.now())
    return render_template("packs/read.html", pack=pack, words=words)


@bp.get("/<uuid:pack_id>/copy")
@needs(Permission.PACK_FETCH)
def ask(pack_id: UUID) -> str:
    """What making a copy means; where there is one already, that it stops working."""
    pack = or_404(store.one(guard.principal(), pack_id, clock.now()))
    return render_template("packs/copy.html", pack=pack, asks_again=False, by_mail=_by_mail())


@bp.post("/<uuid:pack_id>/copy")
@needs(Permission.PACK_FETCH, step_up=True)
def make_copy(pack_id: UUID) -> Any:
    """The passphrase is on this one answer and nowhere else, so there is no page to go on to."""
    replaces = request.form.get("replaces", 0, type=int)
    by_mail = request.form.get("by_mail") == "yes"
    made = usecase.make_copy(guard.principal(), pack_id, replaces, clock.now(), by_mail=by_mail)
    if made is None:
        pack = or_404(store.one(guard.principal(), pack_id, clock.now()))
        return render_template("packs/copy.html", pack=pack, asks_again=True, by_mail=_by_mail()), 409
    return render_template("packs/made.html", made=made, asked_by_mail=by_mail)


def _by_mail() -> bool:
    return outbox_letters.are_sent(guard.principal().area_id)


@bp.errorhandler(usecase.Stale)
def overtaken(stale: usecase.Stale) -> tuple[str, int]:
    """What the copy held has changed: it is deleted, and another can be made."""
    return render_template("packs/overtaken.html", pack_id=stale.pack_id), 409


@bp.get("/copies/<uuid:copy_id>/pack.pdf")
@needs(Permission.PACK_FETCH, step_up=True)
def fetch(copy_id: UUID) -> Response:
    """One's own copy, as a file whose name says nothing."""
    content = usecase.fetch(guard.principal(), copy_id, clock.now())
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="pack.pdf"'
    return answer
