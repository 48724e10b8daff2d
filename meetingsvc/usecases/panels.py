"""Setting up a panel beside the DRAMM and the MARAC, changing it, taking it off: by two (Rulebook E1, P3)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import panel_kept, panels
from agenda.calendar import day_words
from agenda.panel_rules import RULES
from agenda.panels import Family, Panel
from agenda.rhythm import OnWeekdays, Rhythm
from agenda.rules import RuleBroken
from meetingsvc.models import PanelRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import panels as store
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import proposals
from meetingsvc.usecases.areas import held, may_confirm
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by

PANEL = "area.panel"
SINCE = "Somebody else has changed this panel since you opened the page. Look at it again."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
#: What an area may set of a panel, as the second person reads it.
_LABELS = {
    "name": "What it is called", "rhythm": "Sits", "starts": "Starts", "cut_off": "Cut-off of its list",
    "levels": "Levels of risk", "age_ceiling": "Hears a child up to the age of",
}  # fmt: skip


def seen(panel: Panel | None) -> str:
    """A panel as a form carries it, to tell whether it has changed since."""
    return json.dumps(panel and panel_kept.kept(panel), sort_keys=True)


def propose(
    principal: Principal, code: str, new: Panel | None, seen_then: str, reason: str, now: datetime
) -> bool:
    """Proposes to set a panel so, or, where `new` is None, to take it off; False where that changes nothing.

    Nothing changes until somebody else confirms it (security.md B: area settings, rules).
    """
    with saved_by(principal, Permission.AREA_MANAGE, now) as who:
        area = held(who.area_id)
        offered, old = store.offered(code), _old(area.id, code)
        if offered is None or (old is None and new is None):
            raise NotFound
        if seen(old) != seen_then:
            raise RuleBroken(SINCE)
        if old == new:
            return False
        _refuse(area.id, code, new)
        detail = {"code": code, "old": old and panel_kept.kept(old), "new": new and panel_kept.kept(new)}
        proposals.propose(who, PANEL, f"area/{area.id}", detail, reason, now)
        return True


def _old(area_id: UUID, code: str) -> Panel | None:
    row = store.row(area_id, code)
    return panel_kept.read(row.settings) if row else None


def _refuse(area_id: UUID, code: str, new: Panel | None) -> None:
    """Raises RuleBroken where the panels of the area could not work so, or somebody would be left behind.

    A list that is taken off leaves nothing behind: what it would have taken is the daily list's (T12).
    """
    offered = store.offered(code)
    if offered is None:
        raise NotFound
    if new is not None and panels.fixed(new) != panels.fixed(offered):
        raise RuleBroken("What a panel hears, and how it works, cannot be set.")
    if new is None and (why := panels.removal_problem(store.waits(area_id, code))):
        raise RuleBroken(f"{why}.")
    others = [one for one in store.of(held(area_id)) if one.code != code]
    found = panels.problems([*others, new] if new else others, RULES.keys())
    if found:
        raise RuleBroken(f"{next(iter(found.values()))}.")


def _describe(told: Told) -> Sequence[Change]:
    """What is set and what it was; of a panel that is set up or taken off, that as well."""
    old, new = _read(told, "old"), _read(told, "new")
    shown = new or old
    if shown is None:
        raise ValueError(f"a proposal about no panel: {told.id}")
    there = {True: "Sits in this area", False: "None"}
    whole = [Change(f"{shown.name} ({shown.code})", there[old is not None], there[new is not None])]
    of_children = shown.family is Family.EXPLOITATION
    names = [name for name in _LABELS if of_children or name not in {"age_ceiling", "levels"}]
    lines = [(_LABELS[name], said(old, name), said(new, name)) for name in names]
    return ([] if old and new else whole) + [
        Change(f"{shown.name}: {label}", was, becomes) for label, was, becomes in lines if was != becomes
    ]


def _carry_out(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
    """What no list has considered stays so: the next list that is built asks anew whose it is (T12)."""
    area, code, new = held(who.area_id), told.detail["code"], _read(told, "new")
    old = _old(area.id, code)
    if old != _read(told, "old"):
        raise RuleBroken("The panel has changed since. Refuse this, so that it can be proposed again.")
    _refuse(area.id, code, new)
    if new is None:
        db.session.delete(store.row(area.id, code))
    else:
        if not store.is_run(area.id, new.family):
            raise RuleBroken(
                f"Nobody runs panels of {new.family.value}. Let a coordinator or chair run them first."
            )
        row, kept = store.row(area.id, code), {"settings": panel_kept.kept(new), "set_by": who.account_id}
        # a list that is overdue stays so where the panel sits as before
        sits = old and (old.rhythm, old.cut_off) == (new.rhythm, new.cut_off)
        kept["set_at"] = row.set_at if row and sits else now
        db.session.merge(PanelRow(area_id=area.id, code=code, **kept))
    db.session.flush()
    action = "panel.set" if new else "panel.removed"
    audit.record(who.account_id, who.area_id, action, f"area/{area.id}", now, panel=code)


def _read(told: Told, name: str) -> Panel | None:
    return panel_kept.read(told.detail[name]) if told.detail[name] else None


def said(panel: Panel | None, name: str) -> str:
    """One setting as people read it."""
    return "None" if panel is None else _SAID[name](panel)


def rhythm_words(rhythm: Rhythm) -> str:
    """`Every Tuesday and Thursday`, or `Every 28 days from Thursday 3 December 2026`."""
    if isinstance(rhythm, OnWeekdays):
        *others, last = [WEEKDAYS[day] for day in rhythm.days]
        return "Every " + " and ".join(filter(None, [", ".join(others), last]))
    return f"Every {rhythm.days} days" + (f" from {day_words(rhythm.anchor)}" if rhythm.anchor else "")


def _levels(panel: Panel) -> str:
    return f"{panel.levels.standard}, {panel.levels.medium}, {panel.levels.high}"


_SAID: dict[str, Any] = {
    "name": lambda panel: panel.name,
    "rhythm": lambda panel: rhythm_words(panel.rhythm),
    "starts": lambda panel: f"{panel.starts:%H:%M}",
    "cut_off": lambda panel: f"{panel.cut_off:%H:%M}" if panel.takes else "None",
    "levels": _levels,
    "age_ceiling": lambda panel: str(panel.age_ceiling or "Any"),
}

proposals.register(
    Kind(PANEL, "Change the area's panels", Permission.AREA_MANAGE, Permission.AREA_CONFIRM, _describe,
         _carry_out, may_confirm)
)  # fmt: skip
