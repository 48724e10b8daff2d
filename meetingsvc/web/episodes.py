"""Missing episodes: who is missing, whose return interview is due, one more, and a newer version (E1, E3)."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda.exploitation_form import BEFORE
from agenda.missing_feed import CHANGES, COLUMNS, SPEC, as_typed
from agenda.referral_parts import Place
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import episodes as store
from meetingsvc.store.episodes import Version
from meetingsvc.usecases import episodes as usecase
from meetingsvc.usecases import exploitation_referrals, reading, referral_drafts
from meetingsvc.usecases.episodes import Answered
from meetingsvc.web import child_referrals, episode_lines, guard
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("episodes", __name__, url_prefix="/episodes")
_FIRST = Place(BEFORE)
_TIME = "For example, 27/3/2026 22:15"
_LABELS = {
    "child_surname": ("Child's surname", ""),
    "child_forename": ("Child's first name (if known)", ""),
    "child_dob": ("Child's date of birth (if known)", "For example, 27/3/2011"),
    "reference": ("The police's reference (if known)", "Leave it blank, and the service gives one"),
    "missing_from": ("When the child went missing", _TIME),
    "reported_at": ("When the child was reported missing", _TIME),
    "from_where": ("Where the child went missing from (optional)", ""),
    "returned_at": ("When the child returned (optional)", f"{_TIME}. Leave it blank while they are missing"),
    "found_where": ("Where the child was found (optional)", ""),
    "interviewed_at": ("When the child was talked to after the return (optional)", _TIME),
    "interview_refused": ("How the return interview was refused (optional)", "Only where it was"),
}
_NEW = tuple(_LABELS)
_WHEN = {"child_dob", "missing_from", "reported_at", "returned_at", "interviewed_at"}
_BY_HAND = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,? +(\d{1,2})[:.](\d{2}))?", re.ASCII)
Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the page."""

    name: str
    label: str
    hint: str
    value: str
    problem: str
    tall: bool


def _tells() -> Principal:
    """Who does not tell of episodes has no such page (Rulebook D1, E4)."""
    who = guard.principal()
    if not store.tells(who):
        abort(404)
    return who


@bp.get("")
@needs(Permission.EPISODE_TELL)
def show() -> str:
    """Who is missing, then whose interview is due, then what has ended lately."""
    who, now = _tells(), clock.now()
    lines = episode_lines.lines(who, now)
    cases = (one.version.episode.child_id for one in lines)
    reading.listed(who, "episode.list_read", cases, now)
    return render_template(
        "episodes/list.html", now=now,
        missing=[one for one in lines if one.missing], owed=[one for one in lines if one.owed],
        ended=[one for one in lines if not one.missing and not one.owed],
        words=exploitation_referrals.words(who.area_id),
    )  # fmt: skip


@bp.get("/add")
@needs(Permission.EPISODE_TELL)
def ask() -> str:
    """Before anything else: is the child at immediate risk, and whom to call (Rulebook E3)."""
    _tells()
    return _add_page({}, {}, goes_on=False)


@bp.post("/add")
@needs(Permission.EPISODE_TELL)
def add() -> Any:
    """The first question, then the episode; until it can be kept, everything typed stands in the page."""
    who, now, typed = _tells(), clock.now(), _typed(_NEW)
    goes_on = request.form.get("step") == "rest"
    try:
        if not goes_on:
            problems = usecase.first(who, _answered(who), now)
            return _add_page(typed, problems, goes_on=not problems), 422 if problems else 200
        kept = usecase.add(who, _as_told(typed), _answered(who), now)
    except RuleBroken as refusal:
        return _add_page(typed, {}, goes_on=goes_on, refused=str(refusal)), 409
    if isinstance(kept, dict):
        return _add_page(typed, kept, goes_on=True), 422
    flash("The episode is kept.", "success")
    return redirect(url_for("episodes.show"), 303)


def _add_page(typed: Typed, problems: dict[str, str], *, goes_on: bool, refused: str = "") -> str:
    shown = _questions(_NEW, typed, problems)
    return _page("episodes/add.html", problems, refused, shown=shown, goes_on=goes_on)


def _page(template: str, problems: dict[str, str], refused: str, **told: Any) -> str:
    who = guard.principal()
    words = exploitation_referrals.words(who.area_id)
    days = referral_drafts.days(who.area_id, clock.now())
    row = fields.typed(_FIRST, request.form)
    errors = [(f"#{name}", why) for name, why in problems.items()]
    return render_template(
        template, words=words, read=child_referrals.mark(words), refused=refused,
        first=fields.page(_FIRST, row, days, problems),
        errors_here=[("#first", refused)] if refused else errors, **told,
    )  # fmt: skip


def _answered(who: Principal) -> Answered:
    row = fields.typed(_FIRST, request.form)
    read = request.form.get("read") == child_referrals.mark(exploitation_referrals.words(who.area_id))
    return Answered(row["answer"], row["done"], read)


def _typed(columns: tuple[str, ...]) -> Typed:
    return {name: request.form.get(name, "").strip() for name in columns if name in COLUMNS}


def _as_told(typed: Typed) -> Typed:
    return {name: _padded(text) if name in _WHEN else text for name, text in typed.items()}


def _padded(text: str) -> str:
    """A day, or a day and a time, as people type it, with the zeros of a file's; anything else as it is."""
    if not (found := _BY_HAND.fullmatch(text)):
        return text
    day, month, year, hour, minute = found.groups()
    on = f"{int(day):02}/{int(month):02}/{year}"
    return f"{on} {int(hour):02}:{minute}" if hour else on


def _questions(columns: tuple[str, ...], typed: Typed, problems: dict[str, str]) -> list[Asked]:
    return [
        Asked(name, *_LABELS[name], typed.get(name, ""), problems.get(name, ""), name in SPEC.prose)
        for name in columns
    ]


@bp.get("/<uuid:episode_id>")
@needs(Permission.EPISODE_TELL)
def one(episode_id: UUID) -> str:
    """Every version, what was said to who told of it, and the form of a newer one."""
    who, versions = _opened(episode_id)
    now = or_404(usecase.now_of(versions))
    return _one_page(who, versions, _as_it_is(now), {})


def _opened(episode_id: UUID) -> tuple[Principal, list[Version]]:
    """One that is open to who asks; the page leaves its trace (Rulebook V5)."""
    who = _tells()
    versions = or_404(store.one(who, episode_id) or None)
    about = f"case/{versions[0].episode.child_id}"
    reading.opened(who, "episode.read", about, clock.now(), episode=episode_id)
    return who, versions


def _as_it_is(version: Version) -> Typed:
    told = version.episode
    return {
        "missing_from": as_typed(told.missing_from), "reported_at": as_typed(told.reported_at),
        "from_where": told.from_where, "returned_at": as_typed(told.returned_at),
        "found_where": told.found_where, "interviewed_at": as_typed(told.interviewed_at),
        "interview_refused": told.refused,
    }  # fmt: skip


def _one_page(
    who: Principal, versions: list[Version], typed: Typed, problems: dict[str, str], refused: str = ""
) -> str:
    now = or_404(usecase.now_of(versions))
    missing = now.episode.returned_at is None
    asks = any(name.startswith(_FIRST.prefix) for name in problems)
    return _page(
        "episodes/episode.html", problems, refused, versions=versions[::-1], now=now, missing=missing,
        asks=asks or (missing and usecase.asks_again(who, versions, now)),
        asked=store.asked(who, versions), line=episode_lines.line(who, now, clock.now()),
        shown=_questions(CHANGES, typed, problems),
        may_be=[] if now.is_apart else usecase.may_be(who, now.episode.child_id),
    )  # fmt: skip


@bp.post("/<uuid:episode_id>")
@needs(Permission.EPISODE_TELL)
def change(episode_id: UUID) -> Any:
    """A newer version: back, talked to, refused, or put right."""
    who, versions = _opened(episode_id)
    typed = _typed(CHANGES)
    try:
        kept = usecase.change(
            who, episode_id, _as_told(typed), request.form.get("was", ""), _answered(who), clock.now()
        )
    except RuleBroken as refusal:
        return _one_page(who, or_404(store.one(who, episode_id) or None), typed, {}, str(refusal)), 409
    if isinstance(kept, dict):
        return _one_page(who, versions, typed, kept), 422
    flash("What is new is kept. What came before stays below.", "success")
    return redirect(url_for("episodes.one", episode_id=kept), 303)
