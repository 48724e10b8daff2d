"""What the first page says of offline packs."""

from dataclasses import dataclass
from datetime import datetime

from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas
from meetingsvc.store import emergency_packs as store


@dataclass(frozen=True, slots=True)
class OnHome:
    """Meetings without one, those still to be downloaded, and whether a passphrase is wanted."""

    failed: int
    unread: int
    wanted: bool


def on_home(who: Principal, now: datetime) -> OnHome | None:
    """For who may have offline packs."""
    if not who.may(Permission.PACK_OFFLINE):
        return None
    made = areas.settings_of(areas.by_id(who.area_id)).offline_pack_minutes > 0
    return OnHome(
        len(store.failed(who, now)),
        sum(not one.fetches for one in store.mine(who, now)),
        made and store.passphrase_since(who) is None,
    )
