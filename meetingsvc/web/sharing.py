"""Deciding whether to share: the questions one by one, the golden rules at hand (Rulebook K2 to K4)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda.sharing import GOLDEN_RULES, WITHOUT_DELAY, Question, Reply, Result, reply_of
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page, consents, sharing_reviews
from meetingsvc.store import sharing as store
from meetingsvc.store.case_page import Case
from meetingsvc.store.sharing import Kept
from meetingsvc.usecases import reading
from meetingsvc.usecases import sharing as usecase
from meetingsvc.usecases.sharing import Asked
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.sharing_forms import AskedForm, EndForm, QuestionForm

bp = Blueprint("sharing", __name__)
NEWEST = 50


@bp.get("/sharing")
@needs(Permission.SHARING_DECIDE)
def index() -> str:
    """One's own that are not decided yet, and what was decided."""
    who = guard.principal()
    waiting, decided = store.mine(who), store.decided(who, NEWEST)
    shown = len(waiting) + len(decided)
    reading.opened(who, "sharing.list_read", f"area/{who.area_id}", clock.now(), decisions=shown)
    due = sharing_reviews.mine(who, clock.now())
    return _page("index", waiting=waiting, decided=decided, due=due)


@bp.get("/cases/<uuid:case_id>/sharing")
@needs(Permission.CASE_READ)
def of_case(case_id: UUID) -> str:
    """What was decided on one case."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    found = store.on_case(who, case_id)
    reading.opened(who, "sharing.list_read", f"case/{case_id}", clock.now(), decisions=len(found))
    return _page("of_case", case=case, decided=found)


@bp.route("/sharing/new", methods=["GET", "POST"])
@needs(Permission.SHARING_DECIDE)
def begin() -> Any:
    """What it is about, on a case or on none."""
    who, case, form = guard.principal(), _case_named(), AskedForm()
    if not form.validate_on_submit():
        page = _page("asked", form=form, case=case, kept=None)
        return (page, 422) if form.is_submitted() else page
    made = usecase.begin(who, case.id if case else None, form.told(), clock.now())
    return redirect(url_for("sharing.ask", sharing_id=made), 303)


def _case_named() -> Case | None:
    """The case it is on, where one is named and open to who asks."""
    named = request.values.get("case", "")
    if not named:
        return None
    try:
        case_id = UUID(named)
    except ValueError:
        abort(404)
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "sharing.list_read", f"case/{case_id}", clock.now())
    return case


@bp.get("/sharing/<uuid:sharing_id>")
@needs(Permission.SHARING_DECIDE)
def show(sharing_id: UUID) -> str:
    """How far it is; or what was decided, and why."""
    return _decision(_opened(sharing_id))


def _decision(kept: Kept) -> str:
    steps = sharing_reviews.steps(guard.principal(), [kept.id]).get(kept.id, ())
    return _page("decision", kept=kept, mine=_is_mine(kept), steps=steps, Result=Result)


@bp.route("/sharing/<uuid:sharing_id>/details", methods=["GET", "POST"])
@needs(Permission.SHARING_DECIDE)
def change(sharing_id: UUID) -> Any:
    """What it is about, while it is not decided."""
    kept = _opened(sharing_id)
    if _only_reads(kept):
        return _on(sharing_id)
    told = kept.told
    form = AskedForm(asked_by=told.asked_by, what=told.what, with_whom=told.with_whom, purpose=told.purpose,
                     version=str(kept.version))  # fmt: skip
    if not form.validate_on_submit():
        page = _page("asked", form=form, case=None, kept=kept)
        return (page, 422) if form.is_submitted() else page
    asked = Asked(*(form[name].data for name in usecase.ASKED))
    usecase.change(guard.principal(), sharing_id, _version(form), asked, clock.now())
    return _on(sharing_id)


@bp.route("/sharing/<uuid:sharing_id>/question", methods=["GET", "POST"])
@needs(Permission.SHARING_DECIDE)
def ask(sharing_id: UUID) -> Any:
    """The next question; or, by `q`, one that was answered before."""
    kept = _opened(sharing_id)
    asked = _asked(kept)
    if asked is None or _only_reads(kept):
        return _on(sharing_id)
    form = QuestionForm().about_this(kept, asked, _on_record(kept, asked))
    reply = form.said() if form.validate_on_submit() else None
    if reply is None:
        number = kept.walk.asked.index(asked) + 1
        page = _page("question", form=form, kept=kept, asked=asked, number=number,
                     consent=_consent(kept) if asked is Question.CONSENT else None)  # fmt: skip
        return (page, 422) if form.is_submitted() else page
    usecase.answer(guard.principal(), sharing_id, _version(form), asked, reply, clock.now(), **form.beside())
    return redirect(url_for("sharing.ask", sharing_id=sharing_id), 303)


def _asked(kept: Kept) -> Question | None:
    """The question that is meant: one on the way, else the next that is open."""
    meant = request.values.get("question") or request.values.get("q", "")
    found = next((one for one in kept.walk.asked if one.value == meant), None)
    return found or (kept.walk.open if kept.open else None)


def _consent(kept: Kept) -> Any:
    """What stands by the dated history of the case (Rulebook K1)."""
    return consents.standing(guard.principal(), kept.case_id) if kept.case_id else None


def _on_record(kept: Kept, asked: Question) -> Reply | None:
    return reply_of(_consent(kept)) if asked is Question.CONSENT else None


@bp.route("/sharing/<uuid:sharing_id>/decide", methods=["GET", "POST"])
@needs(Permission.SHARING_DECIDE)
def decide(sharing_id: UUID) -> Any:
    """What the answers come to; kept for good once it is confirmed, share or not."""
    who, kept = guard.principal(), _opened(sharing_id)
    if _only_reads(kept):
        return _on(sharing_id)
    if kept.walk.result is None and request.method == "GET":
        return _decision(kept)
    form = EndForm(version=str(kept.version), advice=kept.told.advice)
    fits, found = form.validate_on_submit(), dict[str, str]()
    if fits and _is_mine(kept) and kept.open:
        found = usecase.ending_problems(who, kept, form.told())
        usecase.keep_refusal(who, sharing_id, found, clock.now())
        _beside(form, found)
    if not fits or found:
        page = _page("decide", form=form, kept=kept, Result=Result)
        return (page, 422) if form.is_submitted() else page
    if not form.confirmed.data and kept.walk.result is not Result.ASK_ADVICE and kept.open:
        return _page("check", form=form, kept=kept, told=form.told())
    result = usecase.conclude(who, sharing_id, _version(form), form.told(), clock.now())
    flash("Kept. Ask for advice, then decide." if result is Result.ASK_ADVICE else "The decision is kept.",
          "success")  # fmt: skip
    return _on(sharing_id)


def _beside(form: EndForm, found: dict[str, str]) -> None:
    """Each problem at its field; what is asked on another page, at the end."""
    for name, problem in found.items():
        field = form[name] if name in ("why", "informed", "advice") else form.why
        field.errors = (*field.errors, problem)


def _version(form: Any) -> int:
    said = form.version.data or ""
    return int(said) if said.isdecimal() and len(said) < 9 else 0


def _is_mine(kept: Kept) -> bool:
    return kept.made_by == guard.principal().account_id


def _only_reads(kept: Kept) -> bool:
    """Nothing can be answered any more, or not by this person: a form would mislead them."""
    return request.method == "GET" and not (kept.open and _is_mine(kept))


def _opened(sharing_id: UUID) -> Kept:
    """The decision, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, sharing_id))
    case = {"case": kept.case_id} if kept.case_id else {}
    reading.opened(who, "sharing.read", f"sharing_decision/{kept.id}", clock.now(), **case)
    return kept


def _page(name: str, **told: Any) -> str:
    return render_template(
        f"sharing/{name}.html", golden_rules=GOLDEN_RULES, without_delay=WITHOUT_DELAY, **told
    )


def _on(sharing_id: UUID) -> Any:
    return redirect(url_for("sharing.show", sharing_id=sharing_id), 303)
