"""Who may open a case: restricting it to named people, and giving it to an IDVA."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.restrictions import CANNOT_BE_NAMED, NOBODY_ELSE
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import acting, case_page, nameable, need_to_know, proposals, walls
from meetingsvc.store import allocations as allocations_store
from meetingsvc.store import restrictions as store
from meetingsvc.store.case_page import Case
from meetingsvc.usecases import reading, staff_cases, unnaming
from meetingsvc.usecases import restrictions as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.restrictions_forms import (
    AskForm,
    EmployerForm,
    EndForm,
    OfficerForm,
    RestrictForm,
    children_told,
)

bp = Blueprint("restrictions", __name__, url_prefix="/cases/<uuid:case_id>")


@bp.get("/access")
@needs(Permission.RESTRICTION_DECIDE)
def show(case_id: UUID) -> str:
    """The restriction with its reasons, the walls, who is named, and whose case it is."""
    who, case = guard.principal(), _opened(case_id)
    return render_template(
        "restrictions/access.html", case=case, restriction=store.of_case(who, case_id),
        steps=store.steps(who, case_id), walls=walls.on_case(who, case_id),
        named=store.named_on(who, case_id), given=store.given_to(who, case_id),
        asked=allocations_store.asked_for(who, case_id),
        waiting=_waiting(case_id), risk=need_to_know.highest_risks(who, [case_id]).get(case_id),
        **_able(case_id),
    )  # fmt: skip


def _opened(case_id: UUID) -> Case:
    """The case, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "access.read", f"case/{case_id}", clock.now())
    return case


def _able(case_id: UUID) -> dict[str, Any]:
    """Who can be named, by agency, and to which IDVAs the case can be given."""
    area_id, today = guard.principal().area_id, clock.today()
    with acting.whole_area(area_id):
        people = nameable.nameable(area_id, case_id, today)
        return {"able": store.by_agency(people), "idvas": nameable.idvas(area_id, case_id, today)}


def _waiting(case_id: UUID) -> bool:
    """A second person has still to decide."""
    told = proposals.open_on(guard.principal(), f"case/{case_id}", clock.now())
    return any(one.kind in ("restriction.lift", "restriction.decline") for one in told)


def _back(case_id: UUID, message: str) -> Any:
    flash(message, "success")
    return redirect(url_for("restrictions.show", case_id=case_id), 303)


def _chosen() -> set[UUID]:
    """The people ticked; what is no identifier was not on the page."""
    return {UUID(text) for text in request.form.getlist("people") if _is_uuid(text)}


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@bp.get("/access/restrict")
@needs(Permission.RESTRICTION_DECIDE)
def restricting(case_id: UUID) -> str:
    """Why, and who is named besides those who run meetings."""
    return _restricting(_opened(case_id), RestrictForm())


def _restricting(case: Case, form: RestrictForm) -> str:
    """With whom was ticked before, so that nobody has to be sought again."""
    return render_template(
        "restrictions/restrict.html", case=case, form=form, ticked=_chosen(), **_able(case.id)
    )


@bp.post("/access/restrict")
@needs(Permission.RESTRICTION_DECIDE, step_up=True)
def restrict(case_id: UUID) -> Any:
    """Keeps it to named people at once."""
    case, form = _opened(case_id), RestrictForm()
    if not form.validate():
        return _restricting(case, form), 422
    if "back" in request.form:
        return _restricting(case, form)
    if "sure" not in request.form:
        return _who_may(case, form)
    usecase.restrict(guard.principal(), case_id, form.reason.data, _chosen(), clock.now())
    return _back(case_id, "The case is open to the people named on it, and to nobody else.")


def _who_may(case: Case, form: RestrictForm) -> str:
    """Who will be able to open it, and that no agency will, before it is done (Rulebook M6)."""
    area_id, chosen = guard.principal().area_id, _chosen()
    with acting.whole_area(area_id):
        able = nameable.nameable(area_id, case.id, clock.today())
    if not chosen <= {one.id for one in able}:
        raise RuleBroken(CANNOT_BE_NAMED)
    people = [one for one in able if one.id in chosen or not one.attends]
    return render_template("restrictions/who_may.html", case=case, people=people, form=form, chosen=chosen)


@bp.post("/access/name")
@needs(Permission.RESTRICTION_DECIDE, step_up=True)
def name(case_id: UUID) -> Any:
    """Opens it to more people."""
    _opened(case_id)
    if not (chosen := _chosen()):
        raise RuleBroken("Choose somebody to name. Nothing changed.")
    usecase.name(guard.principal(), case_id, chosen, clock.now())
    return _back(case_id, "Named.")


@bp.post("/access/unname/<uuid:account_id>")
@needs(Permission.RESTRICTION_DECIDE, step_up=True)
def unname(case_id: UUID, account_id: UUID) -> Any:
    """Closes it to one person; of who runs meetings, asks a second person."""
    _opened(case_id)
    reason = request.form.get("reason", "")
    if unnaming.unname(guard.principal(), case_id, account_id, reason, clock.now()):
        return _back(case_id, "The case is closed to this person.")
    return _back(case_id, "A second coordinator or chair decides. Until then nothing changes.")


def _end_page(case: Case, form: EndForm) -> str:
    who = guard.principal()
    return render_template(
        "restrictions/end.html", case=case, form=form, restriction=store.of_case(who, case.id),
        has_second=usecase.could_be_ended(who, case.id, clock.now()), nobody_else=NOBODY_ELSE,
    )  # fmt: skip


@bp.get("/access/end")
@needs(Permission.RESTRICTION_DECIDE)
def ending(case_id: UUID) -> str:
    """Why it is lifted, or not put."""
    return _end_page(_opened(case_id), EndForm())


@bp.post("/access/end")
@needs(Permission.RESTRICTION_DECIDE, step_up=True)
def end(case_id: UUID) -> Any:
    """Asks the second person."""
    case, form = _opened(case_id), EndForm()
    if not form.validate():
        return _end_page(case, form), 422
    usecase.propose_end(guard.principal(), case_id, form.reason.data, clock.now())
    return _back(case_id, "A second coordinator or chair decides. Until then nothing changes.")


@bp.get("/access/employer")
@needs(Permission.RESTRICTION_DECIDE)
def employer(case_id: UUID) -> str:
    """What the employing agency tells its line managers."""
    return render_template("restrictions/employer.html", case=_opened(case_id), form=EmployerForm())


@bp.post("/access/employer")
@needs(Permission.RESTRICTION_DECIDE)
def employer_said(case_id: UUID) -> Any:
    """Records it, with who said so."""
    case, form = _opened(case_id), EmployerForm()
    if not form.validate():
        return render_template("restrictions/employer.html", case=case, form=form), 422
    staff_cases.employer_said(guard.principal(), case_id, form.told.data, form.said_by.data, clock.now())
    return _back(case_id, "The agency's decision is recorded.")


@bp.get("/access/officer")
@needs(Permission.RESTRICTION_DECIDE)
def officer(case_id: UUID) -> str:
    """Whether the member of staff works with children, and what the meeting decided."""
    found = store.of_case(guard.principal(), case_id)
    told = children_told(found.works_with_children) if found else None
    form = OfficerForm(children=told, decided=found.lado if found else "")
    return render_template("restrictions/officer.html", case=_opened(case_id), form=form)


@bp.post("/access/officer")
@needs(Permission.RESTRICTION_DECIDE)
def officer_decided(case_id: UUID) -> Any:
    """Records it."""
    case, form = _opened(case_id), OfficerForm()
    if not form.validate():
        return render_template("restrictions/officer.html", case=case, form=form), 422
    staff_cases.officer(
        guard.principal(), case_id, form.works_with_children, form.decided.data or "", clock.now()
    )
    return _back(case_id, "Recorded.")


@bp.get("/ask-for-restriction")
@needs(Permission.RESTRICTION_ASK)
def asking(case_id: UUID) -> str:
    """Why an agency asks for it."""
    return render_template("restrictions/ask.html", case=_opened(case_id), form=AskForm())


@bp.post("/ask-for-restriction")
@needs(Permission.RESTRICTION_ASK)
def ask(case_id: UUID) -> Any:
    """Puts it before who runs the meetings."""
    case, form = _opened(case_id), AskForm()
    if not form.validate():
        return render_template("restrictions/ask.html", case=case, form=form), 422
    usecase.ask(guard.principal(), case_id, form.reason.data, clock.now())
    flash("The coordinator and the chair will decide.", "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)
