"""Which families of panels somebody runs: one proposes, another like them confirms (Rulebook D1, E4).

Running one family opens no case of another, so it is granted as the role itself is (security.md B).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc.models import AccountFamilyRow, AccountRow, db
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Principal
from meetingsvc.store import areas, audit, openings, panels
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import accounts, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by

FAMILY = "account.family"
_NOT_ALONE = (
    "Who runs no panel of domestic abuse keeps only their first page yet. Tick that as well, or nothing."
)
SINCE = "Somebody else has changed what they run since you opened this page."


def seen(families: Collection[str]) -> str:
    """What a form carries, to tell whether it has changed since."""
    return ",".join(sorted(families))


def propose(
    principal: Principal, account_id: UUID, families: frozenset[Family], then: str, reason: str, now: datetime
) -> None:
    """Proposes which families' panels somebody runs who has a role that runs meetings."""
    with saved_by(principal, Permission.ROLE_GRANT, now) as who:
        areas.hold(who.area_id)
        row = accounts.of_another(who, account_id)
        old = panels.families_of(account_id)
        if families and Family.ABUSE not in families:
            raise RuleBroken(_NOT_ALONE)
        if row.role not in RUNS_MEETINGS:
            raise RuleBroken("Only a coordinator or a chair runs panels.")
        if seen(old) != then:
            raise RuleBroken(SINCE)
        if old == families:
            raise RuleBroken("They run these already.")
        accounts.refuse_last_of(row, old - families, who.area_id)
        detail = {"role": row.role, "old": sorted(old), "new": sorted(families)}
        proposals.propose(who, FAMILY, f"account/{account_id}", detail, reason, now, about_id=account_id)


def _describe(told: Told) -> Sequence[Change]:
    name = db.session.scalars(select(AccountRow.name).where(AccountRow.id == told.about_id)).one()
    return (Change(f"Panels that {name} runs", _words(told.detail["old"]), _words(told.detail["new"])),)


def _words(families: Sequence[str]) -> str:
    return ", ".join(families).capitalize() or "None"


def _carry_out(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
    """With effect from their next request: who they are is read afresh for each."""
    areas.hold(who.area_id)
    row = db.session.get(AccountRow, told.about_id, with_for_update=True, populate_existing=True)
    old, new = (frozenset(map(Family, told.detail[name])) for name in ("old", "new"))
    if row is None or row.role != told.detail["role"] or panels.families_of(row.id) != old:
        raise RuleBroken("This account has changed since. Refuse this, so that it can be proposed again.")
    accounts.refuse_last_of(row, old - new, who.area_id)
    stays = {one for one in row.families if one.family in new}
    granted = {
        AccountFamilyRow(family=one.value, granted_by=who.account_id, granted_at=now) for one in new - old
    }
    row.families = stays | granted
    db.session.flush()
    for action, changed in (("family.granted", new - old), ("family.taken", old - new)):
        for family in sorted(changed):
            audit.record(who.account_id, who.area_id, action, f"account/{row.id}", now, family=family.value)
    if old - new:
        openings.end_all_of(row.id, who.area_id, now)  # what was opened to them may be of it


proposals.register(
    Kind(FAMILY, "Change whose panels somebody runs", Permission.ROLE_GRANT, Permission.ROLE_GRANT, _describe,
         _carry_out)
)  # fmt: skip
