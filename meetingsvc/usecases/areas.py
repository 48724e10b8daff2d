"""Making an area, with every default of the rulebook, and setting what it does otherwise."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import calendar
from agenda.area import AreaSettings
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import areas, audit
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.recipients import unfit_address
from notifications.schedule import unfit_quiet

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
#: The kind of proposal that changes them.
SETTINGS = "area.settings"
#: What the numbers may be. Beyond, somebody mistyped.
LIMITS = {"action_days": (0, 60), "action_reminder_days": (0, 20),
          "repeat_months": (1, 60), "marac_every_days": (1, 90), "pack_days": (1, 90),
          "offline_pack_minutes": (0, 1440),
          "marac_close_days": (0, 30), "marac_agenda_days": (0, 30),
          "closed_after_days": (1, 366), "dash_high": (1, 24), "dash_medium": (1, 24),
          "escalation_events": (0, 99), "escalation_months": (1, 60),
          "returned_days": (0, 30),
          "disclosure_days": (1, 90), "disclosure_checks_hours": (1, 168), "disclosure_meet_days": (1, 30),
          "breach_dpo_hours": (1, 24), "breach_heads_days": (1, 5), "breach_partners_hours": (1, 48),
          "breach_regulator_hours": (1, 72),
          "complaint_heads_days": (1, 5), "complaint_acknowledged_days": (1, 30),
          "disagreement_days": (1, 5), "conference_days": (1, 5), "child_death_form_days": (1, 21),
          "child_death_asked_days": (1, 21), "child_death_letter_days": (1, 14),
          "subject_access_months": (1, 3), "subject_access_more_months": (1, 3), "information_days": (1, 40),
          "request_answer_days": (1, 20), "request_look_days": (1, 20), "objection_days": (0, 30),
          "review_months": (1, 12), "retention_answer_days": (1, 60),
          "agreement_soon_days": (0, 90), "clearing_days": (1, 90), "clearing_again_days": (1, 28),
          "named_case_days": (1, 90),
          "order_reminder_days": (1, 28), "order_last_reminder_days": (0, 28),
          "receipt_days": (1, 30), "notify_high_hours": (1, 240), "notify_medium_days": (1, 60),
          "research_days": (1, 15), "research_remind_days": (0, 10), "research_remind_minutes": (0, 240),
          "feedback_daily_days": (0, 20), "feedback_marac_days": (0, 20),
          "flag_months": (1, 12), "flag_days": (0, 20),
          "minutes_daily_case": (1, 60), "minutes_marac_case": (1, 120),
          "minutes_marac_update": (0, 60), "daily_minutes": (15, 480), "marac_minutes": (15, 600),
          "pack_remind_days": (0, 15), "small_number": (5, 50),
          "confirm_days": (0, 15), "minutes_daily_days": (0, 15), "minutes_marac_days": (0, 15),
          "notify_standard_days": (1, 90)}  # fmt: skip
#: The longest text of one.
LONGEST = 200
#: Texts that are read out, and may be longer; they cannot be empty.
READ_OUT = {"confidentiality_statement": 1_000}


class ChangedSince(Exception):
    """Somebody else has set something since; holds the names of what differs."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def create(
    name: str, lists_from: date, now: datetime, title: str = "", settings: AreaSettings | None = None
) -> UUID:
    """Makes an area whose first list is that of `lists_from`; what came before its window is history."""
    if not NAME.fullmatch(name):
        raise RuleBroken(f"{name!r} cannot name an area: use small letters, digits and hyphens, up to 40.")
    settings = settings or AreaSettings()
    window = calendar.window(lists_from, settings, holidays.known())
    with saved():
        if areas.by_name(name):
            raise RuleBroken(f"There is an area {name} already.")
        area_id = uuid4()
        area = AreaRow(id=area_id, name=name, title=title or name.capitalize(), lists_from=lists_from,
                       first_window_start=window.start, settings=areas.settings_json(settings))  # fmt: skip
        db.session.add(area)
        audit.record(audit.COMMAND_LINE, area_id, "area.created", f"area/{area_id}", now)
    return area_id


def settings(principal: Principal) -> AreaSettings:
    """What one's area has set."""
    return areas.settings_of(db.session.get_one(AreaRow, principal.area_id))


def seen(settings: AreaSettings) -> str:
    """The settings as a form carries them, to tell whether they have changed since."""
    return json.dumps(areas.settings_json(settings), sort_keys=True)


def propose(
    principal: Principal, new: AreaSettings, seen: str, reason: str, now: datetime
) -> tuple[str, ...]:
    """Proposes what an area does otherwise than the rulebook; answers the names of what would change.

    Nothing changes until somebody else confirms it (security.md B: area settings, rules). Raises ChangedSince
    where somebody else was quicker.
    """
    for address in (new.mail_sender, new.mail_reply_to):
        if why := unfit_address(address):
            raise RuleBroken(f"An address that messages come from {why}.")
    if why := unfit_quiet(new.quiet_from, new.quiet_until):
        raise RuleBroken(f"{why}.")
    with saved_by(principal, Permission.AREA_MANAGE, now) as who:
        old = areas.settings_of(held(who.area_id))
        if others := _differ(_from(seen), old):
            raise ChangedSince(others)
        changed = _differ(old, new)
        if changed:
            detail = {"old": areas.settings_json(old), "new": areas.settings_json(new)}
            proposals.propose(who, SETTINGS, f"area/{who.area_id}", detail, reason, now)
        return changed


def held(area_id: UUID) -> AreaRow:
    rows = select(AreaRow).where(AreaRow.id == area_id).with_for_update()
    return db.session.scalars(rows.execution_options(populate_existing=True)).one()


def may_confirm(who: Principal, told: Told) -> bool:
    """Information governance confirms; the coordinator only what information governance proposed."""
    governs = Role.INFORMATION_GOVERNANCE
    return who.role is governs or told.proposer_role == governs


def _describe(told: Told) -> Sequence[Change]:
    old, new = areas.settings_from(told.detail["old"]), areas.settings_from(told.detail["new"])
    return [Change(_title(name), said(old, name), said(new, name)) for name in _differ(old, new)]


def _title(name: str) -> str:
    told = AreaSettings.__dataclass_fields__[name].metadata
    return f"{told['label']} (rulebook {told['rule']})"


def _carry_out(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
    """A new cut-off loses nothing: a list takes in whatever no list has considered, up to its own cut-off,
    and marks as late what was recorded before its window (Rulebook T12)."""
    area = held(who.area_id)
    old, new = areas.settings_of(area), areas.settings_from(told.detail["new"])
    if areas.settings_json(old) != told.detail["old"]:
        raise RuleBroken("The settings have changed since. Refuse this, so that it can be proposed again.")
    area.settings = areas.settings_json(new)
    detail = {name: f"{_said(old, name)} to {_said(new, name)}" for name in _differ(old, new)}
    audit.record(who.account_id, who.area_id, "area.set", f"area/{who.area_id}", now, **detail)


proposals.register(
    Kind(SETTINGS, "Change the area's settings", Permission.AREA_MANAGE, Permission.AREA_CONFIRM, _describe,
         _carry_out, may_confirm)
)  # fmt: skip


def _from(seen: str) -> AreaSettings:
    try:
        return areas.settings_from(json.loads(seen))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RuleBroken("The page was not sent whole.") from None


def _differ(one: AreaSettings, other: AreaSettings) -> tuple[str, ...]:
    return tuple(
        name for name in AreaSettings.__dataclass_fields__ if getattr(one, name) != getattr(other, name)
    )


def _said(settings: AreaSettings, name: str) -> Any:
    value = getattr(settings, name)
    return " ".join(map(str, value)) if isinstance(value, tuple) else value


def said(settings: AreaSettings, name: str) -> str:
    """One setting as people read it."""
    value = getattr(settings, name)
    if value is None or value == ():
        return "None"
    days = value if isinstance(value, tuple) else (value,)
    return ", ".join(_words(day) for day in days)


def _words(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, bool):
        return "On" if value else "Off"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value) or "None"
