"""The agencies and people of a rehearsal: as those of the real area are, and apart from them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.calendar import local_day
from meetingsvc.models import AccountFamilyRow, AccountRow, AgencyRow, AreaRow, RehearsalRow, RehearserRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import areas, rehearsals
from meetingsvc.store.accounts import agency_of

#: No password has this hash, and no mail reaches the address (RFC 2606): nobody signs in as a twin.
NO_PASSWORD = "none"  # noqa: S105 what stands in place of a hash
_NOWHERE = "rehearsal.invalid"


def open_area(
    who: Principal, lists_from: date, window_start: datetime, settings: AreaSettings, now: datetime
) -> UUID:
    """An area that is a rehearsal of theirs, with its signatories and their people; inside a transaction."""
    area_id = uuid4()
    title = f"Rehearsal of {who.area_title}"[:100]
    row = AreaRow(id=area_id, name=f"rehearsal-{area_id.hex[:24]}", title=title, lists_from=lists_from,
                  first_window_start=window_start, settings=areas.settings_json(settings))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(RehearsalRow(area_id=area_id, of_id=who.area_id, made_by=who.account_id, made_at=now))
    db.session.flush()
    for account, agency in rehearsals.people(who.area_id):
        if agency_of(agency).is_signatory(local_day(now)):
            act_as(area_id, account, agency)
    for agency in db.session.scalars(select(AgencyRow).where(AgencyRow.area_id == who.area_id)):
        if agency_of(agency).is_signatory(local_day(now)):
            _agency(area_id, agency)  # one without people still owns actions
    return area_id


def act_as(area_id: UUID, account: AccountRow, agency: AgencyRow) -> UUID:
    """The account by which somebody acts in a rehearsal, as they and their agency are now."""
    agency_id = _agency(area_id, agency)
    twin = rehearsals.as_whom(area_id, account.id)
    if twin is not None:
        twin.role, twin.agency_id, twin.name = account.role, agency_id, account.name
        twin.families = _families(account)
        db.session.flush()
        return twin.id
    twin_id = uuid4()
    db.session.add(
        AccountRow(id=twin_id, agency_id=agency_id, role=account.role, name=account.name,
                   email=f"{twin_id.hex}@{_NOWHERE}", password_hash=NO_PASSWORD,
                   created_at=account.created_at, families=_families(account))
    )  # fmt: skip
    db.session.flush()
    db.session.add(RehearserRow(account_id=twin_id, area_id=area_id, real_id=account.id))
    db.session.flush()
    return twin_id


def _families(account: AccountRow) -> set[AccountFamilyRow]:
    """Nobody runs there what they do not run."""
    return {AccountFamilyRow(family=one.family, granted_at=one.granted_at) for one in account.families}


def _agency(area_id: UUID, real: AgencyRow) -> UUID:
    row = AgencyRow
    there = db.session.scalar(select(row.id).where(row.area_id == area_id, row.name == real.name))
    if there is not None:
        return there
    agency_id = uuid4()
    db.session.add(
        AgencyRow(id=agency_id, area_id=area_id, name=real.name, kind=real.kind, signed_on=real.signed_on,
                  attends=real.attends)
    )  # fmt: skip
    db.session.flush()
    return agency_id
