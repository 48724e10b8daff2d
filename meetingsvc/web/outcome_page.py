"""The working page of a meeting as it is drawn: the case, its outcome, and what is typed there by several."""

from typing import Any

from flask import render_template, url_for

from agenda import reasons
from agenda.meetings import list_address
from agenda.referral_entry import EntryKind
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    areas,
    confirmations,
    consents,
    consents_elsewhere,
    disclosure_schemes,
    feedback_page,
    live,
    meeting_record_strip,
    outcome_history,
    outcome_versions,
    referrals,
)
from meetingsvc.store.live import Draft
from meetingsvc.store.meeting_record_strip import Strip
from meetingsvc.usecases import reading, stand_ins
from meetingsvc.web import outcome_draft, research_grid
from meetingsvc.web.outcome_forms import OutcomeForm
from minutes import clarifications
from minutes.action_typed import TYPICAL_CATEGORY
from minutes.live import label
from minutes.recording import Difference
from minutes.worksheet import Worksheet


def meeting_page(sheet: Worksheet) -> str:
    """The list or agenda that the case is on."""
    return f"/marac/{sheet.meeting_id}" if sheet.line else list_address(sheet.kind, sheet.sits_on)


def live_of(who: Principal, sheet: Worksheet, draft: Draft, strip: Strip | None) -> dict[str, Any]:
    """What the page needs to type together with others."""
    return {
        "versions": dict(draft.versions),
        "unsaved": list(draft.unsaved),
        "outcome": sheet.version,
        "after": outcome_draft.cursor(who, sheet.item_id, draft.until),
        "strip": strip.stamp if strip else "",
        "save": url_for("live.save", item_id=sheet.item_id),
        "poll": url_for("live.changes", item_id=sheet.item_id),
        "stream": url_for("live.stream", item_id=sheet.item_id),
    }


def form_of(who: Principal, sheet: Worksheet) -> tuple[OutcomeForm | None, Draft | None]:
    """The form with what was typed so far, for who records the outcome while it can be recorded."""
    stands_in = _standing(who, sheet) is stand_ins.Standing.STANDS_IN
    if not ((who.may(Permission.OUTCOME_RECORD) or stands_in) and sheet.is_open):
        return None, None
    form, _, draft = outcome_draft.opened(who, sheet)
    return form, draft


def _standing(who: Principal, sheet: Worksheet) -> stand_ins.Standing | None:
    return stand_ins.standing(who, sheet.item_id, sheet.case_id, clock.now())


def page(
    who: Principal,
    sheet: Worksheet,
    form: OutcomeForm | None,
    conflicts: tuple[Difference, ...] | None = None,
    draft: Draft | None = None,
    *,
    typing: str = "",
    seen: str = "",
) -> str:
    """`seen`: how far the page had come, where it is the same page once more. `typing`: what others did."""
    strip = meeting_record_strip.strip(who, sheet.item_id, clock.now())
    told = _read(who, sheet) if form is None else _typed(who, sheet, form, draft, seen)
    shown = dict(
        sheet=sheet,
        held=outcome_history.held(who, sheet),
        earlier=outcome_versions.of(who, sheet.item_id, sheet.version),
        today=clock.today(),
        conflicts=conflicts,
        typing=typing,
        live=live_of(who, sheet, draft, strip) if draft and who.may(Permission.OUTCOME_RECORD) else None,
        reason=reasons.words,
        clarified=clarifications.words,
        standing=_standing(who, sheet),
        strip=strip,
        back=meeting_page(sheet),
        typical=TYPICAL_CATEGORY,
        said=referrals.said_of(who, sheet.case_id),
        consent=consents.standing(who, sheet.case_id),
        elsewhere=consents_elsewhere.on(who, sheet.case_id),
        applications=disclosure_schemes.on(who, _applications(sheet)),
        confirmed=confirmations.standing_of(who, sheet) if form else None,
        asked=research_grid.answers(sheet.item_id),
        **told,
    )
    # Last, so that everything is read in one transaction; and before anything of it is shown (Rulebook V5).
    reading.opened(who, "case.read", f"case/{sheet.case_id}", clock.now())
    return render_template("outcomes/outcome.html", **shown)


def _applications(sheet: Worksheet) -> list[str]:
    return [one.entry.reference for one in sheet.incidents if one.entry.kind == EntryKind.DISCLOSURE]


def _typed(
    who: Principal, sheet: Worksheet, form: OutcomeForm, draft: Draft | None, seen: str
) -> dict[str, Any]:
    """The form, how far the page has come, and whether a draft is kept that its reader may set aside."""
    draft = draft or live.draft(who, sheet.item_id)
    kept = bool(draft.unsaved) and who.may(Permission.OUTCOME_RECORD)
    return {"form": form, "seen": seen or _seen(who, sheet, draft), "kept": kept}


def _seen(who: Principal, sheet: Worksheet, draft: Draft) -> str:
    return outcome_draft.cursor(who, sheet.item_id, draft.until)


def _read(who: Principal, sheet: Worksheet) -> dict[str, Any]:
    """Without the form: who tells the victim, for whose it is to read (F1 to F5, security.md B); and for who
    records outcomes, what was typed and is in none."""
    told: dict[str, Any] = {
        "agencies": {agency.id: agency.name for agency in areas.agencies(who.area_id)},
        "telling": feedback_page.page(who, sheet.item_id, clock.today()),
    }
    if not who.may(Permission.OUTCOME_RECORD):
        return {**told, "drafts": [], "aside": []}
    draft = live.draft(who, sheet.item_id)
    drafts = draft.unsaved.items()
    return {
        **told,
        "seen": _seen(who, sheet, draft),
        "drafts": [(label(name) or name, value) for name, value in drafts if value],
        "aside": [(label(one.field) or one.field, one) for one in live.aside(who, sheet.item_id)],
    }
