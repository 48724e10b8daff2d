"""Cases that move to another area: proposing, sending, and what the other area says (Rulebook M5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from agenda.rules import RuleBroken
from agenda.transfers import Step
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page, transfer_arrivals
from meetingsvc.store import transfers as store
from meetingsvc.store.case_page import Case
from meetingsvc.store.transfers import Out
from meetingsvc.usecases import reading, transfer_files
from meetingsvc.usecases import transfers as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.transfer_forms import RECORDED, RecordForm, TransferForm, WhyForm

bp = Blueprint("transfers", __name__)


@bp.get("/transfers")
@needs(Permission.TRANSFER_READ)
def show() -> str:
    """What waits for this area to decide, what is on its way from here, and what has ended."""
    who = guard.principal()
    reading.opened(who, "transfer.list_read", f"area/{who.area_id}", clock.now())
    return render_template(
        "transfers/transfers.html", arrivals=transfer_arrivals.arrivals(who), outgoing=store.outgoing(who),
        today=clock.today(),
    )  # fmt: skip


@bp.get("/cases/<uuid:case_id>/transfer")
@needs(Permission.TRANSFER_MAKE)
def ask(case_id: UUID) -> str:
    """Where to, and why."""
    return _ask_page(_case(case_id), _form())


@bp.post("/cases/<uuid:case_id>/transfer")
@needs(Permission.TRANSFER_MAKE)
def propose(case_id: UUID) -> Any:
    """First shows what was chosen; then puts it before the chair."""
    case, form = _case(case_id), _form()
    if not form.validate():
        return _ask_page(case, form), 422
    to = form.destination()
    if not form.confirmed.data:
        return _check_page(case, form)
    usecase.propose(guard.principal(), case_id, to, form.why.data, clock.now())
    flash(
        "Proposed. A chair decides it. The case stays here until the other area has accepted it.", "success"
    )
    return redirect(url_for("transfers.show"), 303)


@bp.get("/cases/<uuid:case_id>/transferred")
@needs(Permission.CASE_READ)
def records(case_id: UUID) -> str:
    """What came or went with a case, as it was then."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "transfer.record_read", f"case/{case_id}", clock.now())
    return render_template("transfers/records.html", case=case, records=store.records(who, case_id))


@bp.get("/transfers/<uuid:transfer_id>")
@needs(Permission.TRANSFER_READ)
def one(transfer_id: UUID) -> str:
    """How far it is, and what to do next."""
    return _page(_one(transfer_id))


@bp.get("/transfers/<uuid:transfer_id>/withdraw")
@needs(Permission.TRANSFER_READ)
def ask_withdraw(transfer_id: UUID) -> str:
    """Why it is taken back."""
    return render_template("transfers/withdraw.html", one=_one(transfer_id), form=WhyForm())


@bp.post("/transfers/<uuid:transfer_id>/withdraw")
@needs(Permission.TRANSFER_READ)
def withdraw(transfer_id: UUID) -> Any:
    """Takes it back."""
    told, form = _one(transfer_id), WhyForm()
    if not form.validate():
        return render_template("transfers/withdraw.html", one=told, form=form), 422
    usecase.withdraw(guard.principal(), transfer_id, form.reason.data, clock.now())
    flash("Withdrawn. The case stays here.", "success")
    return redirect(url_for("transfers.one", transfer_id=transfer_id), 303)


@bp.post("/transfers/<uuid:transfer_id>/file")
@needs(Permission.TRANSFER_MAKE, step_up=True)
def make_file(transfer_id: UUID) -> str:
    """The password is on this one answer and nowhere else, so there is no page to go on to."""
    made = transfer_files.make(guard.principal(), transfer_id, clock.now())
    return render_template("transfers/made.html", made=made, one=_one(transfer_id))


@bp.get("/transfers/<uuid:transfer_id>/transfer.pdf")
@needs(Permission.TRANSFER_MAKE, step_up=True)
def fetch(transfer_id: UUID) -> Response:
    """The encrypted file, whose name says nothing."""
    content = transfer_files.fetch(guard.principal(), transfer_id, clock.now())
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="transfer.pdf"'
    return answer


@bp.get("/transfers/<uuid:transfer_id>/record")
@needs(Permission.TRANSFER_MAKE)
def ask_record(transfer_id: UUID) -> str:
    """What was done, or what the other area said; nothing where that area answers in the service itself."""
    told = _recordable(transfer_id)
    return render_template("transfers/record.html", one=told, form=RecordForm().among(told.next_steps))


@bp.post("/transfers/<uuid:transfer_id>/record")
@needs(Permission.TRANSFER_MAKE)
def record(transfer_id: UUID) -> Any:
    """Records it."""
    told = _recordable(transfer_id)
    form = RecordForm().among(told.next_steps)
    if not form.validate():
        return render_template("transfers/record.html", one=told, form=form), 422
    what = Step(form.step.data)
    transfer_files.record(guard.principal(), transfer_id, what, form.reason.data, clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("transfers.one", transfer_id=transfer_id), 303)


@bp.post("/transfers/<uuid:transfer_id>/ask-again")
@needs(Permission.TRANSFER_MAKE)
def ask_again(transfer_id: UUID) -> Any:
    """Records that the other area was asked again."""
    transfer_files.ask_again(guard.principal(), transfer_id, clock.now())
    flash("Recorded. It is asked for anew when it is due.", "success")
    return redirect(url_for("transfers.one", transfer_id=transfer_id), 303)


def _form() -> TransferForm:
    return TransferForm().between(store.other_areas(guard.principal().area_id))


def _case(case_id: UUID) -> Case:
    case = or_404(case_page.case(guard.principal(), case_id))
    reading.opened(guard.principal(), "case.read", f"case/{case_id}", clock.now())
    return case


def _ask_page(case: Case, form: TransferForm) -> str:
    return render_template("transfers/propose.html", case=case, form=form)


def _check_page(case: Case, form: TransferForm) -> Any:
    """What was chosen; or again the form, where that officer is none it may go to (Rulebook F3, S1)."""
    to = form.destination()
    try:
        usecase.refuse_unfit(guard.principal(), case.id, to, clock.now())
    except RuleBroken as refusal:
        form.email.errors = (*form.email.errors, str(refusal))
        return _ask_page(case, form), 422
    return render_template("transfers/check.html", case=case, form=form, to=to)


def _one(transfer_id: UUID) -> Out:
    told = or_404(store.one(guard.principal(), transfer_id))
    reading.opened(guard.principal(), "transfer.read", f"case/{told.case_id}", clock.now())
    return told


def _recordable(transfer_id: UUID) -> Out:
    told = _one(transfer_id)
    return or_404(told if set(told.next_steps) & set(RECORDED) else None)


def _page(told: Out) -> str:
    return render_template("transfers/transfer.html", one=told, today=clock.today())
