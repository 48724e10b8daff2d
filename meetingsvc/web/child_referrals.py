"""Referring a child: whether the child is at immediate risk first, then the form, page by page (E1, E3)."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import exploitation_referral
from agenda import referral_parts as parts
from agenda.exploitation_form import BEFORE
from agenda.exploitation_referral import FORM
from agenda.immediate_risk import Immediate
from agenda.referral_draft import Reading, in_words
from agenda.referral_fields import NOTHING, Row
from agenda.referral_parts import Place
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import exploitation_referrals as store
from meetingsvc.usecases import exploitation_referrals as usecase
from meetingsvc.usecases import reading, referral_drafts
from meetingsvc.usecases.referral_sending import Unfit
from meetingsvc.web import guard, referral_check, referral_pages
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.referral_pages import Pages, render
from meetingsvc.web.typed import counted

bp = Blueprint("child_referrals", __name__, url_prefix="/children/refer")
_FIRST = Place(BEFORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDesk(Pages):
    """One person's own exploitation referral."""

    def reading(self) -> Reading:
        """What its answers come to today."""
        days = referral_drafts.days(self.area_id, clock.now())
        return exploitation_referral.read(self.referral.draft, days)


@bp.get("")
@needs(Permission.EXPLOITATION_REFER)
def new() -> str:
    """Before anything else: is the child at immediate risk, and whom to call. Below it, one's own (E3)."""
    return _first({}, {})


@bp.post("")
@needs(Permission.EXPLOITATION_REFER)
def begin() -> Any:
    """A new draft, once that is answered; until then the page stays, with what was typed."""
    who, row = guard.principal(), fields.typed(_FIRST, request.form)
    words = usecase.words(who.area_id)
    read = request.form.get("read") == mark(words)
    try:
        answer = usecase.begin(who, row["answer"], row["done"].strip(), read, clock.now())
    except RuleBroken as refusal:
        return _first(row, {}, str(refusal)), 409
    if isinstance(answer, dict):
        return _first(row, {f"{_FIRST.prefix}{name}": why for name, why in answer.items()}), 422
    return redirect(url_for("child_referrals.tasks", refer_id=answer), 303)


def _first(row: Row, problems: dict[str, str], refused: str = "") -> str:
    who = guard.principal()
    words = usecase.words(who.area_id)
    days = referral_drafts.days(who.area_id, clock.now())
    errors = [(f"#{name}", why) for name, why in problems.items()]
    return render_template(
        "children/refer.html", words=words, read=mark(words), mine=store.mine(who),
        shown=fields.page(_FIRST, row, days, problems), is_taken=usecase.is_taken(who.area_id),
        refused=refused, errors_here=[("#first", refused)] if refused else errors,
    )  # fmt: skip


def mark(words: str) -> str:
    """Which words stood on the page: where they have changed since, they are read again."""
    return sha256(words.encode()).hexdigest()[:24]


def _desk(refer_id: UUID) -> ChildDesk:
    """One's own; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    found = or_404(store.own(who, refer_id))
    if "autosave" not in request.form:
        reading.opened(who, "exploitation.own_read", f"exploitation/{refer_id}", clock.now())
    warned = referral_drafts.call(who.area_id)
    return ChildDesk(
        base=url_for("child_referrals.tasks", refer_id=refer_id),
        home=url_for("child_referrals.new"),
        referral=replace(found, warned=warned),
        again=lambda: replace(or_404(store.own(who, refer_id)), warned=warned),
        work=lambda: usecase.opened(who, refer_id, clock.now()),
        area_id=who.area_id,
        form=FORM,
        words=usecase.words(who.area_id),
    )


@bp.get("/<uuid:refer_id>")
@needs(Permission.EXPLOITATION_REFER)
def tasks(refer_id: UUID) -> Any:
    """The task list; of one that is sent, that it is."""
    desk = _desk(refer_id)
    return _tasks(desk) if desk.referral.can_be_changed else _sent(desk)


def _tasks(desk: ChildDesk) -> str:
    return referral_pages.tasks(desk, "children/tasks.html")


@bp.get("/<uuid:refer_id>/sent")
@needs(Permission.EXPLOITATION_REFER)
def sent(refer_id: UUID) -> str:
    """Its reference, and what happens next; of a draft, how far it is."""
    desk = _desk(refer_id)
    return _sent(desk) if desk.referral.first_sent_at else _tasks(desk)


def _sent(desk: ChildDesk) -> str:
    or_404(desk.referral.first_sent_at)
    return render(desk, "children/sent.html")


@bp.get("/<uuid:refer_id>/sections/<section>")
@needs(Permission.EXPLOITATION_REFER)
def section(refer_id: UUID, section: str) -> str:
    """One page of the form."""
    return referral_pages.section(_desk(refer_id), section, 0)


@bp.post("/<uuid:refer_id>/sections/<section>")
@needs(Permission.EXPLOITATION_REFER)
def save(refer_id: UUID, section: str) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(refer_id), section, 0)


@bp.get("/<uuid:refer_id>/sections/<section>/<int:number>")
@needs(Permission.EXPLOITATION_REFER)
def one(refer_id: UUID, section: str, number: int) -> str:
    """One of several: an episode, a link."""
    return referral_pages.section(_desk(refer_id), section, number)


@bp.post("/<uuid:refer_id>/sections/<section>/<int:number>")
@needs(Permission.EXPLOITATION_REFER)
def save_one(refer_id: UUID, section: str, number: int) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(refer_id), section, number)


@bp.get("/<uuid:refer_id>/sections/<section>/<int:number>/remove")
@needs(Permission.EXPLOITATION_REFER)
def ask_remove(refer_id: UUID, section: str, number: int) -> str:
    """Asks first."""
    return referral_pages.ask_remove(_desk(refer_id), section, number)


@bp.post("/<uuid:refer_id>/sections/<section>/<int:number>/remove")
@needs(Permission.EXPLOITATION_REFER)
def remove(refer_id: UUID, section: str, number: int) -> Any:
    """Takes one of several out."""
    return referral_pages.remove(_desk(refer_id), section, number)


@bp.get("/<uuid:refer_id>/check")
@needs(Permission.EXPLOITATION_REFER)
def check(refer_id: UUID) -> str:
    """Check your answers."""
    return _check(_desk(refer_id))


def _check(desk: ChildDesk, problems: dict[str, str] | None = None, refused: str = "") -> str:
    referral_pages.refuse_sent(desk)
    found = desk.reading()
    pages = [
        (at, fields.answers(at, found, parts.typed(desk.referral.draft, at)))
        for at in referral_check.places(desk)
    ]
    errors = [("#send", refused)] if refused else []
    return render(
        desk, "referrals/check.html", pages=pages,
        wrong=problems if problems is not None else {**found.problems, **found.missing},
        wanted=list(in_words(found.wanted, FORM)), reminder=desk.words, child=_in_danger(desk),
        risk_after="", result=None, proposed=(),
        errors_here=errors or [(desk.where(name), why) for name, why in (problems or {}).items()],
    )  # fmt: skip


def _in_danger(desk: ChildDesk) -> bool:
    """It is said again whom to call, where the child is at immediate risk or nobody knows (Rulebook E3)."""
    answer = desk.referral.draft.get("before", NOTHING).fields.get("answer", "")
    return answer not in set(Immediate) or Immediate(answer).cannot_wait


@bp.post("/<uuid:refer_id>/check")
@needs(Permission.EXPLOITATION_REFER)
def send(refer_id: UUID) -> Any:
    """Sends it, where nothing that must be answered is missing or wrong."""
    desk = _desk(refer_id)
    told = request.form.get("changes", "")
    try:
        with usecase.opened(guard.principal(), refer_id, clock.now(), sends=True) as work:
            usecase.send(work, counted(told, -1), clock.now())
    except Unfit as unfit:
        return _check(desk, unfit.problems), 422
    except RuleBroken as refusal:
        return _check(desk, None, str(refusal)), 409
    return redirect(f"{desk.base}/sent", 303)


@bp.get("/<uuid:refer_id>/throw-away")
@needs(Permission.EXPLOITATION_REFER)
def ask_throw_away(refer_id: UUID) -> Any:
    """Asks first."""
    return referral_check.ask_throw_away(_desk(refer_id))


@bp.post("/<uuid:refer_id>/throw-away")
@needs(Permission.EXPLOITATION_REFER)
def throw_away(refer_id: UUID) -> Any:
    """A draft alone; nothing that was typed is kept."""
    desk = _desk(refer_id)
    if answer := referral_check.was_sent(desk):
        return answer
    with usecase.opened(guard.principal(), refer_id, clock.now()) as work:
        usecase.throw_away(work, clock.now())
    flash("The draft is gone. Nothing of it was sent.", "success")
    return redirect(desk.home, 303)
