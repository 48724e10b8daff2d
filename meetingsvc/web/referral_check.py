"""Checking one's answers, and sending them (Rulebook T7)."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from flask import flash, redirect, request

from agenda import referral_parts as parts
from agenda import referral_risk
from agenda.area_rules import bands, escalation
from agenda.referral_draft import in_words
from agenda.referral_fields import NOTHING
from agenda.referral_parts import Place
from agenda.referral_people import SAFEGUARDING_FIRST
from agenda.referral_reasons import Facts, propose
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.store import areas, meeting_dates
from meetingsvc.usecases import next_list, referral_drafts, referral_sending
from meetingsvc.usecases.referral_sending import Unfit
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.referral_pages import RISK_AFTER, Desk, Pages, refuse_sent, render


def show(desk: Desk, problems: dict[str, str] | None = None, refused: str = "") -> str:
    """Every answer with a link to change it, and what is missing, in words."""
    refuse_sent(desk)
    found = desk.reading()
    pages = [(at, fields.answers(at, found, parts.typed(desk.referral.draft, at))) for at in places(desk)]
    wrong = problems if problems is not None else {**found.problems, **found.missing}
    errors = [(desk.where(name), why) for name, why in (problems or {}).items()]
    errors = [("#send", refused)] if refused else errors
    settings = areas.settings_of(areas.by_id(desk.area_id))
    result = referral_risk.came_to(desk.referral.risk, bands(settings))
    return render(
        desk, "referrals/check.html", pages=pages, wrong=wrong, result=result, risk_after=RISK_AFTER,
        wanted=list(in_words(found.wanted)), reminder=SAFEGUARDING_FIRST, errors_here=errors,
        # Repeat and escalation tell what the panel knows: no referrer is told that (security.md B).
        proposed=propose(Facts(result), escalation(settings)), child=_child_in_danger(desk),
    )  # fmt: skip


def places(desk: Pages) -> Iterator[Place]:
    """Every page of the form as it is filled, in order."""
    for section in desk.form.sections:
        rows = desk.referral.draft.get(section.id, NOTHING).rows
        yield from (Place(section, number) for number in range(len(rows) + 1))


def _child_in_danger(desk: Desk) -> bool:
    """Somebody is in danger, and a child is linked: it is said again whom to call (Rulebook E3)."""
    draft = desk.referral.draft
    danger = draft.get("before", NOTHING).fields.get("danger")
    return danger == "yes" and draft.get("children", NOTHING).fields.get("any") != "no"


def send(desk: Desk) -> Any:
    """Sends it, where nothing that must be answered is missing or wrong."""
    try:
        with desk.sends() as work:
            told = request.form.get("changes", "")
            referral_sending.send(work, int(told) if told.isdigit() else -1, clock.now())
    except Unfit as unfit:
        return show(desk, unfit.problems), 422
    except RuleBroken as refusal:
        return show(desk, None, str(refusal)), 409
    return redirect(f"{desk.base}/sent", 303)


def ask_throw_away(desk: Pages) -> Any:
    """Asks first; of one that was sent it says so, with its reference (Rulebook T7)."""
    return was_sent(desk) or render(desk, "referrals/throw_away.html")


def throw_away(desk: Desk) -> Any:
    """A draft alone; nothing that was typed is kept."""
    if answer := was_sent(desk):
        return answer
    with desk.work() as work:
        referral_drafts.throw_away(work, clock.now())
    flash("The draft is gone. Nothing of it was sent.", "success")
    return redirect(desk.home, 303)


def was_sent(desk: Pages) -> Any:
    """Of one that was sent, where it stands; nothing of a draft."""
    if not desk.referral.first_sent_at:
        or_404(desk.referral.can_be_changed or None)
        return None
    flash(f"It was sent as {desk.referral.reference}, so it cannot be thrown away.", "notice")
    return redirect(f"{desk.base}/sent", 303)


def sent(desk: Desk, expected: tuple[date, time] | None = None) -> str:
    """Its reference, the meeting that its list is made for, and what happens next (Rulebook T7); and when its
    referrer is `expected` at a MARAC (T14)."""
    or_404(desk.referral.first_sent_at)
    day = next_list.day(desk.area_id, clock.now())
    starts_at = meeting_dates.daily_starts_at(areas.by_id(desk.area_id), day)
    return render(desk, "referrals/sent.html", day=day, starts_at=starts_at, expected=expected)
