"""Certificates of destruction (Rulebook L2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from agenda.meetings import case_reference
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import accounts, register_kept, wiped
from meetingsvc.store import certificates as store
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.retention_forms import FindForm
from minutes.destruction import Certificate

bp = Blueprint("certificates", __name__, url_prefix="/certificates")


@bp.get("")
@needs(Permission.CERTIFICATE_READ)
def index() -> str:
    """Every one, the newest first."""
    who = guard.principal()
    found = store.all_of(who)
    reading.opened(who, "certificate.list_read", f"area/{who.area_id}", clock.now(), certificates=len(found))
    return _page(found, FindForm())


@bp.post("")
@needs(Permission.CERTIFICATE_READ)
def find() -> Any:
    """What became of a case, by its reference: by POST, so that none stands in an address (security.md G).

    One that was kept from who asks is answered as one that never was (Rulebook M6).
    """
    who, form = guard.principal(), FindForm()
    if not form.validate():
        return _page(store.all_of(who), form), 422
    found = store.of_case(who, form.number)
    reading.opened(who, "certificate.looked_for", f"area/{who.area_id}", clock.now(), certificates=len(found))
    return _page(found, form, case_reference(form.number))


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


def _page(found: list[Certificate], form: FindForm, of: str = "") -> str:
    return render_template("retention/certificates.html", certificates=found, form=form, of=of)
