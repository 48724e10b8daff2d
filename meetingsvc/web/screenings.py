"""The screenings of a child, with the level over time, and one more (Rulebook E1)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda import level_history
from agenda.exploitation import SCREENING, ExploitationKind, Screening, kinds_words
from agenda.exploitation_form import CONCERN, INDICATORS
from agenda.incidents import Risk
from agenda.meetings import case_reference
from agenda.referral_draft import reading_of
from agenda.referral_fields import Answers, Row, parts
from agenda.referral_parts import Place
from agenda.referral_people import Section
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import exploitation_referrals as store
from meetingsvc.store import subject_levels
from meetingsvc.usecases import reading, referral_drafts, screenings
from meetingsvc.web import guard
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("screenings", __name__, url_prefix="/children/<uuid:case_id>/screening")
#: Of a child on no panel's ladder.
UNHEARD = "No meeting hears the child. To have them heard, refer them, or tell what came in."
_ASKED = {one.id: one for one in CONCERN.fields}
#: The same questions as a referral asks: the kinds, every indicator, and judgement with its reason.
FORM = Section(
    "screening", "Screening", (_ASKED["kinds"], *INDICATORS.fields, _ASKED["judged"], _ASKED["reason"])
)
_PAGE = Place(FORM)


def _child(case_id: UUID) -> tuple[Principal, int]:
    """Who runs no panel of exploitation has no such page, nor anybody of a case that is no child's."""
    who = guard.principal()
    if not who.runs_exploitation:
        abort(404)
    return who, or_404(store.child(who, case_id))


@bp.get("")
@needs(Permission.EXPLOITATION_READ)
def show(case_id: UUID) -> str:
    """Every one, and the questions of the next."""
    who, _ = _child(case_id)
    reading.opened(who, "screening.read", f"case/{case_id}", clock.now())
    return _page(case_id, {}, {})


@bp.post("")
@needs(Permission.EXPLOITATION_DECIDE)
def save(case_id: UUID) -> Any:
    """Keeps one more; until it can be kept, everything typed stands in the page."""
    who, _ = _child(case_id)
    row = fields.typed(_PAGE, request.form)
    told, problems = _read(row, who)
    if not problems:
        try:
            heard = screenings.record(who, case_id, told, clock.now())
        except RuleBroken as refusal:
            problems = {"kinds": str(refusal)}
    if problems:
        return _page(case_id, row, {f"{_PAGE.prefix}{name}": why for name, why in problems.items()}), 422
    flash("The screening is kept." if heard else f"The screening is kept. {UNHEARD}", "success")
    return redirect(url_for("screenings.show", case_id=case_id), 303)


def _read(row: Row, who: Principal) -> tuple[Screening, dict[str, str]]:
    """What was typed, and what is wrong with it, by question."""
    found = reading_of(FORM, Answers(row), referral_drafts.days(who.area_id, clock.now()))
    said = found.answers[FORM.id].fields
    told = Screening(
        frozenset(map(ExploitationKind, parts(said.get("kinds", "")))),
        {one.id: said[one.id] for one in SCREENING.questions if one.id in said},
        Risk(said["judged"]) if "judged" in said else None,
        said.get("reason", ""),
    )
    unfit = {name.removeprefix(_PAGE.prefix): why for name, why in found.problems.items()}
    return told, {**screenings.problems(told), **unfit}


def _page(case_id: UUID, row: Row, problems: dict[str, str]) -> str:
    who, number = _child(case_id)
    days = referral_drafts.days(who.area_id, clock.now())
    before = store.screenings(who, case_id)
    history = subject_levels.history(case_id, who)
    return render_template(
        "children/screening.html", case_id=case_id, case=case_reference(number),
        before=[(one, kinds_words(list(map(ExploitationKind, one.kinds)))) for one in reversed(before)],
        stands=level_history.now(history), highest=level_history.highest(history),
        rising=level_history.is_rising(history), shown=fields.page(_PAGE, row, days, problems),
        errors_here=[(f"#{name}", why) for name, why in problems.items()],
    )  # fmt: skip
