"""Third parties' requests for what meetings heard: the list, logging one, its page and steps (X1 to X5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import case_page, disclosure_heads
from meetingsvc.store import disclosures as store
from meetingsvc.store.disclosure_heads import Head
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_answers, disclosure_checking, disclosure_recipients, reading
from meetingsvc.usecases import disclosures as usecase
from meetingsvc.usecases.disclosure_checking import Against
from meetingsvc.web import disclosure_parts, guard
from meetingsvc.web.disclosures_forms import CLOCKS, WAITS, LogForm, StepForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from minutes.disclosure import Step
from minutes.disclosure_kinds import Kind

bp = Blueprint("disclosures", __name__)
NEWEST = 50
NOT_ADVISED = "No message reaches these agencies here. Tell them yourself, then record it:"


@bp.get("/requests")
@needs(Permission.DISCLOSURE_READ)
def index() -> str:
    """Those that wait, what is due first first; and those that ended lately."""
    who, now = guard.principal(), clock.now()
    waiting, ended, heads = store.waiting(who), store.ended(who, NEWEST), disclosure_heads.all_of(who, now)
    shown = len(waiting) + len(ended) + len(heads)
    reading.opened(who, "disclosure.list_read", f"area/{who.area_id}", now, requests=shown)
    return render_template("disclosures/index.html", waiting=waiting, ended=ended, heads=heads, now=now)


@bp.route("/cases/<uuid:case_id>/requests/new", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_LOG)
def log(case_id: UUID) -> Any:
    """Logged about an open case: information governance has a ticket for it."""
    who, now = guard.principal(), clock.now()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "disclosure.form_read", f"case/{case_id}", now)
    form = LogForm(received_on=local_day(now)).offer(disclosure_parts.people(who, case).items())
    told = form.told() if form.validate_on_submit() else None
    if told is None:
        page = render_template("disclosures/log.html", case=case, form=form)
        return (page, 422) if form.is_submitted() else page
    key = usecase.log(who, case_id, told, form.requester(), now)
    flash("The request is logged. Check next who asks.", "success")
    return redirect(url_for("disclosures.show", disclosure_id=key), 303)


@bp.get("/requests/<uuid:disclosure_id>")
@needs(Permission.DISCLOSURE_READ)
def show(disclosure_id: UUID) -> str:
    """How far it is, by when, what is held and what each agency said beside it."""
    who = guard.principal()
    if head := _head(disclosure_id):
        return render_template("disclosures/head.html", kept=head)
    kept = opened(disclosure_id)
    steps, there = tuple(usecase.open_steps(who, kept)), disclosure_checking.against(who, kept)
    looks = disclosure_checking.may_look(who)
    return render_template(
        "disclosures/request.html", kept=kept, now=clock.now(),
        items=disclosure_parts.shown(who, kept), can=disclosure_parts.can(who, kept, steps),
        may_step=bool(_offered(who, kept, there)),
        match=disclosure_checking.match_of(kept, there) if looks else None,
        kept_from=disclosure_checking.kept_from(kept, there) if looks else None,
        watched=disclosure_checking.watched_in(kept) if looks else None,
        held_elsewhere=disclosure_parts.held_elsewhere(who, kept),
        held_apart=disclosure_parts.held_apart(who, kept),
        people=disclosure_parts.about(who, kept), lines=disclosure_checking.lines_for(kept, there),
    )  # fmt: skip


def _head(disclosure_id: UUID) -> Head | None:
    """What who logged it keeps of it while its case is closed to them; that it was read leaves its trace."""
    who, now = guard.principal(), clock.now()
    if disclosure_heads.one(who, disclosure_id, now) is None:
        return None
    reading.opened(who, "disclosure.read", f"disclosure_request/{disclosure_id}", now)
    return disclosure_heads.one(who, disclosure_id, now)


def opened(disclosure_id: UUID) -> Kept:
    """The request, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, disclosure_id))
    reading.opened(who, "disclosure.read", f"disclosure_request/{kept.id}", clock.now(), case=kept.case_id)
    return or_404(store.one(who, disclosure_id))  # what was read before the trace was kept has gone with it


def _offered(who: Principal, kept: Kept, there: Against) -> list[tuple[str, str]]:
    """The steps that say no more than why, and what its clock may do."""
    if not who.may(Permission.DISCLOSURE_STEP):
        return []
    steps = [step for step in usecase.open_steps(who, kept) if step in usecase.PLAIN]
    found = [(step.name.lower(), step.value.capitalize()) for step in steps]
    found += _clocks(kept)
    looks = disclosure_checking.may_look(who) and kept.request.logged_by != who.account_id
    if looks and not kept.state.ended and disclosure_checking.to_look(kept, there):
        found.append(("apart", CLOCKS["apart"]))
    if who.runs_meetings and not kept.state.ended and disclosure_parts.granted(kept):
        found.append(("recipient", CLOCKS["recipient"]))
    if kept.kind is Kind.COURT and kept.asked and who.runs_meetings and not kept.state.ended:
        found.append(("advise", CLOCKS["advise"]))
        found += [("advised", CLOCKS["advised"])] if _not_advised(kept) else []
    return found


def _clocks(kept: Kept | Head) -> list[tuple[str, str]]:
    """What its clock may do (Rulebook X2)."""
    if kept.kind is not Kind.SUBJECT_ACCESS or kept.state.ended:
        return []
    clocks = ["answered"] if kept.clock.paused is not None else ["identity", "clarification"]
    return [(name, CLOCKS[name]) for name in [*clocks, *([] if kept.clock.extension else ["extend"])]]


def _not_advised(kept: Kept) -> list[tuple[UUID, str]]:
    """Agencies asked that are not kept as told to take legal advice."""
    return [(one.agency_id, one.agency) for one in kept.asked if not one.advised_at]


@bp.route("/requests/<uuid:disclosure_id>/step", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_STEP)
def step(disclosure_id: UUID) -> Any:
    """What was done; withdrawing is asked about once more, for it cannot be taken back."""
    kept: Kept | Head | None = _head(disclosure_id)
    if isinstance(kept, Head):
        form = StepForm().offer(_clocks(kept))
    else:
        kept, who = opened(disclosure_id), guard.principal()
        offered = _offered(who, kept, disclosure_checking.against(who, kept))
        form = StepForm().offer(offered, _not_advised(kept))
    if not form.validate_on_submit():
        page = render_template("disclosures/step.html", kept=kept, form=form)
        return (page, 422) if form.is_submitted() else page
    if form.step.data == "withdraw" and not form.confirmed.data:
        return render_template("disclosures/withdraw.html", kept=kept, form=form)
    try:
        not_told = _take(disclosure_id, form)
    except RuleBroken as why:
        form.form_errors.append(str(why))
        return render_template("disclosures/step.html", kept=kept, form=form), 409
    flash("Recorded.", "success")
    if not_told:
        flash(f"{NOT_ADVISED} {', '.join(not_told)}.", "important")
    return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)


def _take(disclosure_id: UUID, form: StepForm) -> tuple[str, ...]:
    """Does what was chosen. Gives the agencies that are to be told otherwise to take legal advice."""
    who, now, reason = guard.principal(), clock.now(), form.reason.data or ""
    chosen = form.step.data
    if chosen in WAITS:
        usecase.stop_clock(who, disclosure_id, WAITS[chosen], now)
    elif chosen == "answered":
        usecase.run_clock(who, disclosure_id, now)
    elif chosen == "extend":
        usecase.extend(who, disclosure_id, reason, now)
    elif chosen == "apart":
        disclosure_recipients.tell_apart(who, disclosure_id, form.another.data or "", now)
    elif chosen == "recipient":
        disclosure_recipients.tell_recipient_apart(who, disclosure_id, form.recipient.data or "",
                                                   form.another.data or "", now)  # fmt: skip
    elif chosen == "advise":
        return disclosure_answers.advise(who, disclosure_id, now)
    elif chosen == "advised":
        disclosure_answers.advised(who, disclosure_id, set(map(UUID, form.agencies.data or ())), reason, now)
    else:
        usecase.take(who, disclosure_id, Step[chosen.upper()], reason, now, another=form.another.data or "")
    return ()
