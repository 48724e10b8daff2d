"""A release to a third party: built, released by a second person, taken away, registered (X6)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import disclosure_items
from meetingsvc.store import disclosure_releases as store
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_files, reading
from meetingsvc.usecases import disclosure_releases as usecase
from meetingsvc.usecases.disclosure_checking import against, match_of, watched_in
from meetingsvc.usecases.disclosure_recipients import known_of
from meetingsvc.usecases.disclosure_releases import Looked
from meetingsvc.web import guard
from meetingsvc.web.disclosures import opened
from meetingsvc.web.disclosures_forms import PrepareForm, passages
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from minutes.redaction import Redaction

bp = Blueprint("disclosure_releases", __name__)
Redactions = Mapping[UUID, Sequence[Redaction]]


def _typed(look: Looked) -> dict[UUID, tuple[Redaction, ...]]:
    """What is to be left out of each item, as it was typed beside it."""
    told = {piece.item: passages(request.form.get(f"out-{piece.item}", "")) for piece in look.pieces}
    return {item: tuple(map(Redaction, lines)) for item, lines in told.items() if lines}


def _prepare_page(
    kept: Kept, form: PrepareForm, look: Looked, named: Mapping[UUID, str], problem: str = ""
) -> str:
    typed = {str(piece.item): request.form.get(f"out-{piece.item}", "") for piece in look.pieces}
    return render_template("disclosures/prepare.html", kept=kept, form=form, look=look, agencies=named,
                           typed=typed, problem=problem)  # fmt: skip


def _not_now(kept: Kept, why: RuleBroken) -> Any:
    """What stands in the way, in place of the form, with what was typed in it so far."""
    typed = [text for name, text in request.form.items() if name.startswith("out-") and text.strip()]
    page = render_template("disclosures/not_now.html", kept=kept, why=str(why), typed=typed)
    return (page, 409) if request.method == "POST" else page


@bp.route("/requests/<uuid:disclosure_id>/prepare", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_RELEASE)
def prepare(disclosure_id: UUID) -> Any:
    """What would be released, and what of it still tells of somebody else: that is left out here."""
    who, kept = guard.principal(), opened(disclosure_id)
    form = PrepareForm(recipient=kept.told.name, purpose=kept.told.purpose)
    try:
        look = usecase.look(kept, {})
    except RuleBroken as why:
        return _not_now(kept, why)
    named = disclosure_items.names_of([piece.agency for piece in look.pieces if piece.agency])
    if not form.is_submitted():
        return _prepare_page(kept, form, look, named)
    redactions, problem = _typed(look), ""
    try:
        after = usecase.look(kept, redactions)
    except RuleBroken as why:  # a passage that cannot be left out: nothing that was typed is lost
        after, problem = look, str(why)
    if not form.validate() or problem or after.left:
        return _prepare_page(kept, form, Looked(look.pieces, after.left, look.names), named, problem), 422
    try:
        usecase.prepare(who, disclosure_id, redactions, form.recipient.data, form.purpose.data, clock.now())
    except RuleBroken as why:  # a recipient whose name is alike, among others
        return _prepare_page(kept, form, look, named, str(why)), 409
    flash("The release is built. A second person looks at it and releases it.", "success")
    return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)


@bp.get("/requests/<uuid:disclosure_id>/release")
@needs(Permission.DISCLOSURE_RELEASE)
def ask_release(disclosure_id: UUID) -> str:
    """Exactly what would leave, as it is built at this moment."""
    who, kept = guard.principal(), opened(disclosure_id)
    there = against(who, kept)
    try:
        row, built = usecase.prepared(who, kept, there)
    except RuleBroken as why:
        return render_template("disclosures/not_now.html", kept=kept, why=str(why), typed=[])
    named = disclosure_items.names_of([piece.agency for piece in built.pieces if piece.agency])
    return render_template("disclosures/release.html", kept=kept, row=row, built=built, agencies=named,
                           seen=usecase.seen_of(row), match=match_of(kept, there),
                           watched=watched_in(kept),
                           apart=known_of(kept, there, row.recipient, row.prepared_by))  # fmt: skip


@bp.post("/requests/<uuid:disclosure_id>/release")
@needs(Permission.DISCLOSURE_RELEASE, step_up=True)
def release(disclosure_id: UUID) -> str:
    """The passphrase is on this one answer and nowhere else, so there is no page to go on to."""
    kept = opened(disclosure_id)
    made = usecase.release(guard.principal(), disclosure_id, request.form.get("seen", ""), clock.now())
    return render_template("disclosures/released.html", kept=kept, made=made)


@bp.get("/releases")
@needs(Permission.DISCLOSURE_RELEASE)
def register() -> str:
    """To whom anything was released, for what purpose, and by whom."""
    who, now = guard.principal(), clock.now()
    found = store.register(who)
    reading.opened(who, "disclosure.register_read", f"area/{who.area_id}", now, releases=len(found))
    return render_template("disclosures/register.html", releases=found, now=now)


@bp.get("/releases/<uuid:release_id>/release.pdf")
@needs(Permission.DISCLOSURE_RELEASE, step_up=True)
def fetch(release_id: UUID) -> Any:
    """The file for its recipient, under a name that says nothing; once its time is over it is gone."""
    who, now = guard.principal(), clock.now()
    one = or_404(store.one(who, release_id))
    content = disclosure_files.fetch(who, release_id, now) if one.released_at else None
    if content is None:
        return render_template("disclosures/gone.html", one=one)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="release.pdf"'
    return answer
