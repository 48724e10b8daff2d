"""Documents of social care about a child: on the screen, and nowhere else (Rulebook E4).

No page here is a file, none prints, and none is linked from anything that leaves the service. That a page is
not printed is a deterrent: a screen can be photographed, so each says whose it is.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import care_documents as store
from meetingsvc.store.care_documents import Shown
from meetingsvc.usecases import care_documents as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.care_documents_forms import DocumentForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from minutes.screen_only import Way, watermark

bp = Blueprint("care_documents", __name__, url_prefix="/children/<uuid:case_id>/documents")


@bp.get("")
@needs(Permission.DOCUMENT_READ)
def index(case_id: UUID) -> str:
    """What there is: what each is called, and nothing of its text."""
    who, case = _child(case_id)
    reading.opened(who, "document.list_read", f"case/{case_id}", clock.now())
    return render_template(
        "children/documents.html", case=case, case_id=case_id, adds=_supplies(who),
        documents=store.listed(who, case_id, Way.SCREEN), mark=_mark(who),
    )  # fmt: skip


@bp.get("/<uuid:document_id>")
@needs(Permission.DOCUMENT_READ)
def show(case_id: UUID, document_id: UUID) -> str:
    """One, with the reader and the time across it. Each reading leaves its trace (Rulebook V5)."""
    who, case = _child(case_id)
    _one(who, case_id, document_id)
    trace = {"document": document_id}
    reading.opened(who, "document.read", f"case/{case_id}", clock.now(), **trace)
    return render_template(
        "children/document.html", case=case, case_id=case_id, mark=_mark(who),
        shown=_one(who, case_id, document_id),  # what was read before the trace was kept has gone with it
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.DOCUMENT_SUPPLY)
def add(case_id: UUID) -> Any:
    """Social care's own: it is typed or pasted here."""
    who, case = _child(case_id)
    if not _supplies(who):
        abort(403)
    form = DocumentForm()
    if form.is_submitted() and form.fits(who):
        key = usecase.add(who, case_id, form.told(who), clock.now())
        flash("The document is added. The panel reads it on the screen.", "success")
        return redirect(url_for("care_documents.show", case_id=case_id, document_id=key), 303)
    reading.opened(who, "document.form_read", f"case/{case_id}", clock.now())
    page = render_template("children/document_new.html", case=case, case_id=case_id, form=form)
    return (page, 422) if form.is_submitted() else page


@bp.get("/<uuid:document_id>/withdraw")
@needs(Permission.DOCUMENT_SUPPLY)
def ask_withdraw(case_id: UUID, document_id: UUID) -> str:
    """Asks once more: it cannot be given again but as a new one."""
    who, case = _child(case_id)
    line = _own(who, case_id, document_id).line
    reading.opened(who, "document.form_read", f"case/{case_id}", clock.now())
    return render_template("children/document_withdraw.html", case=case, case_id=case_id, line=line)


@bp.post("/<uuid:document_id>/withdraw")
@needs(Permission.DOCUMENT_SUPPLY)
def withdraw(case_id: UUID, document_id: UUID) -> Any:
    """Closes it to everybody but its own agency."""
    who, _ = _child(case_id)
    _own(who, case_id, document_id)
    usecase.withdraw(who, case_id, document_id, clock.now())
    flash("The document is withdrawn. Your agency alone reads it from now on.", "success")
    return redirect(url_for("care_documents.index", case_id=case_id), 303)


def _child(case_id: UUID) -> tuple[Principal, str]:
    """Who is on no panel of exploitation has no such page, nor anybody of a case that is no child's."""
    who = guard.principal()
    return who, or_404(store.child(who, case_id))


def _one(who: Principal, case_id: UUID, document_id: UUID) -> Shown:
    return or_404(store.read(who, case_id, document_id, Way.SCREEN))


def _own(who: Principal, case_id: UUID, document_id: UUID) -> Shown:
    shown = _one(who, case_id, document_id)
    return shown if shown.line.own and _supplies(who) else abort(403)


def _supplies(who: Principal) -> bool:
    return who.may(Permission.DOCUMENT_SUPPLY) and store.supplies(who)


def _mark(who: Principal) -> str:
    return watermark(who.name, who.agency_name, clock.now())
