"""What waits, was sent or was not; sending again, and taking back (Rulebook S2, S3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import outbox_page as store
from meetingsvc.store import public_letters
from meetingsvc.store.outbox import State
from meetingsvc.usecases import outbox_care as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.outbox_parts import FILTERS, OutboxFilter, folder, folder_is_read
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
SIZE = 50


@bp.get("")
@needs(Permission.OUTBOX_MANAGE)
def show() -> str:
    """The newest first; `state` narrows it."""
    who, now, number = guard.principal(), clock.now(), page_asked()
    chosen = OutboxFilter.named(request.args.get("state", ""))
    counts = store.counts(who, now)
    totals = {one.name: sum(counts.get(state, 0) for state in one.states or State) for one in FILTERS}
    found = store.page(who, now, chosen.states, number, SIZE)
    reading.opened(who, "outbox.list_read", f"area/{who.area_id}", now, shown=len(found))
    return render_template(
        "outbox/outbox.html", lines=found, chosen=chosen, filters=FILTERS, totals=totals,
        pages=Pages(number, totals[chosen.name], SIZE, {"state": chosen.name}), folder=folder(),
        read_here=folder_is_read(), links=public_letters.not_sent(who),
    )  # fmt: skip


@bp.get("/again")
@needs(Permission.OUTBOX_MANAGE)
def ask_again() -> str:
    """How many messages were given up, before all of them are sent again."""
    count = store.counts(guard.principal(), clock.now()).get(State.FAILED, 0)
    return render_template("outbox/again.html", count=count)


@bp.post("/again")
@needs(Permission.OUTBOX_MANAGE)
def send_again() -> Any:
    """Sends them."""
    count = usecase.resend_given_up(guard.principal(), clock.now())
    flash(f"{count} {'message waits' if count == 1 else 'messages wait'} to be sent again.", "success")
    return redirect(url_for("outbox.show"), 303)


@bp.get("/<uuid:message_id>")
@needs(Permission.OUTBOX_MANAGE)
def one(message_id: UUID) -> str:
    """One message: where it stands, why, and what can be done."""
    return _page(message_id, "outbox/message.html")


@bp.post("/<uuid:message_id>/resend")
@needs(Permission.OUTBOX_MANAGE)
def resend(message_id: UUID) -> Any:
    """Sends again; a letter that may have arrived only where somebody says that it did not."""
    who, now = guard.principal(), clock.now()
    found = or_404(store.one(who, message_id))
    said = request.form.get("arrived", "")
    if found.may_have_arrived and said not in ("yes", "no"):
        return _page(message_id, "outbox/message.html", "Say whether it arrived"), 422
    if found.may_have_arrived and said == "yes":
        usecase.arrived(who, message_id, now)
        flash("Recorded that it arrived. It is not sent again.", "success")
    else:
        usecase.resend(who, message_id, now)
        flash("It waits to be sent again.", "success")
    return redirect(url_for("outbox.one", message_id=message_id), 303)


@bp.get("/<uuid:message_id>/withdraw")
@needs(Permission.OUTBOX_MANAGE)
def ask_withdraw(message_id: UUID) -> str:
    """What withdrawing means."""
    return _page(message_id, "outbox/withdraw.html")


@bp.post("/<uuid:message_id>/withdraw")
@needs(Permission.OUTBOX_MANAGE)
def withdraw(message_id: UUID) -> Any:
    """Takes it back; what chases a duty, and was given up, only with a reason."""
    who, now = guard.principal(), clock.now()
    if not or_404(store.one(who, message_id)).can_be_closed:
        usecase.withdraw(who, message_id, now)
        flash("Withdrawn. It will not be sent.", "success")
    elif (said := request.form.get("why", "")) in set(store.Closing):
        usecase.close(who, message_id, store.Closing(said), now)
        flash("Closed. It will not be sent.", "success")
    else:
        return _page(message_id, "outbox/withdraw.html", "Say why it is not sent again"), 422
    return redirect(url_for("outbox.one", message_id=message_id), 303)


def _page(message_id: UUID, template: str, problem: str = "") -> str:
    who = guard.principal()
    found = or_404(store.one(who, message_id))
    reading.opened(who, "outbox.read", f"message/{message_id}", clock.now())
    return render_template(
        template, line=found, problem=problem, folder=folder(), read_here=folder_is_read(),
        reasons=tuple(store.Closing),
    )  # fmt: skip
