"""Certificates of destruction (Rulebook L2)."""

from uuid import UUID

from flask import Blueprint, render_template

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import accounts, register_kept, wiped
from meetingsvc.store import certificates as store
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("certificates", __name__, url_prefix="/certificates")


@bp.get("")
@needs(Permission.CERTIFICATE_READ)
def index() -> str:
    """Every one, the newest first."""
    who = guard.principal()
    found = store.all_of(who)
    reading.opened(who, "certificate.list_read", f"area/{who.area_id}", clock.now(), certificates=len(found))
    return render_template("retention/certificates.html", certificates=found)


@bp.get("/<uuid:decision_id>")
@needs(Permission.CERTIFICATE_READ)
def show(decision_id: UUID) -> str:
    """One, as it is printed; found by its decision."""
    who = guard.principal()
    found = or_404(store.one(who, decision_id))
    reading.opened(who, "certificate.read", f"destruction/{found.number}", clock.now())
    names = accounts.names({found.proposed_by, found.decided_by})
    lines = [(what, names.get(found.proposed_by, said) if what == "Proposed by" else
              names.get(found.decided_by, said) if what == "Decided by" else said)
             for what, said in found.lines]  # fmt: skip
    register = register_kept.of_certificate(who, found.number)
    return render_template("retention/certificate.html", certificate=found, lines=lines, register=register,
                           complete=found.number <= wiped.up_to())  # fmt: skip
