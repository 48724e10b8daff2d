"""Risk assessments of a case: those there are, and filling in another (field.md C)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.area_rules import bands
from agenda.risk_tool_registry import current
from agenda.risk_tools import Bands
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, case_page
from meetingsvc.store import risk_assessments as store
from meetingsvc.store.case_page import Case
from meetingsvc.usecases import reading
from meetingsvc.usecases import risk_assessments as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.risk_assessments_forms import RiskForm, form_of

bp = Blueprint("risk_assessments", __name__, url_prefix="/cases/<uuid:case_id>/risk")


@bp.get("")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """Every assessment with its answers, the latest first."""
    case = _opened(case_id)
    found = store.on_case(guard.principal(), case_id)
    return render_template("risk_tools/assessments.html", case=case, assessments=found, tools=current())


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def add(case_id: UUID) -> Any:
    """Another one, with one of the tools."""
    who, case = guard.principal(), _opened(case_id)
    tool = or_404({one.id: one for one in current()}.get(request.args.get("tool", "dash")))
    area = _bands()
    form = form_of(tool)(author=who.name, done_on=clock.today())
    if not form.is_submitted():
        return _page(case, form, area)
    if request.form.get("step") == "count":
        return _page(case, form, area)
    if not form.fits(area, clock.today()):
        return _page(case, form, area), 422
    usecase.record(who, case_id, form.told(), clock.now())
    flash("The assessment is recorded.", "success")
    return redirect(url_for("risk_assessments.show", case_id=case_id), 303)


def _opened(case_id: UUID) -> Case:
    """The case, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "risk.read", f"case/{case_id}", clock.now())
    return case


def _bands() -> Bands:
    return bands(areas.settings_of(areas.by_id(guard.principal().area_id)))


def _page(case: Case, form: RiskForm, area: Bands) -> str:
    return render_template(
        "risk_tools/assessment.html", case=case, form=form, tool=form.tool, bands=form.tool.bands or area
    )
