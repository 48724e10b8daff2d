"""Whether a case is closed to who reads it, and whether they have said why they read it (security.md A5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from agenda.calendar import local_day
from agenda.need_to_know import is_closed
from meetingsvc.models import ActionRow, ClosedReasonRow, FlagRow, ItemRow, MissingEpisodeRow, OpeningRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import (
    areas,
    case_page,
    episodes,
    exploitation_referrals,
    referral_facts,
    subject_links,
    transfers,
)
from meetingsvc.store.flags import flags_of
from meetingsvc.store.restrictions import may_open
from meetingsvc.store.scope import actions_of, open_to, told_items_of
from minutes.actions import Status


def case_in(reader: Principal, address: Mapping[str, Any]) -> UUID | None:
    """The case that the identifiers of an address name, by itself or by an item, action or flag on it.

    None where they name none, or one that the reader may not read about.
    """
    if case_id := address.get("case_id"):
        return UUID(str(case_id))
    if item_id := address.get("item_id"):
        rows = select(ItemRow.case_id).where(told_items_of(reader), ItemRow.id == item_id)
        return db.session.scalars(rows).one_or_none()
    if action_id := address.get("action_id"):
        rows = select(ItemRow.case_id).join(ActionRow, ActionRow.item_id == ItemRow.id)
        return db.session.scalars(rows.where(actions_of(reader), ActionRow.id == action_id)).one_or_none()
    if flag_id := address.get("flag_id"):
        flagged = select(FlagRow.case_id).where(flags_of(reader), FlagRow.id == flag_id)
        return db.session.scalars(flagged).one_or_none()
    return None


def asks_why(reader: Principal, case_id: UUID, today: date) -> bool:
    """Whether a reason is due: the case is closed, and the reader has not said why they read it.

    Judged by what the reader may see, so that not being asked tells of no meeting and no action of others.
    """
    meetings = case_page.meetings(reader, case_id)
    days = [on.sits_on for on in meetings if not on.did_not_sit]
    days += [on.heard_on for on in meetings if on.heard_on]
    waits = any(on.referred and on.heard_on is None for on in meetings)
    after = areas.settings_of(areas.by_id(reader.area_id)).closed_after_days
    if not is_closed(days, waits, today, after) or not may_open(reader, case_id):
        return False
    days += [hearing.heard_on for hearing in case_page.hearings(reader, case_id)]
    days += transfers.went_on(reader, case_id)
    days += exploitation_referrals.sent_on(reader, case_id)
    days += subject_links.told_on_days(reader, case_id)
    missing = episodes.current(reader, MissingEpisodeRow.case_id == case_id)
    days += [local_day(one.told_at) for one in missing]
    waits = waits or any(one.episode.returned_at is None for one in missing)
    waits = waits or any(action.status is Status.OPEN for action in case_page.actions(reader, case_id))
    waits = waits or referral_facts.wait_for_a_list(reader, case_id)
    return is_closed(days, waits, today, after) and not _has_said(reader, case_id)


def _has_said(reader: Principal, case_id: UUID) -> bool:
    """For an hour; who broke the glass or has a ticket has said so there."""
    said, opening = ClosedReasonRow, OpeningRow
    mine = and_(said.account_id == reader.account_id, said.case_id == case_id, said.until > reader.asked_at)
    opened = and_(
        opening.account_id == reader.account_id, opening.case_id == case_id, opening.until > reader.asked_at
    )
    rows = select(or_(exists().where(open_to(reader, said.case_id), mine),
                      exists().where(open_to(reader, opening.case_id), opened)))  # fmt: skip
    return bool(db.session.scalar(rows))
