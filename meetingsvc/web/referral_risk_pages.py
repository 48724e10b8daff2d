"""The risk tool within a referral: counted by the server at each save, and while it is filled by a script."""

from dataclasses import replace
from typing import Any

from flask import jsonify, redirect, request

from agenda import referral_parts as parts
from agenda import referral_risk
from agenda.area_rules import bands
from agenda.incidents import RISKS
from agenda.referral_risk import Filled
from agenda.risk_tool_registry import current
from agenda.risk_tools import Bands, Counting, Tool
from meetingsvc import clock
from meetingsvc.store import areas
from meetingsvc.usecases import referral_drafts
from meetingsvc.usecases.referral_drafts import Meanwhile
from meetingsvc.web.referral_pages import MEANWHILE, Desk, after_risk, refuse_sent, render


def show(desk: Desk) -> str:
    """The tool as far as it is filled; `?tool=` another one, which nothing is lost by looking at."""
    refuse_sent(desk)
    kept = desk.referral.risk
    of = _tool(request.args.get("tool", ""))
    shown = kept if of is None or of.id == kept.tool.id else Filled(of)
    return _page(desk, shown, {}, _mark(kept))


def save(desk: Desk) -> Any:
    """Keeps the answers, right or wrong; then says what is wrong, or goes on."""
    refuse_sent(desk)
    told = _typed()
    automatic = "autosave" in request.form
    try:
        with desk.work() as work:
            referral_drafts.save_risk(
                work, told, request.form.get("was", ""), clock.now(), note=not automatic
            )
    except Meanwhile:
        if automatic:
            return jsonify(saved=False, why=MEANWHILE), 409
        desk = replace(desk, referral=desk.again())
        return _page(desk, told, {"conflict": MEANWHILE}, _mark(desk.referral.risk)), 409
    if automatic:
        return jsonify(saved=True, was=_mark(told))
    problems = referral_risk.problems(told, _bands(desk))
    if problems:
        return _page(desk, told, problems, _mark(told)), 422
    to = desk.base if request.form.get("step") == "list" else after_risk(desk)
    return redirect(to, 303)


def _typed() -> Filled:
    form, of = request.form, _tool(request.form.get("tool", ""))
    answers = {question.id: form.get(f"risk-{question.id}", "") for question in of.questions} if of else {}
    return referral_risk.typed(of, answers, form.get("risk-judged", ""), form.get("risk-reason", ""))


def _tool(name: str) -> Tool | None:
    return next((one for one in current() if one.id == name), None)


def _mark(told: Filled) -> str:
    return parts.mark(referral_drafts.flat(told))


def _bands(desk: Desk) -> Bands:
    return bands(areas.settings_of(areas.by_id(desk.area_id)))


def _page(desk: Desk, told: Filled, problems: dict[str, str], was: str) -> str:
    own = told.tool.bands or _bands(desk)
    return render(
        desk, "referrals/risk.html", told=told, tools=current(), was=was, problems=problems, bands=own,
        risks=RISKS, has_total=told.tool.counting is Counting.POINTS,
        errors_here=[(f"#{name}", why) for name, why in problems.items()],
    )  # fmt: skip
