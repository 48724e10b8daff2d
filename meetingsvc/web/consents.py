"""The victim's consent on a case: its history, and another line of it (Rulebook K1 to K3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.referral_consent import NOT_CHECKED, NOT_THE_BASIS
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, case_page, consents_elsewhere
from meetingsvc.store import consents as store
from meetingsvc.store.case_page import Case
from meetingsvc.usecases import consents as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.consents_forms import NAMES, ConsentForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("consents", __name__, url_prefix="/cases/<uuid:case_id>/consent")
_RECORDED = "Recorded. An incident that this puts on a daily list goes on the next one."


@bp.get("")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """Everything that was recorded, the latest first."""
    case = _opened(case_id)
    lines = store.history(guard.principal(), case_id)
    stands = next((line.id for line in lines if line.consent.checked), lines[0].id if lines else None)
    return render_template(
        "consents/consents.html", case=case, lines=lines, standing=stands,
        elsewhere=consents_elsewhere.on(guard.principal(), case_id), not_the_basis=NOT_THE_BASIS,
        not_checked=NOT_CHECKED,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def add(case_id: UUID) -> Any:
    """What the victim has said since."""
    who, case, today = guard.principal(), _opened(case_id), clock.today()
    form = ConsentForm(author=who.name)
    if not form.is_submitted():
        return _page(case, form)
    fits = form.validate()
    found = form.read(today, areas.settings_of(areas.by_id(who.area_id)))
    if not fits or found.missing or found.problems:
        return _page(case, form), 422
    usecase.record(who, case_id, form.told(found, today), form.source.data, clock.now())
    flash(_RECORDED, "success")
    return redirect(url_for("consents.show", case_id=case_id), 303)


def _opened(case_id: UUID) -> Case:
    """The case, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "consent.read", f"case/{case_id}", clock.now())
    return case


def _page(case: Case, form: ConsentForm) -> str:
    return render_template(
        "consents/consent.html", case=case, form=form, names=NAMES, not_the_basis=NOT_THE_BASIS
    )
