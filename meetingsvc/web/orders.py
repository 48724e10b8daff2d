"""Protection orders: the register, one order, recording, correcting and a breach (Rulebook T10)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from agenda.order_lengths import is_unusual
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page, order_parties
from meetingsvc.store import order_register as register
from meetingsvc.store import orders as store
from meetingsvc.store.order_parties import Parties
from meetingsvc.store.orders import Kept
from meetingsvc.usecases import orders as usecase
from meetingsvc.usecases import reading
from meetingsvc.usecases.orders import Told
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.orders_forms import BreachForm, OrderForm

bp = Blueprint("orders", __name__)
_UNUSUAL = "Recorded. This is an unusual length for a {}: look again whether its end is right."


@bp.get("/orders")
@needs(Permission.LIST_READ)
def index() -> str:
    """Those that hold, the first to end at the top."""
    who, now = guard.principal(), clock.now()
    running = store.running(who, now)
    parties = order_parties.parties(who, running)
    cases = sorted(one.case_id for one in parties.values() if one.case_id)
    reading.listed(who, "order.list_read", cases, now, orders=len(running))
    return render_template("orders/index.html", orders=running, parties=parties)


@bp.get("/orders/<uuid:order_id>")
@needs(Permission.LIST_READ)
def show(order_id: UUID) -> str:
    """One order, with what was told of it before."""
    who = guard.principal()
    versions = opened(order_id)
    kept = versions[0]
    mine = kept.by_hand and kept.agency_id == who.agency_id and who.may(Permission.ITEM_OWN)
    return render_template(
        "orders/order.html", order=kept, earlier=versions[1:], parties=_parties(kept), mine=mine,
        announced=register.announced_on(who, kept),
    )  # fmt: skip


def opened(order_id: UUID) -> list[Kept]:
    """Its versions, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    versions = store.one(who, order_id, clock.now())
    or_404(versions or None)
    parties = _parties(versions[0])
    case = {"case": parties.case_id} if parties and parties.case_id else {}
    reading.opened(who, "order.read", f"protection_order/{versions[0].id}", clock.now(), **case)
    return versions


def _parties(kept: Kept) -> Parties | None:
    return order_parties.parties(guard.principal(), [kept]).get(kept.id)


@bp.route("/cases/<uuid:case_id>/orders/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def record(case_id: UUID) -> Any:
    """An order that the police's own system has not sent."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "case.read", f"case/{case_id}", clock.now())
    form = OrderForm(author=who.name)
    if not form.validate_on_submit():
        return _form("orders/record.html", form, case=case, old=None)
    return _recorded(usecase.record(who, case_id, form.told(), clock.now()), form.told())


@bp.route("/orders/<uuid:order_id>/correct", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def correct(order_id: UUID) -> Any:
    """Another version of what one's own agency recorded, or that it ended earlier."""
    who, kept = guard.principal(), opened(order_id)[0]
    if not kept.by_hand or kept.agency_id != who.agency_id:
        abort(403)
    form = OrderForm(author=who.name)
    if not form.is_submitted():
        form.of(kept.order)
    if not form.validate_on_submit():
        return _form("orders/record.html", form, case=_parties(kept), old=kept)
    return _recorded(usecase.correct(who, kept.id, form.told(), clock.now()), form.told())


@bp.route("/orders/<uuid:order_id>/breach", methods=["GET", "POST"])
@needs(Permission.ORDER_BREACH)
def breach(order_id: UUID) -> Any:
    """An incident like any other, for the next list to triage."""
    who, kept, form = guard.principal(), opened(order_id)[0], BreachForm()
    told = form.told() if form.validate_on_submit() else None
    if told is None:
        return _form("orders/breach.html", form, order=kept, parties=_parties(kept))
    usecase.breach(who, kept.id, told, clock.now())
    flash("Recorded. The next daily list considers it.", "success")
    return redirect(url_for("orders.show", order_id=kept.id), 303)


def _form(template: str, form: Any, **told: Any) -> Any:
    page = render_template(template, form=form, **told)
    return (page, 422) if form.is_submitted() else page


def _recorded(order_id: UUID, told: Told) -> Any:
    kept = store.one(guard.principal(), order_id, clock.now())[0]
    kind, made_at, end = told.order.kind, told.order.made_at, kept.ends_at
    odd = kind and made_at and end and is_unusual(kind, made_at, end)
    flash(_UNUSUAL.format(kind) if odd else "Recorded. The next daily list announces it.", "success")
    return redirect(url_for("orders.show", order_id=order_id), 303)
