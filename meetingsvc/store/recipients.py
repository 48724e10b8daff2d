"""Whom a message or a pack may reach, read afresh each time it is asked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import GRANTS, Permission, Principal, Role
from meetingsvc.store.accounts import agency_of
from notifications import recipients
from notifications.recipients import Recipient

_RUNS_MEETINGS = frozenset({Role.COORDINATOR, Role.CHAIR})


def addressed(
    account_id: UUID, kind: MeetingKind, now: datetime, *, content: bool
) -> tuple[Recipient, str | None]:
    """The recipient as they are at this moment, and why nothing may be sent to them (Rulebook S1, S3, V1)."""
    rows = select(AccountRow, AgencyRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    account, row = db.session.execute(
        rows.where(AccountRow.id == account_id).execution_options(populate_existing=True)
    ).one()
    agency, recipient = agency_of(row), Recipient(account.id, account.agency_id, account.email)
    return recipient, recipients.refusal(
        recipient,
        signatory=agency.is_signatory(local_day(now)),
        disabled=account.disabled_at is not None,
        attends=_attends(Role(account.role), agency, kind),
        content=content,
    )


def may_receive(principal: Principal, kind: MeetingKind, now: datetime) -> str | None:
    """Why a person may not have the pack of such a meeting; None where they may (Rulebook S3, V1).

    Ask when the pack is built and again when it is fetched: an agency may have withdrawn since. A pack is
    fetched behind the login and never mailed, so the address need not be in a secure domain (Rulebook S1).
    """
    return addressed(principal.account_id, kind, now, content=False)[1]


def _attends(role: Role, agency: Agency, kind: MeetingKind) -> bool:
    """Who runs the meetings, and the representatives of agencies that attend them (Rulebook S3)."""
    if Permission.PACK_FETCH not in GRANTS[role]:
        return False
    attends = {MeetingKind.DRAMM: agency.attends_daily, MeetingKind.MARAC: agency.attends_marac}
    return role in _RUNS_MEETINGS or attends[kind]
