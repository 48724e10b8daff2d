"""The pages on which a referral is written: the same for whoever writes it, with an account or without.

A `Desk` is one person's open referral: where it lies, how it is read, and how it is changed.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, jsonify, redirect, render_template, request

from agenda import referral_parts as parts
from agenda import referral_risk
from agenda.area_rules import bands
from agenda.referral import measured
from agenda.referral_draft import Reading, reading, states
from agenda.referral_fields import NOTHING, Row
from agenda.referral_parts import Place
from agenda.referral_sections import REFERRAL, SECTIONS, Form
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.store import areas
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import referral_drafts
from meetingsvc.usecases.referral_drafts import Meanwhile, Typing, Work
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404

#: Between these two sections the risk tool is filled.
RISK_AFTER = "consent"
NO_FILES = (
    "Files cannot be attached: they can carry what harms other computers, and nobody could say who reads "
    "them. Type what matters, or bring the document to the meeting. Everything you typed is saved"
)
MEANWHILE = "This page was saved in another tab since you opened it here. Nothing of yours is saved yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """One person's own form. `base` is its address, `home` where one goes from it."""

    base: str
    home: str
    referral: Referral
    again: Callable[[], Referral]  # as it is after a change
    work: Callable[[], AbstractContextManager[Typing]]
    area_id: Any
    page_base: str = "referrals/page.html"
    form: Form = REFERRAL
    words: str = ""  # said above its first page

    @property
    def is_public(self) -> bool:
        """Written without an account, perhaps in a browser that others use: it is to keep nothing."""
        return self.page_base == "public_form/page.html"

    def url(self, at: Place) -> str:
        """The address of one page of the form."""
        return f"{self.base}/sections/{at.section.id}" + (f"/{at.place}" if at.place else "")

    def reading(self) -> Reading:
        """What its answers come to today."""
        return reading(self.referral.draft, referral_drafts.days(self.area_id, clock.now()), self.form)

    def where(self, name: str) -> str:
        """Where a problem that is filed under this name is put right."""
        section, _, rest = name.partition("-")
        if section == "risk":
            return f"{self.base}/risk#{name}"
        place, _, field = rest.partition("-")
        return f"{self.base}/sections/{section}" + (f"/{place}" if field else "") + f"#{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Pages):
    """One person's own referral to the domestic abuse panel."""

    work: Callable[[], AbstractContextManager[Work]]
    sends: Callable[[], AbstractContextManager[Work]]

    def reading(self) -> Reading:
        """What its answers come to today, beside its risk assessment."""
        found = reading(self.referral.draft, referral_drafts.days(self.area_id, clock.now()))
        own = bands(areas.settings_of(areas.by_id(self.area_id)))
        return measured(found, referral_risk.came_to(self.referral.risk, own), own)


def render(desk: Pages, template: str, **told: Any) -> str:
    """A page of this referral."""
    told.setdefault("errors_here", [])
    return render_template(
        template, desk=desk, referral=desk.referral, page_base=desk.page_base, call=desk.referral.warned,
        **told,
    )  # fmt: skip


def tasks(desk: Pages, template: str = "referrals/tasks.html") -> str:
    """How far each section is, and what it came back with."""
    found = desk.reading()
    stand = states(desk.referral.draft, found, desk.form)
    labels = {**fields_asked(desk), "": ""}
    return render(
        desk, template, sections=desk.form.sections, states=stand, risk_after=RISK_AFTER,
        risk=desk.referral.risk, done=sum(state.value == "done" for state in stand.values()),
        asked=[(name, labels.get(name, name)) for name in desk.referral.asked], found=found,
    )  # fmt: skip


def fields_asked(desk: Pages) -> dict[str, str]:
    """The words of every question, by its name."""
    words: dict[str, str] = {}
    for section in desk.form.sections:
        rows = desk.referral.draft.get(section.id, NOTHING).rows
        for number in range(len(rows) + 1 if section.each else 1):
            at = Place(section, number)
            words |= {at.prefix + one.id: f"{at.title}: {one.label}" for one in at.fields}
    return words


def refuse_sent(desk: Pages) -> None:
    """Of one that was sent, a page left open in the browser leads to where it stands (Rulebook T7)."""
    if desk.referral.can_be_changed:
        return
    abort(redirect(f"{desk.base}/sent", 303) if desk.referral.first_sent_at else 404)


def _at(desk: Pages, section: str, number: int, *, saves: bool = False) -> Place:
    if not saves:
        refuse_sent(desk)
    return or_404(parts.place(section, number, desk.referral.draft, desk.form))


def section(desk: Pages, name: str, number: int) -> str:
    """One page of the form, as it was left."""
    at = _at(desk, name, number)
    row = parts.typed(desk.referral.draft, at)
    return _page(desk, at, row, fields.of_page(at, desk.reading().problems), parts.mark(row))


def _page(desk: Pages, at: Place, row: Row, problems: Mapping[str, str], was: str, **more: Any) -> str:
    found = desk.reading()
    left = fields.of_page(at, found.missing) if any(row.values()) else {}
    told = desk.referral.draft.get(at.section.id, NOTHING)
    shown = fields.page(at, row, referral_drafts.days(desk.area_id, clock.now()), problems)
    errors = [(f"#{name}", why) for name, why in problems.items()]
    return render(
        desk, "referrals/section.html", at=at, shown=shown, was=was, left=left,
        rows=[_row(desk, at, number, found) for number in range(1, len(told.rows) + 1)] if at.each else [],
        **{"conflicts": [], "errors_here": errors, **more},
    )  # fmt: skip


def _row(desk: Pages, at: Place, number: int, found: Reading) -> dict[str, Any]:
    one = Place(at.section, number)
    row = parts.typed(desk.referral.draft, one)
    wrong = {**fields.of_page(one, found.problems), **fields.of_page(one, found.missing)}
    return {"at": one, "name": parts.called(at.section, row), "wrong": bool(wrong)}


def save(desk: Pages, name: str, number: int) -> Any:
    """Keeps the page as it was typed, right or wrong; then says what is wrong, or goes on."""
    at, automatic = _at(desk, name, number, saves=True), "autosave" in request.form
    told = fields.typed(at, request.form)
    try:
        with desk.work() as work:
            referral_drafts.save(
                work, name, number, told, request.form.get("was", ""), clock.now(), note=not automatic
            )
    except Meanwhile as other:
        return _meanwhile(desk, at, told, other.stands, automatic)
    except RuleBroken as refusal:
        return _refused(desk, at, told, str(refusal), automatic)
    after = replace(desk, referral=desk.again())
    row = parts.typed(after.referral.draft, at)
    if automatic:
        return jsonify(saved=True, was=parts.mark(row))
    problems = fields.of_page(at, after.reading().problems)
    files = any(file.filename for file in request.files.values())
    if problems or files:
        more = {"errors_here": [("#files", NO_FILES), *_links(problems)], "files": True} if files else {}
        return _page(after, at, row, problems, parts.mark(row), is_saved=True, **more), 422
    return redirect(_next(after, at, row), 303)


def _refused(desk: Pages, at: Place, told: Row, why: str, automatic: bool) -> Any:
    """What cannot be saved, such as after it was sent, still stands in the page, to be copied."""
    if automatic:
        return jsonify(saved=False, why=why), 409
    was = request.form.get("was", "")
    return _page(desk, at, told, {}, was, errors_here=[("#conflict", why)]), 409


def _links(problems: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(f"#{name}", why) for name, why in problems.items()]


def _meanwhile(desk: Pages, at: Place, told: Row, stands: Row, automatic: bool) -> Any:
    """Both texts, side by side; saved again, what was typed here takes the other's place, knowingly."""
    if automatic:
        return jsonify(saved=False, why=MEANWHILE), 409
    desk, found = replace(desk, referral=desk.again()), fields.differences(at, stands, told)
    errors = [("#conflict", MEANWHILE)]
    return _page(desk, at, told, {}, parts.mark(stands), conflicts=found, errors_here=errors), 409


def _next(desk: Pages, at: Place, row: Row) -> str:
    """On to what is asked next, or back to the task list."""
    if request.form.get("step") == "list":
        return desk.base
    if at.place:
        return desk.url(Place(at.section))
    if at.each and row.get(at.each.when[0]) == at.each.when[1]:
        rows = desk.referral.draft.get(at.section.id, NOTHING).rows
        if not rows or request.form.get("step") == "add":
            return desk.url(Place(at.section, len(rows) + 1))
    if at.section.id == RISK_AFTER:
        return f"{desk.base}/risk"
    sections = desk.form.sections
    later = sections[sections.index(at.section) + 1 :]
    return desk.url(Place(later[0])) if later else f"{desk.base}/check"


def after_risk(desk: Desk) -> str:
    """The page after the risk tool."""
    following = [one.id for one in SECTIONS].index(RISK_AFTER) + 1
    return desk.url(Place(SECTIONS[following]))


def ask_remove(desk: Pages, name: str, number: int) -> str:
    """Asks whether one of several is to be taken out."""
    at = _at(desk, name, number)
    row = parts.typed(desk.referral.draft, at)
    if not number or not row:
        abort(404)
    return render(
        desk, "referrals/remove.html", at=at, name=parts.called(at.section, row), was=parts.mark(row)
    )


def remove(desk: Pages, name: str, number: int) -> Any:
    """Takes it out; asked again where it is not the one that was shown."""
    at = _at(desk, name, number)
    try:
        with desk.work() as work:
            referral_drafts.remove(work, name, number, request.form.get("was", ""), clock.now())
    except Meanwhile:
        return ask_remove(desk, name, number), 409
    return redirect(desk.url(Place(at.section)), 303)
